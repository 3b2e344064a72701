import { request } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { silentLogger } from '../../../src/log.js'
import { type Client, type Reply, signIn, startClient } from '../_emulator.js'

const PASSWORD = 'ory-dev-password'
let client: Client
const lines: string[] = []
beforeAll(async () => {
  client = await startClient({
    logger: { ...silentLogger, info: line => void lines.push(line) },
    seed: [
      {
        traits: { email: 'alice@example.com' },
        credentials: { password: { config: { password: PASSWORD } } },
        verifiable_addresses: [{ value: 'alice@example.com', via: 'email', verified: true }],
      },
      { traits: { email: 'bob@example.com' }, external_id: 'crm-2' },
      { traits: { email: 'gone@example.com' }, state: 'inactive' },
    ],
    mintJwt: async sessionJson => `jwt-of-${JSON.parse(sessionJson).identity.traits.email}`,
  })
})
afterAll(() => client.emulator.close())
afterEach(async () => {
  await client.call('POST', '/dev/reset')
})

async function askForCode(email: string): Promise<void> {
  const flow = await client.call('GET', '/self-service/recovery/api')
  await client.call('POST', `/self-service/recovery?flow=${flow.body.id}`, { method: 'code', email })
}

describe('who may use the tools', () => {
  test.for<[Record<string, string>, number]>([
    [{}, 200],
    [{ 'sec-fetch-site': 'same-origin' }, 200],
    [{ 'sec-fetch-site': 'none' }, 200],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ origin: 'http://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ origin: 'http://localhost:3000' }, 403],
    [{ 'ory-base-url-rewrite': 'http://localhost:3000/.ory', origin: 'http://localhost:3000' }, 200],
    [{ 'ory-base-url-rewrite': 'http://localhost:3000/.ory', origin: 'http://evil.example' }, 403],
    [{ host: 'evil.example' }, 403],
    [{ host: 'kratos' }, 403],
    [{ host: '192.0.2.1' }, 403],
    [{ host: 'localhost' }, 200],
    [{ host: 'app.localhost:1234' }, 200],
    [{ 'x-forwarded-for': '192.168.1.20' }, 403],
    [{ 'x-forwarded-for': '::1, 192.168.1.20' }, 403],
    [{ 'x-forwarded-for': '::ffff:127.0.0.1' }, 200],
  ])('%j: %i', async ([headers, status]) => {
    for (const path of ['/dev', '/dev/users', '/dev/export'])
      expect(await raw('GET', path, headers)).toMatchObject({ status })
    expect(await raw('POST', '/dev/reset', headers)).toMatchObject({ status })
  })

  test('its own origin may', async () => {
    expect(await raw('POST', '/dev/reset', { origin: client.emulator.url })).toMatchObject({ status: 200 })
  })

  test('nothing is changed by a GET', async () => {
    for (const path of ['/dev/reset', '/dev/import'])
      expect((await client.call('GET', path)).status).toBe(405)
    await client.call('GET', '/dev/clock?advance=1h')
    expect((await client.call('GET', '/dev/clock')).body.offset).toBe(0)
    const page = await client.call('GET', '/dev/sign-in?identity=alice@example.com', undefined, {
      accept: 'text/html',
    })
    expect(page.headers.getSetCookie()).toEqual([])
  })
})

interface Head {
  status: number | undefined
  location: string | undefined
}

/** fetch sends no Host and no Sec-Fetch-Mode of one's choice. */
function raw(method: string, path: string, headers: Record<string, string>): Promise<Head> {
  return new Promise((resolve, reject) => {
    const req = request(`${client.emulator.url}${path}`, { method, headers }, res => {
      res.resume()
      resolve({ status: res.statusCode, location: res.headers.location })
    })
    req.on('error', reject)
    req.end()
  })
}

describe('signing in as somebody', () => {
  test.for(['alice@example.com', ' ALICE@example.com', undefined])('%j', async name => {
    const users = await client.call('GET', '/dev/users')
    const alice = users.body.find((user: { identifiers: string[] }) =>
      user.identifiers.includes('alice@example.com'),
    )
    expect(alice).toMatchObject({ state: 'active', verified: true, password: PASSWORD })
    const { status, body } = await client.call('POST', '/dev/sign-in', { identity: name ?? alice.id })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      session: { active: true, identity: { id: alice.id } },
      jwt: 'jwt-of-alice@example.com',
    })
    const byToken = await client.call('GET', '/sessions/whoami', undefined, {
      'x-session-token': body.session_token,
    })
    const byCookie = await client.call('GET', '/sessions/whoami', undefined, { cookie: body.cookie })
    expect([byToken.body.id, byCookie.body.id]).toEqual([body.session.id, body.session.id])
  })

  test('a browser gets the cookie and goes where it wanted to', async () => {
    const form = (fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Reply> =>
      client.send('POST', `${client.emulator.url}/dev/sign-in`, new URLSearchParams(fields).toString(), {
        accept: 'text/html',
        'content-type': 'application/x-www-form-urlencoded',
        ...headers,
      })
    const back = await form({ identity: 'crm-2', return_to: '/todos' })
    expect([back.status, back.headers.get('location')]).toEqual([303, `${client.emulator.url}/todos`])
    expect(back.headers.getSetCookie().join()).toContain('ory_kratos_session=')
    const front = { 'ory-base-url-rewrite': 'http://localhost:3000/.ory', origin: 'http://localhost:3000' }
    const app = await form({ identity: 'crm-2', return_to: '/todos' }, front)
    expect(app.headers.get('location')).toBe('http://localhost:3000/todos')
    const odd = await form({ identity: 'crm-2', return_to: '/\\evil.example/' })
    expect(new URL(odd.headers.get('location') ?? '').origin).toBe(client.emulator.url)
    for (const evil of ['https://evil.example/', '//evil.example/']) {
      const refused = await form({ identity: 'crm-2', return_to: evil })
      expect(refused.status, evil).toBe(400)
      expect(refused.headers.getSetCookie().join()).not.toContain('ory_kratos_session=')
    }
  })

  test('at the second level', async () => {
    const { body } = await client.call('POST', '/dev/sign-in', { identity: 'crm-2', aal: 'aal2' })
    expect(body.session.authenticator_assurance_level).toBe('aal2')
  })

  test.for<[object, number]>([
    [{}, 400],
    [{ identity: 'nobody@example.com' }, 404],
    [{ identity: 'gone@example.com' }, 401],
    [{ identity: 'crm-2', aal: 'aal3' }, 400],
  ])('%j: %i', async ([input, status]) => {
    expect((await client.call('POST', '/dev/sign-in', input)).status).toBe(status)
  })
})

describe('the inbox', () => {
  test('says each mail in one line of the terminal, with its code', async () => {
    lines.length = 0
    await askForCode('alice@example.com')
    await askForCode('nobody@example.com')
    const { code } = (await client.call('GET', '/dev/inbox')).body.at(-1)
    expect(lines).toEqual([`[mail] to alice@example.com: code ${code} to get back into your account`])
  })

  test('shows codes and links, filtered by address', async () => {
    await askForCode('alice@example.com')
    await askForCode('bob@example.com')
    const { body } = await client.call('GET', '/dev/inbox?to=ALICE@example.com')
    expect(body).toEqual([
      expect.objectContaining({ to: 'alice@example.com', code: expect.stringMatching(/^\d{6}$/) }),
    ])
    const page = await client.call('GET', '/dev/inbox', undefined, { accept: 'text/html' })
    expect(page.body).toContain(body[0].code)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(page.body).not.toContain('<script')
  })

  test('shows a mail as HTML, in which nothing runs', async () => {
    await askForCode('alice@example.com')
    const [mail] = (await client.call('GET', '/dev/inbox')).body
    const page = await client.call('GET', `/dev/inbox/${mail.id}`, undefined, { accept: 'text/html' })
    expect([page.status, page.body]).toEqual([200, mail.html])
    expect(mail.html).toContain(`<p>\n${mail.code}\n</p>`)
    expect(page.headers.get('content-security-policy')).toMatch(/^sandbox allow-popups; default-src 'none'/)
    expect((await client.call('GET', '/dev/inbox/nothing')).status).toBe(404)
  })

  test('a call that waits is for a new mail, or for one after another', async () => {
    await askForCode('alice@example.com')
    const [old] = (await client.call('GET', '/dev/inbox?to=alice@example.com')).body
    expect((await client.call('GET', '/dev/inbox?to=alice@example.com&wait=0.05')).body).toEqual([])
    expect((await client.call('GET', '/dev/inbox?to=alice@example.com&wait=5&after=')).body).toEqual([old])
  })

  test('waits for mail', async () => {
    const waiting = client.call('GET', '/dev/inbox?to=alice@example.com&wait=10')
    await askForCode('alice@example.com')
    expect((await waiting).body).toHaveLength(1)
    const [first] = (await waiting).body
    const newer = client.call('GET', `/dev/inbox?to=alice@example.com&wait=10&after=${first.id}`)
    await askForCode('alice@example.com')
    const second = (await newer).body
    expect(second).toHaveLength(1)
    expect(second[0].id).not.toBe(first.id)
    expect((await client.call('GET', '/dev/inbox?to=nobody@example.com&wait=0')).body).toEqual([])
  })
})

describe('the clock', () => {
  test('moves flows, sessions and codes together', async () => {
    const { body } = await signIn(client, 'alice@example.com', PASSWORD)
    const whoami = () =>
      client.call('GET', '/sessions/whoami', undefined, { 'x-session-token': body.session_token })
    const flow = await client.call('GET', '/self-service/login/api')
    expect((await client.call('POST', '/dev/clock', { advance: '2h' })).body.offset).toBe(7_200_000)
    expect((await client.call('GET', `/self-service/login/flows?id=${flow.body.id}`)).status).toBe(410)
    expect((await whoami()).status).toBe(200)
    await client.call('POST', '/dev/clock', { advance: '24h' })
    expect((await whoami()).status).toBe(401)
  })

  test('stands still, is set and runs on', async () => {
    const time = '2030-01-01T00:00:00.000Z'
    const set = await client.call('POST', '/dev/clock', { set: time, freeze: true })
    expect(set.body).toMatchObject({ now: time, frozen: true })
    expect((await client.call('GET', '/dev/clock')).body.now).toBe(time)
    expect(client.emulator.now()).toBe(Date.parse(time))
    const on = await client.call('POST', '/dev/clock', { resume: true })
    expect(on.body.frozen).toBe(false)
    expect(on.body.now >= time).toBe(true)
  })

  test('a request without a body is one without input, whatever type it names', async () => {
    const headers = { 'content-type': 'application/json' }
    expect((await client.call('GET', '/dev/users', undefined, headers)).status).toBe(200)
    expect((await client.call('POST', '/dev/reset', undefined, headers)).status).toBe(200)
    const nothing = await client.call('POST', '/dev/clock', undefined, headers)
    expect([nothing.status, nothing.body.error.reason]).toEqual([400, expect.stringContaining('Say one of')])
  })

  test.for([{}, { advance: 'soon' }, { set: 'never' }, { advance: 1e30 }])('refuses %j', async input => {
    expect((await client.call('POST', '/dev/clock', input)).status).toBe(400)
    expect((await client.call('GET', '/dev/clock')).body).toMatchObject({ frozen: false })
  })
})

describe('faults', () => {
  test('answer instead, as often as asked', async () => {
    const added = await client.call('POST', '/dev/faults', {
      path: '/sessions/*',
      method: 'get',
      status: 503,
      count: 2,
    })
    expect(added).toMatchObject({ status: 201, body: { id: expect.any(Number), method: 'GET', count: 2 } })
    const whoami = () => client.call('GET', '/sessions/whoami')
    expect([(await whoami()).status, (await whoami()).status, (await whoami()).status]).toEqual([
      503, 503, 401,
    ])
    expect((await client.call('GET', '/dev/faults')).body).toEqual([])
  })

  test('delay, and are taken away', async () => {
    const { body } = await client.call('POST', '/dev/faults', { path: '/sessions/whoami', delay: '50ms' })
    const start = performance.now()
    expect((await client.call('GET', '/sessions/whoami')).status).toBe(401)
    // A timer may fire a little early, never much.
    expect(performance.now() - start).toBeGreaterThan(45)
    await client.call('POST', '/dev/faults', { remove: body.id })
    expect((await client.call('GET', '/dev/faults')).body).toEqual([])
  })

  test.for([
    {},
    { path: '/dev/reset', status: 500 },
    { path: '/sessions' },
    { path: '/sessions', status: 99 },
    { path: '/sessions', delay: '1h' },
  ])('refuses %j', async input => {
    expect((await client.call('POST', '/dev/faults', input)).status).toBe(400)
  })
})

test('a reset leaves the people of the seed, and nothing else', async () => {
  await client.admin('POST', '/admin/identities', {
    schema_id: 'default',
    traits: { email: 'new@example.com' },
  })
  await askForCode('alice@example.com')
  await client.call('POST', '/dev/clock', { freeze: true })
  await client.call('POST', '/dev/reset')
  expect((await client.call('GET', '/dev')).body).toMatchObject({
    people: 3,
    mails: 0,
    frozen: false,
    faults: 0,
  })
})

describe('pages', () => {
  const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
  const post = (path: string, fields: Record<string, string>): Promise<Reply> =>
    client.send('POST', client.emulator.url + path, new URLSearchParams(fields).toString(), {
      ...HTML,
      'content-type': 'application/x-www-form-urlencoded',
    })

  test.for(['/dev', '/dev/users', '/dev/sign-in', '/dev/inbox', '/dev/clock', '/dev/faults'])(
    '%s works without a script, and is JSON for whoever is no browser',
    async path => {
      const page = await client.call('GET', path, undefined, HTML)
      expect(page.status).toBe(200)
      expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'/)
      expect(page.body).toMatch(/<h1>/)
      expect(page.body).not.toMatch(/<script|javascript:|\son\w+=/)
      const forCurl = await client.call('GET', path, undefined, { accept: '*/*' })
      expect(forCurl.headers.get('content-type')).toBe('application/json; charset=utf-8')
    },
  )

  test('a form leads back to its page, so that a reload does nothing again', async () => {
    const done = await post('/dev/clock', { advance: '26h5m' })
    expect([done.status, done.headers.get('location')]).toEqual([303, '../dev/clock'])
    expect((await client.call('GET', '/dev/clock', undefined, HTML)).body).toContain('26h5m')
    expect((await post('/dev/reset', {})).headers.get('location')).toBe('../dev')
  })

  test.for([
    ['/dev/clock', { advance: 'soon' }, 400, 'duration'],
    ['/dev/clock', { set: 'never' }, 400, 'not a time'],
    ['/dev/faults', { path: '/todos', status: '503' }, 400, 'value="/todos"'],
    ['/dev/sign-in', { identity: 'nobody@example.com' }, 404, 'There is nobody called'],
    ['/dev/import', { file: 'none' }, 400, 'state:1:'],
  ] as const)('%s with %j: %i, on the page that asked', async ([path, fields, status, text]) => {
    const page = await post(path, fields)
    expect(page.status).toBe(status)
    expect(page.body).toContain('role="alert"')
    expect(page.body).toContain('<form')
    expect(page.body).toContain(text)
  })

  test('a refusal is a page for a browser', async () => {
    const page = await client.call('GET', '/dev/users', undefined, {
      ...HTML,
      'sec-fetch-site': 'cross-site',
    })
    expect(page.status).toBe(403)
    expect(page.body).toContain('answer pages of their own origin only')
    expect(page.body).not.toContain('alice@example.com')
  })

  test('the inbox renews itself for those who ask for it only', async () => {
    const inbox = async (query: string): Promise<string> =>
      (await client.call('GET', `/dev/inbox${query}`, undefined, HTML)).body
    expect(await inbox('')).not.toContain('http-equiv="refresh"')
    expect(await inbox('?live=on')).toContain('http-equiv="refresh"')
  })

  test.for([
    ['/', 'ui/welcome'],
    ['/ui', 'ui/welcome'],
    ['/ui/', 'welcome'],
    ['/dev/', '../dev'],
  ] as const)('whoever types %s is shown in, a program gets what Kratos says', async ([path, to]) => {
    const navigation = { ...HTML, 'sec-fetch-mode': 'navigate' }
    expect(await raw('GET', path, navigation)).toMatchObject({ status: 303, location: to })
    expect(await raw('GET', path, HTML)).toMatchObject({ status: 404 })
  })
})

test('what curl calls a form may be JSON', async () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded', accept: '*/*' }
  const { status, body } = await client.call('POST', '/dev/clock', '{"advance":"1h"}', form)
  expect([status, body.offset]).toEqual([200, 3_600_000])
})

test('a state comes back through the form on the page, too', async () => {
  const { body: state } = await client.call('GET', '/dev/export')
  const form = new FormData()
  form.append('file', new File([JSON.stringify(state)], 'state.json'))
  const send = (body: FormData) =>
    fetch(`${client.emulator.url}/dev/import`, {
      method: 'POST',
      body,
      headers: { accept: 'application/json' },
    })
  expect(await (await send(form)).json()).toEqual({ imported: true })
  const empty = await send(new FormData())
  expect([empty.status, (await empty.json()).error.reason]).toEqual([400, 'There is no file in this form.'])
})
