import { chromium } from 'playwright-core'
import { afterAll, describe, expect, test } from 'vitest'
import { ensureBrowser } from '../../../scripts/ensure-browser.mjs'
import type { EmulatorOptions } from '../../../src/emulator/index.js'
import {
  atProvider,
  buttons,
  CONFIG,
  HTML,
  hint,
  JSON_TYPE,
  lines,
  mappedBy,
  named,
  ory,
  start,
  through,
  Visitor,
  visitor,
} from '../_social.js'
import { snippet } from '../recorded/real-kratos.mjs'

describe('signing in', () => {
  test.for(['login', 'registration'])(
    'somebody new at the %s page gets an account, then the same one again',
    async kind => {
      const back = await through(visitor, await visitor.open(kind), {
        provider: 'mock',
        ...hint('New@example.com'),
      })
      expect([back.status, back.location]).toEqual([303, `${ory.url}/home`])
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

  test('without a mapper, claims go to the traits of the same name where they fit, with a line that says so', async () => {
    await start({ config: mappedBy(undefined) })
    const claims = '{"family_name":"H","email_verified":true,"groups":["x"]}'
    const choice = { email: 'c@example.com', claims }
    await through(visitor, await visitor.open('registration'), { provider: 'mock' }, choice)
    const { traits } = (await visitor.whoami()).body.identity
    expect(traits).toEqual({ email: 'c@example.com', name: { last: 'H' } })
    expect(lines.filter(line => line.includes('no mapper_url at "mock"'))).toHaveLength(1)
    await start()
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
    expect((await visitor.go(callback, HTML)).location).toBe(`${ory.url}/home`)
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

  test.for([
    ['/self-service/methods/oidc/stand-in/%E0%A4%A/authorize', 400],
    ['/self-service/methods/oidc/stand-in/%E0%A4/authorize', 404],
    ['/schemas/%FF', 404],
    ['/self-service/methods/oidc/stand-in/nope/authorize', 404],
    ['/self-service/methods/oidc/callback/%ZZ?state=x', 400],
    ['/self-service/methods/oidc/callback/mock?state=__proto__&code=x', 400],
  ] as const)('%s is refused, not fatal', async ([path, status]) => {
    expect((await visitor.go(path)).status).toBe(status)
  })

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

  test('with registration switched off, strangers stay out', async () => {
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
    const config = { url, method: 'POST', body: snippet('{}'), response: { parse: true } }
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
