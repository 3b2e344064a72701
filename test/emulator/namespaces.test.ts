import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { silentLogger } from '../../src/log.js'
import { type Client, type Reply, startClient } from './_emulator.js'
import { snippet } from './recorded/real-kratos.mjs'

let client: Client
const lines: string[] = []
beforeAll(async () => {
  const note = (line: string): void => void lines.push(line)
  client = await startClient({ logger: { ...silentLogger, info: note, warn: note } })
})
afterAll(() => client.emulator.close())

/** A namespace, and how to speak to the emulator from within. */
async function enter(start: object = {}) {
  const made = await client.call('POST', '/dev/namespaces', start)
  const { name, cookie, people } = made.body as { name: string; cookie: string; people: Person[] }
  const header = { 'ory-dev-namespace': name }
  const call = (method: string, path: string, body?: unknown): Promise<Reply> =>
    client.call(method, path, body, header)
  return { status: made.status, name, cookie, people, header, call }
}

interface Person {
  id: string
  identifiers: string[]
  password?: string
}

interface Hashed {
  credentials: { password: { config: { hashed_password: string } } }
}

type Space = Awaited<ReturnType<typeof enter>>

async function signUp({ call }: Space, email: string): Promise<Reply> {
  const flow = await call('GET', '/self-service/registration/api')
  return call('POST', `/self-service/registration?flow=${flow.body.id}`, {
    method: 'password',
    password: 'a sentence nobody guesses',
    traits: { email },
  })
}

async function askForCode({ call }: Pick<Space, 'call'>, email: string): Promise<void> {
  const flow = await call('GET', '/self-service/recovery/api')
  await call('POST', `/self-service/recovery?flow=${flow.body.id}`, { method: 'code', email })
}

describe('a namespace', () => {
  test('begins with the people of the seed, as the default one', async () => {
    const space = await enter()
    expect(space.status).toBe(201)
    expect(space.cookie).toBe(`ory_dev_namespace=${space.name}`)
    expect(space.people).toEqual((await client.call('GET', '/dev/users')).body)
    expect(space.people[0]).toMatchObject({
      identifiers: ['alice@example.com'],
      password: 'ory-dev-password',
    })
  })

  test("takes the seed's people as they became once: no password is hashed again", async () => {
    const hashes = async ({ call }: Pick<Space, 'call'>) => {
      const { identities } = (await call('GET', '/dev/export')).body
      return identities.map((one: Hashed) => one.credentials.password.config.hashed_password)
    }
    const known = await hashes(client)
    expect(known).toEqual([expect.stringMatching(/^\$scrypt\$/), expect.stringMatching(/^\$scrypt\$/)])
    expect(await hashes(await enter())).toEqual(known)
  })

  test('has people, flows, mails, clock and faults of its own', async () => {
    const [one, two] = [await enter(), await enter()]
    expect((await signUp(one, 'new@example.com')).status).toBe(200)
    expect((await signUp(two, 'new@example.com')).status).toBe(200)
    const flow = await one.call('GET', '/self-service/login/api')
    expect((await two.call('GET', `/self-service/login/flows?id=${flow.body.id}`)).status).toBe(404)
    await askForCode(one, 'alice@example.com')
    await one.call('POST', '/dev/clock', { advance: '1h' })
    await one.call('POST', '/dev/faults', { path: '/health/*', status: 503 })
    const mails = async ({ call }: Pick<Space, 'call'>) =>
      (await call('GET', '/dev/inbox?to=alice@example.com')).body.length
    const health = async ({ call }: Pick<Space, 'call'>) => (await call('GET', '/health/ready')).status
    expect([await mails(one), await mails(two), await mails(client)]).toEqual([1, 0, 0])
    expect([await health(one), await health(two), await health(client)]).toEqual([503, 200, 200])
    expect((await two.call('GET', '/dev/clock')).body.offset).toBe(0)
    await one.call('POST', '/dev/reset')
    expect((await one.call('GET', '/dev/users')).body).toHaveLength(2)
    expect((await two.call('GET', '/dev/users')).body).toHaveLength(3)
  })

  test('a cookie names it, too; the header counts first, and a native flow sees neither', async () => {
    const [one, two] = [await enter(), await enter({ seed: [] })]
    const count = async (headers: Record<string, string>) =>
      (await client.call('GET', '/dev/users', undefined, headers)).body.length
    expect(await count({ cookie: two.cookie })).toBe(0)
    expect(await count({ cookie: `a=b; ${two.cookie}; c=d` })).toBe(0)
    expect(await count({ cookie: two.cookie, ...one.header })).toBe(2)
    expect(await count({ cookie: two.cookie, 'ory-dev-namespace': 'default' })).toBe(2)
    const sent = await client.call(
      'POST',
      `/self-service/login?flow=${(await one.call('GET', '/self-service/login/api')).body.id}`,
      { method: 'password', identifier: 'alice@example.com', password: 'ory-dev-password' },
      { cookie: one.cookie },
    )
    // With any cookie of a browser, Kratos refuses this (4000001).
    expect(sent.status).toBe(200)
  })

  test('takes people of its own, or a copy of what another has', async () => {
    const one = await enter({ name: 'grown', seed: [{ traits: { email: 'only@example.com' } }] })
    expect(one.people.map(({ identifiers }) => identifiers)).toEqual([['only@example.com']])
    const { body } = await one.call('POST', '/dev/sign-in', { identity: 'only@example.com' })
    await one.call('POST', '/dev/clock', { advance: '2h' })
    const copy = await enter({ from: 'grown' })
    const whoami = await client.call('GET', '/sessions/whoami', undefined, {
      ...copy.header,
      'x-session-token': body.session_token,
    })
    expect(whoami.status).toBe(200)
    expect((await copy.call('GET', '/dev/clock')).body.offset).toBeGreaterThan(7_000_000)
    await client.call('DELETE', '/dev/namespaces/grown')
    expect((await copy.call('GET', '/dev/users')).body).toHaveLength(1)
  })

  test('the admin API is in the one that its header names', async () => {
    const space = await enter({ seed: [] })
    const list = (headers: Record<string, string> = {}) =>
      client.send('GET', `${client.emulator.adminUrl}/admin/identities`, undefined, headers)
    expect((await list()).body).toHaveLength(2)
    expect((await list(space.header)).body).toEqual([])
    expect((await list({ 'ory-dev-namespace': 'gone' })).status).toBe(404)
  })

  test('a web hook is told which it is called from', async () => {
    const heard: unknown[] = []
    const hook = createServer((req, res) => {
      heard.push(req.headers['ory-dev-namespace'])
      res.end()
    })
    await new Promise<void>(resolve => hook.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}`
    const hooks = [{ hook: 'web_hook', config: { url, method: 'POST', body: snippet('{}') } }]
    const other = await startClient({
      config: { selfservice: { flows: { login: { after: { password: { hooks } } } } } },
    })
    const { body } = await other.call('POST', '/dev/namespaces', {})
    for (const headers of [{ 'ory-dev-namespace': body.name }, {}] as Record<string, string>[]) {
      const flow = await other.call('GET', '/self-service/login/api', undefined, headers)
      const who = { method: 'password', identifier: 'alice@example.com', password: 'ory-dev-password' }
      const sent = await other.call('POST', `/self-service/login?flow=${flow.body.id}`, who, headers)
      expect(sent.status).toBe(200)
    }
    expect(heard).toEqual([body.name, undefined])
    await other.emulator.close()
    hook.close()
  })

  test('its mails are no lines of the terminal, which is for what the developer does', async () => {
    const space = await enter()
    lines.length = 0
    await askForCode(space, 'alice@example.com')
    await askForCode(client, 'bob@example.com')
    expect(lines).toEqual([expect.stringContaining('bob@example.com')])
  })
})

describe('a name nobody has', () => {
  const nowhere = { 'ory-dev-namespace': 'of-a-test-that-ended' }
  const gone = {
    error: { id: 'dev_namespace_unknown', reason: expect.stringContaining('of-a-test-that-ended') },
  }

  test.for<[string, string, number]>([
    ['GET', '/sessions/whoami', 401],
    ['GET', '/self-service/login/api', 404],
    ['GET', '/dev/users', 404],
    ['POST', '/dev/reset', 404],
    ['GET', '/health/ready', 404],
  ])('%s %s: %i', async ([method, path, status]) => {
    expect(await client.call(method, path, undefined, nowhere)).toMatchObject({ status, body: gone })
  })

  test('is one line of the log, however often it is asked for', async () => {
    lines.length = 0
    const name = { 'ory-dev-namespace': `gone-${Date.now()}` }
    for (let i = 0; i < 3; i++) await client.call('GET', '/sessions/whoami', undefined, name)
    expect(lines).toEqual([expect.stringContaining(name['ory-dev-namespace'])])
  })

  test('a browser in it is shown the way out', async () => {
    const headers = { cookie: 'ory_dev_namespace=gone', accept: 'text/html' }
    const page = await client.call('GET', '/ui/login', undefined, headers)
    expect(page.status).toBe(404)
    expect(page.body).toContain('action="../dev/namespaces"')
    const left = await client.send('POST', `${client.emulator.url}/dev/namespaces`, 'leave=true', {
      ...headers,
      'content-type': 'application/x-www-form-urlencoded',
    })
    expect(left.status).toBe(303)
    expect(left.headers.getSetCookie().join()).toMatch(/ory_dev_namespace=;.*Max-Age=0/)
  })

  test.for<[object, number]>([
    [{ name: 'with blank' }, 400],
    [{ name: 'x'.repeat(65) }, 400],
    [{ name: '../up' }, 400],
    [{ name: 'default' }, 409],
    [{ name: 'twice' }, 409],
    [{ from: 'nobody-has-this' }, 404],
    [{ from: 'twice', seed: [] }, 400],
    [{ seed: 'alice' }, 400],
    [{ seed: [{ traits: { email: 7 } }] }, 400],
    [{ seed: [7] }, 400],
  ])('%j: %i, and nothing is made', async ([start, status]) => {
    await client.call('POST', '/dev/namespaces', { name: 'twice' })
    const before = (await client.call('GET', '/dev/namespaces')).body.length
    expect((await client.call('POST', '/dev/namespaces', start)).status).toBe(status)
    expect((await client.call('GET', '/dev/namespaces')).body).toHaveLength(before)
  })

  test('the default one stays', async () => {
    expect((await client.call('DELETE', '/dev/namespaces/default')).status).toBe(400)
    expect((await client.call('DELETE', '/dev/namespaces/nobody-has-this')).status).toBe(404)
  })
})

test('the page says who is in which, enters and deletes', async () => {
  const space = await enter({ name: 'seen', seed: [{ traits: { email: 'only@example.com' } }] })
  const html = { accept: 'text/html' }
  const page = await client.call('GET', '/dev/namespaces', undefined, { ...html, cookie: space.cookie })
  expect(page.body).toMatch(
    /seen<\/strong> \(this browser\)\s*<p class="hint">only@example\.com<br>0 sessions/,
  )
  const post = (body: string): Promise<Reply> =>
    client.send('POST', `${client.emulator.url}/dev/namespaces`, body, {
      ...html,
      'content-type': 'application/x-www-form-urlencoded',
    })
  expect((await post('enter=seen')).headers.getSetCookie().join()).toContain('ory_dev_namespace=seen; Path=/')
  expect((await post('delete=seen')).status).toBe(303)
  expect((await client.call('GET', '/dev/users', undefined, space.header)).status).toBe(404)
})

test('there are at most 256: the longest unused goes first, and a line says so', async () => {
  const other = await startClient({
    logger: { ...silentLogger, warn: line => void lines.push(line) },
    seed: [],
  })
  const make = (name: string) => other.call('POST', '/dev/namespaces', { name })
  const count = async () => (await other.call('GET', '/dev/namespaces')).body.length
  for (let i = 0; i < 256; i++) await make(`n${i}`)
  expect(await count()).toBe(257)
  lines.length = 0
  await other.call('GET', '/dev/users', undefined, { 'ory-dev-namespace': 'n0' }) // used: the oldest is n1 now
  await make('one-more')
  expect(await count()).toBe(257)
  expect(lines).toEqual(['namespace n1 is gone: it was unused the longest, and there are at most 256'])
  await other.emulator.close()
})

test('3,200 runs, 16 at a time, with one and the same address: nobody meets anybody', {
  timeout: 240_000,
}, async () => {
  const mixed: string[] = []
  const run = async (worker: number, turn: number): Promise<void> => {
    const space = await enter({ seed: [] })
    const note = (what: string): void => void mixed.push(`${worker}-${turn}: ${what}`)
    if (turn % 3 === 0) await space.call('POST', '/dev/clock', { advance: `${turn + 1}h` })
    const signedUp = await signUp(space, 'same@example.com')
    if (signedUp.status !== 200) note(`status ${signedUp.status}`)
    const mails = (await space.call('GET', '/dev/inbox')).body
    if (mails.length !== 1) note(`${mails.length} mails`)
    const down = turn % 5 === 0
    if (down) await space.call('POST', '/dev/faults', { path: '/sessions/whoami', status: 503 })
    const whoami = await client.call('GET', '/sessions/whoami', undefined, {
      ...space.header,
      'x-session-token': signedUp.body.session_token,
    })
    if (whoami.status !== (down ? 503 : 200)) note(`whoami ${whoami.status}`)
    if (!down && whoami.body.identity.id !== signedUp.body.identity.id) note('somebody else')
  }
  const worker = async (_: unknown, number: number): Promise<void> => {
    for (let turn = 0; turn < 200; turn++) await run(number, turn)
  }
  await Promise.all(Array.from({ length: 16 }, worker))
  expect(mixed).toEqual([])
})
