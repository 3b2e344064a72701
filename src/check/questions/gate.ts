import { parsed } from '../people.js'
import type { Question, Subject } from '../types.js'
import { type Answer, type Asked, ask, bytes } from '../wire.js'
import { holds } from '../wrong.js'

const needs = ['protect'] as const
const PAGE = ['Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document', 'Accept: text/html']
const PROGRAM = ['Sec-Fetch-Mode: cors', 'Sec-Fetch-Dest: empty', 'Accept: application/json']

/** Each as a browser of its own: who is sent to sign in again and again is stopped by development's guard. */
let browsers = 0
const gated = (x: Subject, target: string, { headers = [], ...asked }: Asked = {}): Promise<Answer> =>
  ask(x.base, target, { headers: [`User-Agent: check ${++browsers}`, ...headers], ...asked })

function isSentToSignIn(x: Subject, { status, headers }: Answer): URL {
  holds(status === 303 || status === 302, `it gave ${status}`)
  const to = new URL(headers.location ?? '', x.base)
  holds(to.pathname.startsWith('/.ory/') || to.origin !== x.base.origin, `it leads to ${to.pathname}`)
  return to
}

const closed = (id: string, asks: string, spelled: (path: string) => string): Question => ({
  id,
  asks,
  why: 'Apps tidy a path up before they read it; a gate that does not is passed by spelling it oddly.',
  needs,
  async ask(x) {
    const { status } = await gated(x, spelled(x.gated), { headers: PROGRAM })
    holds(status >= 400 && status < 500, `it gave ${status}`)
  },
})

const refused = (id: string, asks: string, why: string, asked: Asked): Question => ({
  id,
  asks,
  why,
  needs,
  async ask(x) {
    const { status } = await gated(x, x.gated, asked)
    holds(status === 401 || status === 403, `it gave ${status}`)
  },
})

/** What `protect` closes. */
export const GATE: readonly Question[] = [
  {
    id: 'gate.page',
    asks: 'Who opens a gated page is sent to sign in, and comes back to it.',
    why: 'A bare 401 leaves a person alone.',
    needs,
    async ask(x) {
      const to = isSentToSignIn(x, await gated(x, `${x.gated}/a?b=c`, { headers: PAGE }))
      const back = decodeURIComponent(to.searchParams.get('return_to') ?? '')
      holds(back.endsWith(`${x.gated}/a?b=c`), 'without the page as return_to')
    },
  },
  {
    id: 'gate.not-kept',
    asks: 'No cache keeps that redirect.',
    why: 'A browser that kept it goes on signing in after it has.',
    needs,
    async ask(x) {
      const { headers } = await gated(x, `${x.gated}/b`, { headers: PAGE })
      holds(
        /no-store/.test(headers['cache-control'] ?? ''),
        `Cache-Control: ${headers['cache-control'] ?? 'none'}`,
      )
    },
  },
  {
    id: 'gate.program',
    asks: 'A program gets 401, and where to sign in.',
    why: 'A fetch that is redirected ends in a sign-in page it cannot read.',
    needs,
    async ask(x) {
      const answer = await gated(x, `${x.gated}/a`, { headers: PROGRAM })
      holds(answer.status === 401, `it gave ${answer.status}`)
      const { error } = parsed(answer) as { error?: { id?: string; login_url?: string } }
      holds(error?.id === 'ORY_PROXY_SIGN_IN' && error.login_url !== undefined, 'other words')
    },
  },
  refused(
    'gate.frame',
    'A frame is not sent elsewhere.',
    'Sign-in pages in frames are refused by browsers.',
    {
      headers: ['Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: iframe'],
    },
  ),
  refused('gate.prefetch', 'Nor is a prefetch.', 'It starts flows that nobody asked for.', {
    headers: [...PAGE, 'Sec-Purpose: prefetch'],
  }),
  refused('gate.write', 'Nor is a POST.', 'What was sent would be lost on the way.', {
    method: 'POST',
    headers: PAGE,
    body: 'a=b',
  }),
  refused('gate.forged', 'A forged bearer opens nothing.', 'Anybody could be anybody.', {
    headers: [...PROGRAM, 'Authorization: Bearer forged'],
  }),
  refused('gate.stale', 'Nor does a cookie of no session.', 'A session ends.', {
    headers: [...PROGRAM, 'Cookie: ory_kratos_session=stale; ory_session=stale'],
  }),
  {
    id: 'gate.signed-in',
    asks: 'Whoever is signed in gets through.',
    why: 'The gate is for the others.',
    needs: ['protect', 'user'],
    async ask(x) {
      const { status } = await gated(x, x.gated, { headers: [...PAGE, x.ada.cookie] })
      holds(status !== 303 && status !== 302 && status !== 401 && status !== 503, `it gave ${status}`)
    },
  },
  {
    id: 'gate.foreign-write',
    asks: 'A write from a page of another origin does not get through with the cookie of whoever looks at it.',
    why: 'It could act as that person (CWE-352).',
    needs: ['protect', 'user'],
    async ask(x) {
      const headers = [x.ada.cookie, 'Origin: https://evil.example', 'Sec-Fetch-Site: cross-site']
      const { status } = await gated(x, x.gated, { method: 'POST', headers })
      holds(status === 401 || status === 403, `it gave ${status}`)
    },
  },
  closed('gate.dots', 'Dots do not lead past it.', path => `/x/..${path}/a`),
  closed('gate.slashes', 'Nor do two slashes.', path => `/${path}/a`),
  closed('gate.escape', 'Nor does an escaped letter.', path =>
    path.replace(/[a-z]/, c => `%${c.charCodeAt(0).toString(16)}`),
  ),
  closed('gate.case', 'Nor do capital letters.', path => path.toUpperCase()),
  closed('gate.below', 'What is below it is closed as well.', path => `${path}/a/b.json?c=d`),
  {
    id: 'gate.absolute',
    asks: 'Nor does a whole address in the place of the path.',
    why: 'Servers take it (RFC 9112, section 3.2.2); a gate that looks for the path at its beginning does not find it.',
    needs,
    async ask(x) {
      const lines = [`GET ${x.base.origin}${x.gated}/a HTTP/1.1`, `Host: ${x.base.host}`, 'Connection: close']
      const answer = await bytes(x.base, `${[...lines, ...PROGRAM].join('\r\n')}\r\n\r\n`)
      holds(/^HTTP\/1\.[01] 4/.test(answer), `it gave ${answer.slice(9, 12) || 'nothing'}`)
    },
  },
  {
    id: 'gate.sibling',
    asks: 'A path that only begins like it is open.',
    why: 'A rule is for whole segments.',
    needs: ['protect', 'app'],
    async ask(x) {
      const { status } = await gated(x, `${x.gated}-open`, { headers: PROGRAM })
      holds(status !== 401, `it gave ${status}`)
    },
  },
]
