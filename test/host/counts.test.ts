import { Agent, createServer, get, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LruMap } from '../../src/common/lru.js'
import { type Ory, startOry } from '../../src/host/start.js'
import { silentLogger } from '../../src/index.js'
import { createMinter, generatePrivateJwk, signingKey } from '../../src/keys/jwt.js'
import { answerError } from '../../src/middleware/answer.js'
import { createSessionLookup } from '../../src/middleware/session.js'
import { createBreaker } from '../../src/ory/breaker.js'
import type { OryClient } from '../../src/ory/client.js'
import { createForwarder, type Forwarder } from '../../src/outbound/forward.js'
import { echo } from '../_app.js'
import { type FakeOry, startFakeOry } from '../_fake-ory.js'

/** What does not depend on how fast the machine is. */
describe('through the forwarder', () => {
  let fake: FakeOry
  let ory: Ory
  let app: Server
  let appConnections: number
  let forwarder: Forwarder
  let front: Server
  let browser: Agent

  beforeEach(async () => {
    fake = await startFakeOry()
    ory = await startOry({ sdkUrl: fake.url, sessionCache: 300, logger: silentLogger })
    appConnections = 0
    app = createServer(echo).on('connection', () => appConnections++)
    const appUrl = await listen(app)
    forwarder = createForwarder({
      app: new URL(appUrl),
      rewriteHost: false,
      trustForwarded: false,
      logger: silentLogger,
      onError: answerError,
    })
    front = createServer((req, res) => ory.middleware(req, res, () => forwarder.request(req, res)))
    await listen(front)
    browser = new Agent({ keepAlive: true, maxSockets: 6 })
  })
  afterEach(async () => {
    browser.destroy()
    forwarder.close()
    await ory.close()
    for (const server of [front, app]) await new Promise(resolve => server.close(resolve))
    await fake.close()
  })

  async function load(count: number, cookieOf: (i: number) => string | undefined): Promise<void> {
    const { port } = front.address() as AddressInfo
    await Promise.all(
      Array.from({ length: count }, (_, i) => {
        const cookie = cookieOf(i)
        return fetched(`http://localhost:${port}/m${i}.js`, browser, cookie)
      }),
    )
  }

  test('a signed-in page of 1,000 modules costs one question, one connection to Ory, one signature', async () => {
    const cookie = fake.signIn('ada@example.com')
    await load(1000, () => cookie)
    expect(ory.counters()).toMatchObject({ whoami: 1, connections: 1, signatures: 1, remembered: 1 })
  })

  test('six connections of a browser are six to the app, page after page', async () => {
    const cookie = fake.signIn('ada@example.com')
    for (let page = 0; page < 3; page++) await load(100, () => cookie)
    expect(appConnections).toBeLessThanOrEqual(6)
  })

  test('nobody signed in: nothing is asked, opened, signed or kept', async () => {
    await load(100, () => undefined)
    expect(ory.counters()).toEqual({ whoami: 0, connections: 0, signatures: 0, cacheHits: 0, remembered: 0 })
  })

  test('somebody with a cookie of the app alone is asked about once, and nothing is signed', async () => {
    await load(30, () => 'theme=dark')
    expect(ory.counters()).toMatchObject({ whoami: 1, signatures: 0, remembered: 1 })
  })

  test('500 people at once are asked about once each, over no more connections than the pool has', async () => {
    browser.destroy()
    browser = new Agent({ keepAlive: true, maxSockets: 500 })
    const cookies = Array.from({ length: 500 }, (_, i) => fake.signIn(`${i}@example.com`))
    await load(500, i => cookies[i])
    const { whoami, connections, signatures } = ory.counters()
    expect({ whoami, signatures }).toEqual({ whoami: 500, signatures: 500 })
    expect(connections).toBeLessThanOrEqual(128)
  })
})

describe('what is held in memory', () => {
  const MIB = 1024 * 1024

  test.for([
    ['10,000 usual sessions', 10_000, 1500],
    ['a hundred huge sessions', 100, MIB / 2],
  ] as const)('%s take no more than 6 MiB', async ([, count, size]) => {
    const sessionJson = 'x'.repeat(size)
    const client = {
      whoami: async ({ cookie }: { cookie?: string }) => ({
        kind: 'session' as const,
        identified: { sub: cookie!, sessionJson, label: '' },
        expiresAt: Number.POSITIVE_INFINITY,
      }),
    } as unknown as OryClient
    const breaker = createBreaker(client, silentLogger)
    const sessions = createSessionLookup({ client, breaker, ttl: 10_000, now: Date.now, warn: () => {} })
    for (let i = 0; i < count; i++) await sessions.lookup({ headers: { cookie: `user=${i}` } } as never)
    const { remembered } = sessions.counters
    expect(remembered).toBeGreaterThan(0)
    expect(remembered * size).toBeLessThanOrEqual(6 * MIB)
  })

  test('tokens of sessions seen the longest time ago are forgotten first', async () => {
    const key = await signingKey(await generatePrivateJwk())
    const minter = createMinter(async () => key, 'https://ory.example', Date.now)
    const claims = Array.from({ length: 12 }, (_, i) => ({
      sub: `${i}`,
      sessionJson: JSON.stringify({ id: i, filler: 'x'.repeat(MIB / 2) }),
    }))
    for (const each of claims) await minter.bearer(each)
    await minter.bearer(claims.at(-1)!)
    expect(minter.signatures).toBe(12)
    await minter.bearer(claims[0]!)
    expect(minter.signatures).toBe(13)
  })

  test('a map of limited weight keeps what was used last, and forgets the weight of what it drops', () => {
    const map = new LruMap<string, number>(10, (_key, weight) => weight)
    map.set('a', 4)
    map.set('b', 4)
    map.get('a')
    map.set('c', 4)
    expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([4, undefined, 4])
    map.set('a', 1)
    map.set('d', 5)
    expect(map.size).toBe(3)
    map.set('heavy', 11)
    expect(map.size).toBe(0)
    map.set('e', 10)
    expect(map.get('e')).toBe(10)
    map.clear()
    map.set('f', 10)
    expect(map.get('f')).toBe(10)
  })
})

async function listen(server: Server): Promise<string> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function fetched(url: string, agent: Agent, cookie: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers: cookie === undefined ? {} : { cookie } }, response => {
      expect(response.statusCode).toBe(200)
      response.resume().on('end', resolve)
    }).on('error', reject)
  })
}
