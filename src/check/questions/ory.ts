import { parsed, signOut } from '../people.js'
import { isAnonymous, tokenOf } from '../tokens.js'
import type { Question, Subject } from '../types.js'
import { holds, Wrong } from '../wrong.js'

const JSON_LINE = 'Accept: application/json'
const FLOWS = ['login', 'registration', 'recovery', 'verification', 'settings'] as const

/** Where `/.ory/init/login` and its siblings lead to. */
async function initOf(x: Subject, query: string, headers: readonly string[] = []): Promise<URL> {
  const { status, headers: got } = await x.ask(`/.ory/init/${query}`, { headers })
  holds(status >= 302 && status <= 303 && got.location !== undefined, `it gave ${status}`)
  return new URL(got.location, x.base)
}

const init = (flow: string): Question => ({
  id: `init.${flow}`,
  asks: `/.ory/init/${flow} starts the flow and comes back to the app.`,
  why: 'Apps link there; a bare Kratos answers 404.',
  async ask(x) {
    const to = await initOf(x, flow)
    holds(to.pathname.endsWith(`/self-service/${flow}/browser`), `it leads to ${to.pathname}`)
    const back = to.searchParams.get('return_to') ?? ''
    holds(back.startsWith(`${x.base.origin}/`), 'no return_to, or not ours')
  },
})

const REDIRECT = 'Whoever sends the link chooses where a fresh sign-in lands (CWE-601).'

const notBackTo = (id: string, asks: string, query: string): Question => ({
  id,
  asks,
  why: REDIRECT,
  async ask(x) {
    const back = (await initOf(x, `login?return_to=${query}`)).searchParams.get('return_to') ?? ''
    holds(new URL(back, x.base).origin === x.base.origin, 'it would')
  },
})

async function isSignedOutSoon(x: Subject, headers: readonly string[]): Promise<void> {
  const until = Date.now() + (x.sessionCache + 2) * 1000
  for (;;) {
    const received = await x.received(headers)
    if (received.headers['authorization'] === undefined) return isAnonymous(received)
    if (Date.now() > until) throw new Wrong('the JWT still arrives')
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}

/** What is below /.ory. */
export const ORY: readonly Question[] = [
  {
    id: 'ory.whoami',
    asks: '/.ory/sessions/whoami is Ory: 401 for nobody.',
    why: "Ory's own libraries ask there.",
    async ask(x) {
      const { status } = await x.ask('/.ory/sessions/whoami', { headers: [JSON_LINE] })
      holds(status === 401, `it gave ${status}`)
    },
  },
  {
    id: 'ory.session',
    asks: 'And 200 for whoever is signed in.',
    why: 'Pages ask who is there.',
    needs: ['user'],
    async ask(x) {
      const answer = await x.ask('/.ory/sessions/whoami', { headers: [JSON_LINE, x.ada.cookie] })
      holds(
        answer.status === 200 && (parsed(answer) as { active?: boolean }).active === true,
        `it gave ${answer.status}`,
      )
    },
  },
  {
    id: 'ory.flow',
    asks: 'A sign-in flow is sent to this origin, below /.ory.',
    why: "The form would post to Ory's own address, without the cookies.",
    async ask(x) {
      const answer = await x.ask('/.ory/self-service/login/browser', { headers: [JSON_LINE] })
      const { ui } = parsed(answer) as { ui?: { action?: string } }
      holds(ui?.action !== undefined, `${answer.status} and no flow`)
      const action = new URL(ui.action, x.base)
      holds(
        action.origin === x.base.origin && action.pathname.startsWith('/.ory/'),
        `it is sent to ${action.origin}`,
      )
    },
  },
  {
    id: 'ory.cookies',
    asks: "Ory's cookies are for this host, and readable by no script.",
    why: 'A cookie for another host is not kept; one that scripts read can be stolen.',
    async ask(x) {
      const { headers } = await x.ask('/.ory/self-service/login/browser', { headers: [JSON_LINE] })
      const lines = headers['set-cookie'] ?? []
      holds(lines.length > 0, 'no cookie')
      const elsewhere = lines
        .map(line => /;\s*domain=\.?([^;]+)/i.exec(line)?.[1]?.toLowerCase())
        .filter(Boolean)
      holds(
        elsewhere.every(domain => `.${x.base.hostname}`.endsWith(`.${domain}`)),
        `for ${elsewhere.join()}`,
      )
      holds(
        lines.every(line => /;\s*httponly/i.test(line)),
        'without HttpOnly',
      )
      const isPlain = x.base.protocol === 'http:'
      holds(!isPlain || !lines.some(line => /;\s*secure/i.test(line)), 'Secure, on plain http')
    },
  },
  {
    id: 'ory.rewrite-headers',
    asks: 'Ory-Base-URL-Rewrite of a client changes no address.',
    why: 'Ory Network believes it: the form of the victim would be sent elsewhere.',
    async ask(x) {
      const headers = [
        JSON_LINE,
        'Ory-Base-URL-Rewrite: https://evil.example',
        'Ory-No-Custom-Domain-Redirect: true',
      ]
      const answer = await x.ask('/.ory/self-service/login/browser', { headers })
      holds((parsed(answer) as { ui?: object }).ui !== undefined, `${answer.status} and no flow`)
      holds(!answer.text.includes('evil.example'), 'it does')
    },
  },
  {
    id: 'ory.health',
    asks: '/.ory/health/ready says that Ory is.',
    why: 'Probes of the way to Ory.',
    async ask(x) {
      const { status, text } = await x.ask('/.ory/health/ready', { headers: [JSON_LINE] })
      holds(status === 200 && /ok/.test(text), `it gave ${status}`)
    },
  },
  {
    id: 'ory.admin',
    asks: '/.ory/admin/identities is not there.',
    why: 'The admin API asks nobody for a password.',
    async ask(x) {
      const { status, text } = await x.ask('/.ory/admin/identities', { headers: [JSON_LINE] })
      holds(status >= 300 && !/"traits"/.test(text), `it gave ${status}`) // Kratos redirects to its admin address
    },
  },
  {
    id: 'ory.segment',
    asks: "/.oryx is the app's.",
    why: 'A prefix is a whole segment of a path.',
    needs: ['app'],
    async ask(x) {
      const before = x.app!.seen.length
      await x.ask('/.oryx')
      await x.ask('/.ory.json')
      holds(
        x.app!.seen.slice(before).some(line => line === 'GET /.oryx'),
        'the app did not see it',
      )
    },
  },
  ...FLOWS.map(init),
  {
    id: 'init.return-to',
    asks: '/.ory/init/login?return_to=/todos comes back there.',
    why: 'People are brought back to what they wanted.',
    async ask(x) {
      const back = (await initOf(x, 'login?return_to=%2Ftodos%3Fa%3D1')).searchParams.get('return_to')
      holds(back === `${x.base.origin}/todos?a=1`, 'elsewhere')
    },
  },
  {
    id: 'init.referer',
    asks: 'Without return_to it comes back to the page that linked there.',
    why: 'A link to sign in needs no script.',
    async ask(x) {
      const page = `${x.base.origin}/page?b=2`
      const back = (await initOf(x, 'login', [`Referer: ${page}`])).searchParams.get('return_to')
      holds(back === page, 'elsewhere')
    },
  },
  notBackTo('init.foreign', 'It does not come back to another origin.', 'https%3A%2F%2Fevil.example%2F'),
  notBackTo('init.slashes', 'Nor to one behind two slashes.', '%2F%2Fevil.example%2F'),
  notBackTo('init.backslash', 'Nor to one behind a backslash.', '%2F%5Cevil.example%2F'),
  notBackTo('init.lookalike', 'Nor to one that begins like ours.', 'https%3A%2F%2Fevil.example%2F@'),
  {
    id: 'sign-out.counts',
    asks: 'A sign-out counts for the app within the time of the cache.',
    why: 'Somebody who left is still there for everybody behind the gateway.',
    needs: ['echo', 'user'],
    async ask(x) {
      const person = await x.signIn()
      tokenOf(await x.received([person.cookie]))
      await signOut(x.base, person)
      const { status } = await x.ask('/.ory/sessions/whoami', { headers: [JSON_LINE, person.cookie] })
      holds(status === 401, `whoami still gives ${status}`)
      await isSignedOutSoon(x, [person.cookie])
    },
  },
]
