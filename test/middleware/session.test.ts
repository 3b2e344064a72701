import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { silentLogger } from '../../src/log.js'
import { createSessionLookup, type SessionLookup } from '../../src/middleware/session.js'
import { type Breaker, createBreaker } from '../../src/ory/breaker.js'
import { createOryClient, type OryClient } from '../../src/ory/client.js'
import { type FakeOry, startFakeOry } from '../_fake-ory.js'

let ory: FakeOry
let client: OryClient
let breaker: Breaker
let wall: number
let uptime: number
let warnings: string[]
let sessions: SessionLookup

beforeEach(async () => {
  ory = await startFakeOry()
  client = createOryClient(new URL(ory.url))
  warnings = []
  wall = Date.now()
  uptime = 0
  breaker = createBreaker(client, { ...silentLogger, warn: message => warnings.push(message) })
  sessions = createSessionLookup({
    client,
    breaker,
    ttl: 10_000,
    now: () => wall,
    uptime: () => uptime,
    warn: message => warnings.push(message),
  })
})
afterEach(async () => {
  breaker.close()
  client.close()
  await ory.close()
})

const ask = async (headers: Record<string, string>): Promise<{ who: string | null; reason: string }> => {
  const { identified, reason } = await sessions.lookup({ headers } as never)
  return { who: identified?.label ?? null, reason }
}

describe('one question per credential', () => {
  test('parallel requests share it, later ones remember it', async () => {
    const cookie = ory.signIn('ada@example.com')
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask({ cookie })))
    expect(answers.map(a => a.who)).toEqual(Array(50).fill('ada@example.com'))
    expect(await ask({ cookie })).toEqual({ who: 'ada@example.com', reason: 'cached' })
    expect(ory.whoami()).toHaveLength(1)
  })

  test('without a credential nothing is asked', async () => {
    expect(await ask({ host: 'localhost' })).toEqual({ who: null, reason: 'no credential' })
    expect(ory.whoami()).toHaveLength(0)
  })

  test('the question is a fresh request with the credentials and the request id alone', async () => {
    const cookie = ory.signIn('ada@example.com')
    await ask({
      cookie,
      authorization: 'Bearer x',
      'x-session-token': 't',
      'x-request-id': 'r',
      range: 'bytes=0-1',
      'if-none-match': '*',
      'x-forwarded-host': 'evil.example',
    })
    expect(ory.whoami()[0]!.headers).toEqual({
      accept: 'application/json',
      'accept-encoding': 'identity',
      cookie,
      authorization: 'Bearer x',
      'x-session-token': 't',
      'x-request-id': 'r',
      host: new URL(ory.url).host,
      connection: 'keep-alive',
    })
  })

  test.for([
    [{ cookie: 'a=1; b=2' }, { cookie: 'b=2; a=1' }],
    [{ cookie: 'a=1' }, { cookie: 'a=1', authorization: 'Bearer x' }],
    [{ authorization: 'x' }, { 'x-session-token': 'x' }],
    [{ cookie: 'a=1', 'x-session-token': 'x' }, { cookie: 'a=1","x' }],
    [{ cookie: 'A=1' }, { cookie: 'a=1' }],
    [{ cookie: 'a=1; a=2' }, { cookie: 'a=2; a=1' }],
  ])('%j and %j are two questions', async ([one, other]) => {
    await ask(one as never)
    await ask(other as never)
    expect(ory.whoami()).toHaveLength(2)
  })
})

describe('an answer is believed for a short fixed time', () => {
  test('ten seconds, not longer for being used', async () => {
    const cookie = ory.signIn('ada@example.com')
    await ask({ cookie })
    uptime = 6000
    expect((await ask({ cookie })).reason).toBe('cached')
    uptime = 10_001
    expect((await ask({ cookie })).reason).toBe('asked')
  })

  test('never past the end of the session', async () => {
    const cookie = ory.signIn('ada@example.com', { expires_at: new Date(wall + 3000).toISOString() })
    expect((await ask({ cookie })).who).toBe('ada@example.com')
    wall += 3001
    expect((await ask({ cookie })).who).toBeNull()
  })

  test('"nobody" for two seconds', async () => {
    await ask({ cookie: 'x=1' })
    uptime = 1999
    expect((await ask({ cookie: 'x=1' })).reason).toBe('cached')
    uptime = 2001
    expect((await ask({ cookie: 'x=1' })).reason).toBe('asked')
  })

  test('a flush forgets it, and what is being asked right now is used but not kept', async () => {
    const cookie = ory.signIn('ada@example.com')
    let release: () => void = () => {}
    const held = new Promise<void>(resolve => {
      release = resolve
    })
    ory.on('/sessions/whoami', (_req, res) => {
      void held.then(() => {
        res.setHeader('content-type', 'application/json')
        res.end(
          JSON.stringify({ active: true, identity: { id: '1', traits: { email: 'stale@example.com' } } }),
        )
      })
    })
    const under = ask({ cookie })
    await expect.poll(() => ory.whoami().length).toBe(1)
    sessions.flush()
    const after = ask({ cookie })
    await expect.poll(() => ory.whoami().length).toBe(2)
    release()
    expect((await under).who).toBe('stale@example.com')
    await after
    expect(sessions.counters.remembered).toBe(1)
    sessions.flush()
    expect(sessions.counters.remembered).toBe(0)
  })
})

describe('an identity is an active session of somebody, nothing else', () => {
  test.for([
    ['no JSON', 200, 'hello'],
    ['a list', 200, '[]'],
    ['null', 200, 'null'],
    ['active as text', 200, '{"active":"true","identity":{"id":"1"}}'],
    ['inactive', 200, '{"active":false,"identity":{"id":"1"}}'],
    ['no identity', 200, '{"active":true}'],
    ['identity as a list', 200, '{"active":true,"identity":[]}'],
    ['empty id', 200, '{"active":true,"identity":{"id":""}}'],
    ['number as id', 200, '{"active":true,"identity":{"id":7}}'],
    ['created', 201, '{"active":true,"identity":{"id":"1"}}'],
    ['second factor missing', 403, '{"active":true,"identity":{"id":"1"}}'],
    ['unauthorized', 401, '{"active":true,"identity":{"id":"1"}}'],
    ['redirect', 302, '{"active":true,"identity":{"id":"1"}}'],
    ['error', 500, '{"active":true,"identity":{"id":"1"}}'],
    ['overload', 429, '{"active":true,"identity":{"id":"1"}}'],
    ['huge', 200, `{"active":true,"identity":{"id":"1"},"x":"${'x'.repeat(1024 * 1024)}"}`],
  ] as const)('%s', async ([, status, body]) => {
    ory.on('/sessions/whoami', (_req, res) => {
      res
        .writeHead(status, { 'content-type': 'application/json', location: `${ory.url}/elsewhere` })
        .end(body)
    })
    expect((await ask({ cookie: 'a=1' })).who).toBeNull()
    expect(ory.heard.map(h => h.url)).not.toContain('/elsewhere')
  })

  test('what is no session is nobody’s sign-out, but an Ory that is none, and is said', async () => {
    ory.on('/sessions/whoami', (_req, res) => void res.writeHead(200).end('{"url":"/sessions/whoami"}'))
    expect(await ask({ cookie: 'a=1' })).toEqual({ who: null, reason: 'Ory unreachable' })
    expect(warnings).toEqual([expect.stringContaining('what answers is no Ory')])
  })

  test('a compressed answer that was not asked for is none', async () => {
    ory.on('/sessions/whoami', (_req, res) => {
      res.writeHead(200, { 'content-encoding': 'gzip' }).end(Buffer.alloc(100))
    })
    expect((await ask({ cookie: 'a=1' })).who).toBeNull()
    expect(warnings).toHaveLength(1)
  })
})

describe('an Ory that does not answer', () => {
  test('costs one warning with its cause, and is not asked by everybody', async () => {
    await ory.close()
    const answers = await Promise.all(['a=1', 'b=1', 'c=1'].map(cookie => ask({ cookie })))
    expect(answers).toEqual(Array(3).fill({ who: null, reason: 'Ory unreachable' }))
    expect(await ask({ cookie: 'd=1' })).toEqual({ who: null, reason: 'Ory unreachable' })
    expect(warnings).toEqual([expect.stringContaining('ECONNREFUSED')])
    expect(client.counters.whoami).toBe(3)
  })

  test('is found again by itself', async () => {
    const { port } = new URL(ory.url)
    await ory.close()
    await ask({ cookie: 'a=1' })
    expect(breaker.open).toBe(true)
    ory = await startFakeOry(Number(port))
    const cookie = ory.signIn('ada@example.com')
    await expect.poll(() => breaker.open, { timeout: 5000 }).toBe(false)
    expect((await ask({ cookie })).who).toBe('ada@example.com')
  })

  test('a broken answer about one person signs nobody else out', async () => {
    const cookie = ory.signIn('ada@example.com')
    await ask({ cookie })
    ory.on('/sessions/whoami', (_req, res) => void res.writeHead(500).end())
    expect((await ask({ cookie: 'other=1' })).who).toBeNull()
    expect(breaker.open).toBe(false)
    expect((await ask({ cookie })).who).toBe('ada@example.com')
  })

  test('one that hangs is given up after the deadline', async () => {
    ory.on('/sessions/whoami', () => {})
    expect(await ask({ cookie: 'a=1' })).toEqual({ who: null, reason: 'Ory unreachable' })
    expect(warnings[0]).toContain('no answer within 2 s')
  })
})
