import { Secret, TOTP } from 'otpauth'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ensureBrowser } from '../../scripts/ensure-browser.mjs'
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/index.js'

interface Node {
  group: string
  attributes: { name: string; type: string; value?: string; id?: string; text?: { text: string } }
  messages: { id: number; text: string }[]
  meta: { label?: { id: number; text: string } }
}
interface Body {
  id: string
  active?: string
  request_url: string
  ui: { action: string; nodes: Node[]; messages?: { id: number; text: string }[] }
  error?: { id?: string; reason?: string }
  redirect_browser_to: string
  session_token: string
  session_token_exchange_code: string
  identity: { traits: object }
  authentication_methods: { method: string; provider?: string }[]
}
interface Reply {
  status: number
  location: string
  body: Body
}

const HTML = 'text/html'
const JSON_TYPE = 'application/json'

/** A browser, or with `cookies: false` a native app. */
class Visitor {
  readonly #jar = new Map<string, string>()
  readonly #cookies: boolean

  constructor(cookies = true) {
    this.#cookies = cookies
  }
  async go(url: string, accept: string = JSON_TYPE, payload?: object): Promise<Reply> {
    const cookie = [...this.#jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(new URL(url, ory.url), {
      method: payload ? 'POST' : 'GET',
      redirect: 'manual',
      headers: { accept, ...(cookie && { cookie }), ...(payload && { 'content-type': JSON_TYPE }) },
      ...(payload && { body: JSON.stringify(payload) }),
    })
    if (this.#cookies) for (const line of response.headers.getSetCookie()) this.#keep(line)
    const text = await response.text()
    return {
      status: response.status,
      location: response.headers.get('location') ?? '',
      body: (response.headers.get('content-type')?.startsWith(JSON_TYPE) ? JSON.parse(text) : {}) as Body,
    }
  }
  #keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    if (value === '' || /max-age=0/i.test(line)) this.#jar.delete(name)
    else this.#jar.set(name, value)
  }
  /** A form in JSON, with the token of its flow. */
  submit({ ui }: Body, payload: object): Promise<Reply> {
    const csrf_token = nodes(ui).find(n => n.attributes.name === 'csrf_token')?.attributes.value
    return this.go(ui.action, JSON_TYPE, { csrf_token, ...payload })
  }
  async open(kind: string, query = ''): Promise<Body> {
    return (await this.go(`/self-service/${kind}/browser${query}`)).body
  }
  async fetchFlow(kind: string, address: string): Promise<Body> {
    const id = new URL(address, ory.url).searchParams.get('flow')
    return (await this.go(`/self-service/${kind}/flows?id=${id}`)).body
  }
  whoami(): Promise<Reply> {
    return this.go('/sessions/whoami')
  }
}
const nodes = (ui: Body['ui']): Node[] => ui.nodes
const named = ({ ui }: Body, name: string): Node[] => ui.nodes.filter(n => n.attributes.name === name)
const buttons = ({ ui }: Body): (string | undefined)[] =>
  ui.nodes.filter(n => n.group === 'oidc').map(n => n.meta.label?.text)

const CONFIG = {
  selfservice: {
    default_browser_return_url: 'http://127.0.0.1:4455/',
    allowed_return_urls: ['http://127.0.0.1:4455'],
    methods: {
      password: { enabled: true },
      code: { enabled: true },
      oidc: {
        enabled: true,
        config: {
          providers: [
            {
              id: 'mock',
              provider: 'generic',
              label: 'Mock',
              client_id: 'lab',
              client_secret: 'secret',
              scope: ['email'],
              mapper_url: 'file://./m.jsonnet',
              issuer_url: 'http://127.0.0.1:1',
            },
            { id: 'other', provider: 'google', client_id: 'x', scope: [], mapper_url: 'file://./m.jsonnet' },
          ],
        },
      },
    },
    flows: {
      registration: {
        after: { oidc: { hooks: [{ hook: 'session' }] }, password: { hooks: [{ hook: 'session' }] } },
      },
    },
  },
}

let ory: Emulator
let visitor: Visitor
const lines: string[] = []
const log = (line: string): void => void lines.push(line)

async function start(options: EmulatorOptions = {}): Promise<void> {
  await ory?.close()
  const logger = { info: log, warn: log, error: log, debug: () => {} }
  ory = await startEmulator({ config: CONFIG, logger, ...options })
}
beforeAll(() => start())
afterAll(() => ory.close())
beforeEach(async () => {
  await ory.reset()
  visitor = new Visitor()
})

const hint = (login_hint: string): object => ({ upstream_parameters: { login_hint, prompt: 'none' } })
/** What the person chooses at the provider; the address it sends them back to. */
async function atProvider(address: string, choice?: Record<string, string>): Promise<string> {
  const body = choice && new URLSearchParams(choice)
  const response = await fetch(address, { redirect: 'manual', ...(body && { method: 'POST', body }) })
  return response.headers.get('location') ?? (await response.text())
}
/** All of it: the form, the provider, and back. */
async function through(
  who: Visitor,
  flow: Body,
  payload: object,
  choice?: Record<string, string>,
): Promise<Reply> {
  const sent = await who.submit(flow, { method: 'oidc', ...payload })
  expect(sent.status).toBe(422)
  expect(sent.body.error?.id).toBe('browser_location_change_required')
  return who.go(await atProvider(sent.body.redirect_browser_to, choice), HTML)
}
async function signUpWithPassword(email: string): Promise<void> {
  const flow = await visitor.open('registration')
  const password = 'correct horse battery'
  expect((await visitor.submit(flow, { method: 'password', password, traits: { email } })).status).toBe(200)
}

describe('signing in', () => {
  test.for(['login', 'registration'])(
    'somebody new at the %s page gets an account, then the same one again',
    async kind => {
      const back = await through(visitor, await visitor.open(kind), {
        provider: 'mock',
        ...hint('New@example.com'),
      })
      expect([back.status, back.location]).toEqual([303, 'http://127.0.0.1:4455/'])
      const first = (await visitor.whoami()).body
      expect(first.identity.traits).toMatchObject({ email: 'new@example.com' })
      expect(first.authentication_methods).toMatchObject([{ method: 'oidc', aal: 'aal1', provider: 'mock' }])

      const again = new Visitor()
      await through(again, await again.open(kind), { provider: 'mock', ...hint('new@example.com') })
      expect((await again.whoami()).body.identity).toMatchObject({
        id: (first.identity as { id?: string }).id,
      })
    },
  )

  test('return_to survives the way to the provider and the change from login to sign-up', async () => {
    const flow = await visitor.open('login', '?return_to=http://127.0.0.1:4455/deep?x=1')
    const back = await through(visitor, flow, { provider: 'mock', ...hint('new@example.com') })
    expect(back.location).toBe('http://127.0.0.1:4455/deep?x=1')
  })

  test('what is typed into the form wins over what the provider says', async () => {
    const payload = { provider: 'mock', traits: { email: 'typed@example.com', name: { first: 'Ada' } } }
    await through(visitor, await visitor.open('registration'), { ...payload, ...hint('said@example.com') })
    const { traits } = (await visitor.whoami()).body.identity
    expect(traits).toEqual({ email: 'typed@example.com', name: { first: 'Ada' } })
  })

  test('the mapper is not evaluated, which is said once for each provider', () => {
    expect(lines.filter(line => line.includes('Jsonnet'))).toHaveLength(2)
  })

  test.for([
    [
      { email: 'c@example.com', claims: '{"given_name":"Grace","family_name":"H","email":"c@example.com"}' },
      { email: 'c@example.com', name: { first: 'Grace', last: 'H' } },
    ],
    [
      { email: 'c@example.com', claims: '{"given_name":5,"groups":["x"]}' },
      { email: 'c@example.com', name: {} },
    ],
  ] as const)('claims go to the traits of the same name: %j', async ([choice, traits]) => {
    await through(visitor, await visitor.open('registration'), { provider: 'mock' }, choice)
    expect((await visitor.whoami()).body.identity.traits).toEqual(traits)
  })

  test('what the provider does not say is asked for, and the same provider confirms it', async () => {
    const choice = { claims: '{"sub":"42"}' }
    const back = await through(visitor, await visitor.open('registration'), { provider: 'mock' }, choice)
    expect([back.status, new URL(back.location).pathname]).toEqual([302, '/ui/registration'])
    const flow = await visitor.fetchFlow('registration', back.location)
    expect(buttons(flow)).toEqual(['Continue'])
    expect(flow.active).toBe('oidc')
    expect(named(flow, 'traits.email')[0]!.messages).toMatchObject([
      { id: 4000002, text: 'Property email is missing.' },
    ])
    await through(visitor, flow, { provider: 'mock', traits: { email: 'late@example.com' } }, choice)
    expect((await visitor.whoami()).body.identity.traits).toMatchObject({ email: 'late@example.com' })
  })

  test('signed-in people are sent on from the callback', async () => {
    const sent = await visitor.submit(await visitor.open('login'), {
      method: 'oidc',
      provider: 'mock',
      ...hint('a@example.com'),
    })
    const callback = await atProvider(sent.body.redirect_browser_to)
    await visitor.go(callback, HTML)
    expect((await visitor.go(callback, HTML)).location).toBe('http://127.0.0.1:4455/')
  })
})

describe('what goes wrong', () => {
  test.for([
    ['login', 'cancel', 'access_denied', 303],
    ['registration', 'cancel', 'access_denied', 302],
    ['login', 'fail', 'server_error', 303],
  ] as const)(
    'at %s, %s at the provider is a message in the form',
    async ([kind, decision, error, status]) => {
      const back = await through(visitor, await visitor.open(kind), { provider: 'mock' }, { decision })
      expect([back.status, new URL(back.location).pathname]).toEqual([status, `/ui/${kind}`])
      const [message] = (await visitor.fetchFlow(kind, back.location)).ui.messages!
      expect(message).toMatchObject({ id: 4000001 })
      expect(message!.text).toContain(`the OpenID Provider returned error "${error}"`)
    },
  )

  test('an unknown provider is a 404', async () => {
    const { status, body } = await visitor.submit(await visitor.open('login'), {
      method: 'oidc',
      provider: 'nope',
    })
    expect([status, body.error?.reason]).toEqual([
      404,
      'OpenID Connect Provider "nope" is unknown or has not been configured',
    ])
  })

  test.for([
    ['no state', '', 'did not return the state'],
    ['a made-up state', '?state=x&code=y', 'the state parameter is invalid'],
  ])('a callback with %s is refused', async ([, query, reason]) => {
    const { status, body } = await visitor.go(`/self-service/methods/oidc/callback/mock${query}`)
    expect(status).toBe(400)
    expect(body.error?.reason).toContain(reason)
    expect((await visitor.go(`/self-service/methods/oidc/callback/mock${query}`, HTML)).location).toContain(
      '/ui/error?id=',
    )
  })

  const started = async (): Promise<string> => {
    const sent = await visitor.submit(await visitor.open('login'), {
      provider: 'mock',
      ...hint('victim@example.com'),
    })
    return atProvider(sent.body.redirect_browser_to)
  }

  test("nobody can be signed in with somebody else's callback", async () => {
    const callback = await started()
    const stranger = new Visitor()
    expect((await stranger.go(callback)).body.error?.reason).toContain(
      'does not contain the necessary cookie',
    )
    await stranger.submit(await stranger.open('login'), { provider: 'mock' })
    expect((await stranger.go(callback)).body.error?.reason).toContain('does not match the state parameter')
    expect((await stranger.whoami()).status).toBe(401)
  })

  test('a callback of another provider is refused', async () => {
    const { body } = await visitor.go((await started()).replace('/callback/mock', '/callback/other'))
    expect(body.error?.reason).toContain('provider mismatch')
  })

  test('a forged code signs nobody in', async () => {
    const callback = new URL(await started())
    callback.searchParams.set('code', 'forged')
    expect((await visitor.go(callback.href)).status).toBe(500)
    expect((await visitor.whoami()).status).toBe(401)
  })

  test('a provider that posts its answer is asked to repeat it as a GET, which has the cookies', async () => {
    const callback = new URL(await started())
    const form = new URLSearchParams(callback.searchParams)
    const posted = await fetch(callback.origin + callback.pathname, {
      method: 'POST',
      body: form,
      redirect: 'manual',
    })
    expect(posted.status).toBe(302)
    await visitor.go(posted.headers.get('location')!, HTML)
    expect((await visitor.whoami()).status).toBe(200)
  })
})

describe('an address that is taken', () => {
  test('is linked once its owner has signed in', async () => {
    await signUpWithPassword('taken@example.com')
    visitor = new Visitor()
    const back = await through(visitor, await visitor.open('registration'), {
      provider: 'mock',
      ...hint('taken@example.com'),
    })
    expect(back.status).toBe(303)
    expect(new URL(back.location).searchParams.get('no_org_ui')).toBe('true')
    const flow = await visitor.fetchFlow('login', back.location)
    expect(flow.ui.messages).toMatchObject([{ id: 1010016 }])
    expect(flow.ui.messages![0]!.text).toContain('"taken@example.com" at "Mock"')
    expect(buttons(flow)).toEqual(['Confirm with other'])
    expect(named(flow, 'identifier')[0]!.attributes).toMatchObject({
      type: 'hidden',
      value: 'taken@example.com',
    })

    const credentials = {
      method: 'password',
      identifier: 'taken@example.com',
      password: 'correct horse battery',
    }
    expect((await visitor.submit(flow, credentials)).status).toBe(200)
    const methods = (await visitor.whoami()).body.authentication_methods
    expect(methods).toMatchObject([{ method: 'password' }, { method: 'oidc', provider: 'mock' }])
    const next = new Visitor()
    await through(next, await next.open('login'), { provider: 'mock', ...hint('taken@example.com') })
    expect((await next.whoami()).body.identity.traits).toMatchObject({ email: 'taken@example.com' })
  })

  test('is not linked before the second factor of its owner is proved', async () => {
    await start({
      config: {
        ...CONFIG,
        selfservice: WITH_TOTP,
        session: { whoami: { required_aal: 'highest_available' } },
      },
    })
    await signUpWithPassword('taken@example.com')
    const secret = new TOTP({ secret: await enrolTotp() })
    visitor = new Visitor()
    const back = await through(visitor, await visitor.open('login'), {
      provider: 'mock',
      ...hint('taken@example.com'),
    })
    const flow = await visitor.fetchFlow('login', back.location)
    const credentials = {
      method: 'password',
      identifier: 'taken@example.com',
      password: 'correct horse battery',
    }
    const more = await visitor.submit(flow, credentials)
    expect([more.status, more.body.redirect_browser_to]).toEqual([422, expect.stringContaining('aal=aal2')])
    const second = await visitor.open('login', '?aal=aal2')
    expect((await visitor.submit(second, { method: 'totp', totp_code: secret.generate() })).status).toBe(200)
    expect(buttons(await visitor.open('settings'))).toContain('Link Mock')
    await start()
  })

  test('is not linked to somebody else who signs in there', async () => {
    await signUpWithPassword('taken@example.com')
    visitor = new Visitor()
    const back = await through(visitor, await visitor.open('login'), {
      provider: 'mock',
      ...hint('taken@example.com'),
    })
    const flow = await visitor.fetchFlow('login', back.location)
    const mallory = { method: 'password', identifier: 'alice@example.com', password: 'ory-dev-password' }
    const refused = await visitor.submit(flow, mallory)
    expect(refused.body.ui.messages).toMatchObject([{ id: 4010009 }])
    expect((await visitor.whoami()).status).toBe(401)
  })
})

const WITH_TOTP = {
  ...CONFIG.selfservice,
  methods: { ...CONFIG.selfservice.methods, totp: { enabled: true } },
}
/** Sets up an authenticator app; its secret. */
async function enrolTotp(): Promise<Secret> {
  const flow = await visitor.open('settings')
  const shown = flow.ui.nodes.find(node => node.attributes.id === 'totp_secret_key')
  const secret = Secret.fromBase32(shown!.attributes.text!.text)
  const totp_code = new TOTP({ secret }).generate()
  expect((await visitor.submit(flow, { method: 'totp', totp_code })).status).toBe(200)
  return secret
}

describe('settings', () => {
  test('link and unlink, but never the last way in', async () => {
    await signUpWithPassword('me@example.com')
    const flow = await visitor.open('settings')
    expect(buttons(flow)).toEqual(['Link Mock', 'Link other'])
    const back = await through(visitor, flow, { link: 'mock', ...hint('elsewhere@example.com') })
    expect([back.status, new URL(back.location).pathname]).toEqual([303, '/ui/settings'])
    const linked = await visitor.fetchFlow('settings', back.location)
    expect(linked.ui.messages).toMatchObject([{ id: 1050001 }])
    // Sorted by provider, as all buttons of one group are.
    expect(buttons(linked)).toEqual(['Unlink Mock', 'Link other'])
    expect((await visitor.whoami()).body.identity.traits).toMatchObject({ email: 'me@example.com' })

    const gone = await visitor.submit(linked, { unlink: 'mock' })
    expect([gone.status, buttons(gone.body)]).toEqual([200, ['Link Mock', 'Link other']])
    const again = await visitor.submit(gone.body, { unlink: 'mock' })
    expect(again.body.ui.messages![0]!.text).toContain('last remaining first factor')
  })

  test.for([
    [{ link: 'nope' }, 'can not link unknown or already existing OpenID Connect connection'],
    [{ link: 'mock', unlink: 'mock' }, 'it is not possible to link and unlink providers in the same request'],
  ] as const)('%j is refused', async ([payload, text]) => {
    await signUpWithPassword('me@example.com')
    const refused = await visitor.submit(await visitor.open('settings'), { method: 'oidc', ...payload })
    expect([refused.status, refused.body.ui.messages]).toMatchObject([400, [{ id: 4000001, text }]])
  })

  test("somebody else's account at the provider cannot be linked", async () => {
    const owner = new Visitor()
    await through(owner, await owner.open('login'), { provider: 'mock', ...hint('owned@example.com') })
    await signUpWithPassword('me@example.com')
    const back = await through(visitor, await visitor.open('settings'), {
      link: 'mock',
      ...hint('owned@example.com'),
    })
    const flow = await visitor.fetchFlow('settings', back.location)
    expect(flow.ui.messages).toMatchObject([{ id: 4000007 }])
    expect(buttons(flow)).toEqual(['Link Mock', 'Link other'])
  })

  test('cancelling at the provider leaves a message', async () => {
    await signUpWithPassword('me@example.com')
    const back = await through(
      visitor,
      await visitor.open('settings'),
      { link: 'mock' },
      { decision: 'cancel' },
    )
    expect((await visitor.fetchFlow('settings', back.location)).ui.messages).toMatchObject([{ id: 4000001 }])
  })
})

describe('native apps', () => {
  const returnTo = 'http://127.0.0.1:4455/app'

  test.for(['login', 'registration'])('at %s get a session for both halves of their code', async kind => {
    const app = new Visitor(false)
    const query = `?return_session_token_exchange_code=true&return_to=${encodeURIComponent(returnTo)}`
    const flow = (await app.go(`/self-service/${kind}/api${query}`)).body
    const back = await through(app, flow, { provider: 'mock', ...hint('native@example.com') })
    expect(back.location).toContain(`${returnTo}?code=`)
    const code = new URL(back.location).searchParams.get('code')
    const init = flow.session_token_exchange_code
    const session = await app.go(`/sessions/token-exchange?init_code=${init}&return_to_code=${code}`)
    expect(session.status).toBe(200)
    const { session_token } = session.body
    const who = await fetch(`${ory.url}/sessions/whoami`, { headers: { 'x-session-token': session_token } })
    expect(await who.json()).toMatchObject({ identity: { traits: { email: 'native@example.com' } } })
  })

  test('with an id_token of a native SDK are told that this is missing', async () => {
    const app = new Visitor(false)
    const flow = (await app.go('/self-service/login/api')).body
    const { status } = await app.submit(flow, { method: 'oidc', provider: 'mock', id_token: 'x' })
    expect(status).toBe(501)
  })

  test('get back to the app when the person cancels', async () => {
    const app = new Visitor(false)
    const query = `?return_session_token_exchange_code=true&return_to=${encodeURIComponent(returnTo)}`
    const flow = (await app.go(`/self-service/login/api${query}`)).body
    const back = await through(app, flow, { provider: 'mock' }, { decision: 'cancel' })
    expect([back.status, back.location.split('?')[0]]).toEqual([303, returnTo])
  })
})

describe('configured otherwise', () => {
  const changed = (change: (selfservice: typeof CONFIG.selfservice) => object): EmulatorOptions => ({
    config: { ...CONFIG, selfservice: { ...CONFIG.selfservice, ...change(CONFIG.selfservice) } },
  })
  afterAll(() => start())

  test('with registration switched off, strangers stay out and owners may link', async () => {
    await start(changed(() => ({ flows: { registration: { enabled: false } } })))
    const back = await through(visitor, await visitor.open('login'), {
      provider: 'mock',
      ...hint('new@example.com'),
    })
    const [message] = (await visitor.fetchFlow('login', back.location)).ui.messages!
    expect(message!.text).toBe('Registration is not allowed because it was disabled.')
  })

  test('with social sign-in switched off, there are no buttons and no callback', async () => {
    await start(changed(s => ({ methods: { ...s.methods, oidc: { enabled: false } } })))
    expect(buttons(await visitor.open('login'))).toEqual([])
    expect((await visitor.go('/self-service/methods/oidc/callback/mock?state=x')).status).toBe(404)
    expect(
      (await visitor.submit(await visitor.open('login'), { method: 'oidc', provider: 'mock' })).status,
    ).toBe(404)
  })

  test('a web hook before the account is stored can refuse it or change it', async () => {
    const { createServer } = await import('node:http')
    let status = 400
    const hook = createServer((_req, res) => {
      const refusal = {
        messages: [{ instance_ptr: '#/traits/email', messages: [{ id: 7, text: 'Not you', type: 'error' }] }],
      }
      const change = { identity: { metadata_public: { plan: 'pro' } } }
      res
        .writeHead(status, { 'content-type': JSON_TYPE })
        .end(JSON.stringify(status === 200 ? change : refusal))
    })
    await new Promise<void>(done => void hook.listen(0, '127.0.0.1', done))
    const url = `http://127.0.0.1:${(hook.address() as { port: number }).port}/`
    const config = { url, method: 'POST', response: { parse: true } }
    const hooks = [{ hook: 'web_hook', config }, { hook: 'session' }]
    await start(changed(() => ({ flows: { registration: { after: { oidc: { hooks } } } } })))
    const flow = await visitor.open('registration')
    const back = await through(visitor, flow, { provider: 'mock', ...hint('hook@example.com') })
    const refused = await visitor.fetchFlow('registration', back.location)
    expect(named(refused, 'traits.email')[0]).toMatchObject({
      attributes: { value: 'hook@example.com' },
      messages: [{ id: 7 }],
    })
    status = 200
    await through(visitor, refused, { provider: 'mock', ...hint('hook@example.com') })
    expect((await visitor.whoami()).body.identity).toMatchObject({ metadata_public: { plan: 'pro' } })
    hook.close()
  })
})

describe('in a browser without JavaScript', () => {
  test('the button leads to the picker, a click there back to the app of another port', async () => {
    const { createServer } = await import('node:http')
    const app = createServer((_req, res) => res.end('the app'))
    await new Promise<void>(done => void app.listen(0, '127.0.0.1', done))
    const home = `http://127.0.0.1:${(app.address() as { port: number }).port}/`
    const { selfservice } = CONFIG
    await start({
      config: {
        selfservice: { ...selfservice, default_browser_return_url: home, allowed_return_urls: [home] },
      },
    })
    const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking']
    const browser = await chromium.launch({ executablePath: await ensureBrowser(), args })
    try {
      const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage()
      await page.goto(`${ory.url}/ui/login`)
      await page.getByRole('button', { name: 'Sign in with Mock' }).click()
      expect(await page.locator('h1').textContent()).toBe('Choose an account')
      await page.getByLabel('Any address').fill('dora@example.com')
      await page.keyboard.press('Enter')
      await page.waitForURL(home)
      expect(await page.textContent('body')).toBe('the app')
      await page.goto(`${ory.url}/ui/welcome`)
      expect(await page.textContent('main')).toContain('dora@example.com')
    } finally {
      await browser.close()
      app.close()
    }
  })
})
