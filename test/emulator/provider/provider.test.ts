import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ensureBrowser } from '../../../scripts/ensure-browser.mjs'
import {
  createProviderClient,
  createStandInProvider,
  type ProviderAnswer,
  ProviderAnswerError,
  type ProviderSetup,
  type Ticket,
} from '../../../src/emulator/provider/index.js'
import type { StandInProvider } from '../../../src/emulator/provider/types.js'

let now = 0
const setup: ProviderSetup = {
  id: 'mock',
  kind: 'generic',
  label: 'Mock',
  clientId: 'lab',
  clientSecret: 's:e&c%r+e t',
  issuer: () => 'http://127.0.0.1:4433/.ory/self-service/methods/oidc/stand-in/mock',
  redirectUri: () => 'http://127.0.0.1:4433/.ory/self-service/methods/oidc/callback/mock',
  people: () => [{ address: 'alice@example.com', claims: { given_name: 'Alice' } }],
  now: () => now,
  returnUrls: () => ['http://localhost:3000/'],
}
let provider: StandInProvider
beforeEach(() => {
  now = Date.now()
  provider = createStandInProvider(setup)
})

const later = (milliseconds: number): void => {
  now += milliseconds
}

const send = (path: string, query: URLSearchParams, form?: Record<string, string>): Promise<ProviderAnswer> =>
  provider.handle({ method: form ? 'POST' : 'GET', path, query, form: new URLSearchParams(form) })
const start = (upstream: Record<string, string> = {}): Promise<Ticket> =>
  createProviderClient(setup, provider).start('the-state', ['email'], upstream)
const backOf = (answer: ProviderAnswer): URLSearchParams => {
  const location = new URL(answer.headers['location']!)
  expect(location.href.split('?')[0]).toBe(setup.redirectUri())
  return location.searchParams
}
/** As far as the code: whoever `hint` names has signed in at the provider. */
async function signIn(hint = 'Ada@example.com'): Promise<{ ticket: Ticket; callback: URLSearchParams }> {
  const ticket = await start({ prompt: 'none', login_hint: hint })
  return { ticket, callback: backOf(await send('/authorize', new URL(ticket.url).searchParams)) }
}
const finish = (callback: URLSearchParams, ticket: Ticket, state = 'the-state'): Promise<object> =>
  createProviderClient(setup, provider).finish(callback, state, ticket)

describe('signing in', () => {
  test('with prompt=none and a login_hint takes no page, and the id_token says who it is', async () => {
    const { ticket, callback } = await signIn()
    expect(await finish(callback, ticket)).toMatchObject({
      iss: setup.issuer(),
      aud: 'lab',
      sub: 'ada@example.com',
      email: 'ada@example.com',
      email_verified: true,
      nonce: ticket.nonce,
    })
  })

  test('works while the clock of the emulator is moved', async () => {
    later(40 * 24 * 3_600_000)
    const { ticket, callback } = await signIn()
    expect(await finish(callback, ticket)).toMatchObject({ sub: 'ada@example.com' })
  })

  test('without a login_hint, prompt=none has nobody to sign in', async () => {
    const { url } = await start({ prompt: 'none' })
    expect(backOf(await send('/authorize', new URL(url).searchParams)).get('error')).toBe('login_required')
  })

  test.for<[string, (step: Step) => unknown]>([
    ['a code used twice', step => finish(step.callback, step.ticket)],
    ['another state', step => Object.assign(step, { state: 'forged' })],
    ['another nonce', step => Object.assign(step.ticket, { nonce: 'forged' })],
    ['another code verifier', step => Object.assign(step.ticket, { codeVerifier: 'x'.repeat(43) })],
    ['another issuer', step => step.callback.set('iss', 'http://evil.test')],
    ['a made-up code', step => step.callback.set('code', 'x')],
    ['a code that is old', () => later(61_000)],
  ])('fails with %s', async ([, forge]) => {
    const step: Step = { ...(await signIn()), state: 'the-state' }
    await forge(step)
    await expect(finish(step.callback, step.ticket, step.state)).rejects.toThrow(ProviderAnswerError)
  })

  test('fails with another client secret', async () => {
    const { ticket, callback } = await signIn()
    const thief = createProviderClient({ ...setup, clientSecret: 'guess' }, provider)
    await expect(thief.finish(callback, 'the-state', ticket)).rejects.toThrow(ProviderAnswerError)
  })

  test('fails when the token was signed with another key', async () => {
    const { ticket, callback } = await signIn()
    const other = createStandInProvider(setup)
    const mixed: StandInProvider = {
      ...provider,
      fetch: (url, init) => (url.endsWith('/jwks.json') ? other : provider).fetch(url, init),
    }
    await expect(createProviderClient(setup, mixed).finish(callback, 'the-state', ticket)).rejects.toThrow(
      ProviderAnswerError,
    )
  })

  test('never leaves the process', async () => {
    await expect(provider.fetch('http://example.org/token', {})).rejects.toThrow('not an endpoint')
  })
})

describe('what each provider says', () => {
  const said = async (
    kind: string,
  ): Promise<{ claims: Record<string, unknown>; beside: URLSearchParams }> => {
    const as = { ...setup, kind }
    const client = createProviderClient(as, createStandInProvider(as))
    const ticket = await client.start('the-state', ['email'], {
      prompt: 'none',
      login_hint: 'ada@example.com',
    })
    const standIn = createStandInProvider(as)
    const own = createProviderClient(as, standIn)
    const query = new URL(ticket.url).searchParams
    const beside = backOf(
      await standIn.handle({ method: 'GET', path: '/authorize', query, form: new URLSearchParams() }),
    )
    return { claims: { ...(await own.finish(beside, 'the-state', ticket)) }, beside }
  }

  test.for<[string, object]>([
    [
      'google',
      { azp: 'lab', sub: expect.stringMatching(/^\d{21}$/), email_verified: true, given_name: 'Ada' },
    ],
    [
      'microsoft',
      { tid: expect.any(String), oid: expect.any(String), preferred_username: 'ada@example.com' },
    ],
    ['apple', { sub: expect.stringMatching(/^000000\./), email_verified: 'true' }],
    [
      'github',
      {
        login: 'ada',
        id: expect.any(Number),
        emails: [{ email: 'ada@example.com', primary: true, verified: true, visibility: 'private' }],
      },
    ],
    ['generic', { sub: 'ada@example.com', email: 'ada@example.com', email_verified: true }],
  ])('%s: in its own words, and the same for the same address', async ([kind, claims]) => {
    const { claims: first, beside } = await said(kind)
    expect(first).toMatchObject(claims)
    expect((await said(kind)).claims['sub']).toBe(first['sub'])
    expect(beside.has('user')).toBe(kind === 'apple')
    expect('email_verified' in first).toBe(kind !== 'microsoft' && kind !== 'github')
  })
})

interface Step {
  ticket: Ticket
  callback: URLSearchParams
  state: string
}

describe('the authorization endpoint', () => {
  test.for([
    ['client_id', 'other', 400],
    ['redirect_uri', 'http://evil.test/', 400],
    ['redirect_uri', `${setup.redirectUri()}/x`, 400],
  ] as const)('redirects nowhere when %s is %s', async ([name, value, status]) => {
    const query = new URL((await start()).url).searchParams
    query.set(name, value)
    const answer = await send('/authorize', query)
    expect(answer.status).toBe(status)
    expect(answer.headers['location']).toBeUndefined()
  })

  test.for([
    ['response_type', 'token', 'unsupported_response_type'],
    ['scope', 'email', 'invalid_scope'],
    ['code_challenge_method', 'plain', 'invalid_request'],
  ] as const)('sends the client an error when %s is %s', async ([name, value, error]) => {
    const query = new URL((await start()).url).searchParams
    query.set(name, value)
    const back = backOf(await send('/authorize', query))
    expect([back.get('error'), back.get('state')]).toEqual([error, 'the-state'])
  })

  test.for([
    ['cancel', 'access_denied'],
    ['fail', 'server_error'],
  ])('%s comes back as %s', async ([decision, error]) => {
    const query = new URL((await start()).url).searchParams
    expect(backOf(await send('/authorize', query, { decision: decision! })).get('error')).toBe(error)
  })

  test.for(['{', '[]', '"x"', '1'])(
    'claims like %j are asked for again, with what was typed',
    async claims => {
      const query = new URL((await start()).url).searchParams
      const answer = await send('/authorize', query, { email: 'a@b.c', claims })
      expect(answer.status).toBe(400)
      expect(answer.body).toContain('role="alert"')
      expect(answer.body).toContain('value="a@b.c"')
    },
  )

  test('typed claims win over the address, but not over what the protocol says', async () => {
    const ticket = await start()
    const claims = JSON.stringify({
      sub: '42',
      groups: ['a'],
      iss: 'http://evil.test',
      aud: 'x',
      exp: 1,
      nonce: 'x',
    })
    const form = { email: 'alice@example.com', claims }
    const callback = backOf(await send('/authorize', new URL(ticket.url).searchParams, form))
    expect(await finish(callback, ticket)).toMatchObject({
      sub: '42',
      email: 'alice@example.com',
      given_name: 'Alice',
      groups: ['a'],
      iss: setup.issuer(),
    })
  })
})

describe('userinfo', () => {
  test('gives the claims for the access token, and nothing without', async () => {
    const { ticket, callback } = await signIn()
    const response = await provider.fetch(`${setup.issuer()}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: callback.get('code')!,
        redirect_uri: setup.redirectUri(),
        code_verifier: ticket.codeVerifier,
        client_id: 'lab',
        client_secret: setup.clientSecret!,
      }),
    })
    const { access_token } = (await response.json()) as { access_token: string }
    const ask = (authorization?: string): Promise<Response> =>
      provider.fetch(`${setup.issuer()}/userinfo`, authorization ? { headers: { authorization } } : {})
    expect(await (await ask(`Bearer ${access_token}`)).json()).toMatchObject({ sub: 'ada@example.com' })
    expect((await ask('Bearer x')).status).toBe(401)
    expect((await ask()).status).toBe(401)
  })
})

describe('the account picker in a browser without JavaScript', () => {
  let browser: Browser
  let server: Server
  let live: ProviderSetup
  let standIn: StandInProvider

  beforeAll(async () => {
    server = createServer(async (req, res) => {
      const url = new URL(req.url!, 'http://x')
      if (!url.pathname.startsWith('/self-service/methods/oidc/stand-in/mock'))
        return void res.end('back at the client')
      const chunks: Buffer[] = []
      for await (const chunk of req) chunks.push(chunk as Buffer)
      const answer = await standIn.handle({
        method: req.method!,
        path: url.pathname.slice('/self-service/methods/oidc/stand-in/mock'.length),
        query: url.searchParams,
        form: new URLSearchParams(Buffer.concat(chunks).toString()),
      })
      res.writeHead(answer.status, answer.headers).end(answer.body)
    })
    await new Promise<void>(done => void server.listen(0, '127.0.0.1', done))
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    live = {
      ...setup,
      issuer: () => `${origin}/self-service/methods/oidc/stand-in/mock`,
      redirectUri: () => `${origin}/callback`,
    }
    standIn = createStandInProvider(live)
    const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking']
    browser = await chromium.launch({ executablePath: await ensureBrowser(), args })
  })
  afterAll(async () => {
    await browser?.close()
    server.close()
  })

  async function choose(
    act: (page: import('playwright-core').Page) => Promise<void>,
  ): Promise<object | string | null> {
    const client = createProviderClient(live, standIn)
    const ticket = await client.start('the-state', [], {})
    const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage()
    await page.goto(ticket.url)
    await act(page)
    await page.waitForURL(/\/callback\?/)
    const { searchParams } = new URL(page.url())
    return searchParams.get('error') ?? client.finish(searchParams, 'the-state', ticket)
  }

  test('one click signs a known person in', async () => {
    const claims = await choose(page => page.getByRole('button', { name: 'alice@example.com' }).click())
    expect(claims).toMatchObject({ sub: 'alice@example.com', given_name: 'Alice' })
  })

  test('Enter in the free form signs in whoever was typed, with claims', async () => {
    const claims = await choose(async page => {
      await page.getByLabel('Claims').fill('{"name": "Eve <b>"}')
      await page.getByLabel('Any address').fill('eve@example.com')
      await page.keyboard.press('Enter')
    })
    expect(claims).toMatchObject({ sub: 'eve@example.com', name: 'Eve <b>' })
  })

  test('what is said about somebody can be changed before it is sent, and what is taken out is not said', async () => {
    const claims = await choose(async page => {
      await page.getByLabel('Any address').fill('alice@example.com')
      await page.getByLabel('Claims').fill('{"locale": "en"}')
      await page.getByRole('button', { name: /^Edit/ }).click()
      const text = await page.getByLabel('Claims').inputValue()
      expect(JSON.parse(text)).toEqual({
        sub: 'alice@example.com',
        email: 'alice@example.com',
        email_verified: true,
        given_name: 'Alice',
        locale: 'en',
      })
      await page.getByLabel('Claims').fill('{"sub": "alice@example.com", "groups": ["dev"]}')
      await page.getByRole('button', { name: 'Send' }).click()
    })
    expect(claims).toMatchObject({ sub: 'alice@example.com', groups: ['dev'] })
    expect(claims).not.toHaveProperty('email')
  })

  test('cancelling is an answer too', async () => {
    expect(await choose(page => page.getByRole('button', { name: /^Cancel/ }).click())).toBe('access_denied')
  })
})
