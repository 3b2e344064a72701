import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Ory, startOry } from '../../src/host/start.js'
import { silentLogger } from '../../src/index.js'
import { createTestOry } from '../../src/testing/create.js'
import { openDefault } from '../../src/testing/open.js'
import type { TestOry } from '../../src/testing/types.js'

/** Who is asked for again when another test does something: counted, so that a slow machine changes nothing. */
describe('what is known of the people of one test', () => {
  let ory: Ory
  let front: Server
  let all: TestOry
  let one: TestOry
  let two: TestOry

  beforeEach(async () => {
    ory = await startOry({ sessionCache: 300, logger: silentLogger }, { env: {} })
    front = createServer((req, res) =>
      ory.middleware(req, res, () => void res.end(req.headers.authorization ? 'somebody' : 'nobody')),
    )
    await new Promise<void>(resolve => front.listen(0, '127.0.0.1', resolve))
    const origin = `http://127.0.0.1:${(front.address() as AddressInfo).port}`
    all = createTestOry(origin, await openDefault(origin))
    ;[one, two] = await Promise.all([all.fork(), all.fork()])
  })
  afterEach(async () => {
    front.close()
    front.closeAllConnections()
    await ory.close()
  })

  const who = async (cookie: string): Promise<string> =>
    (await fetch(`${all.origin}/page`, { headers: { cookie } })).text()

  async function remembered(cookie: string, during: () => Promise<unknown>): Promise<boolean> {
    expect(await who(cookie)).toBe('somebody')
    const { cacheHits } = ory.counters()
    await during()
    await who(cookie)
    return ory.counters().cacheHits > cacheHits
  }

  test('stays known while another test signs in, reads mails and moves its clock', async () => {
    const { cookie } = await one.signIn()
    const busy = async (own: TestOry): Promise<void> => {
      await own.signIn('bob@example.com')
      await own.noMail(undefined, 1)
      await own.clock.advance('25h')
    }
    expect(await remembered(cookie, () => busy(two))).toBe(true)
    expect(await remembered(cookie, () => two.close())).toBe(false) // who deletes one may delete any
  })

  test('is asked for again after anything in their own state, and their sign-out counts at once', async () => {
    const { cookie } = await one.signIn()
    expect(await remembered(cookie, () => one.noMail(undefined, 1))).toBe(false)
    await fetch(`${one.url}/self-service/logout/browser`, { headers: { cookie, accept: 'application/json' } })
      .then(response => response.json())
      .then(({ logout_url }) => fetch(logout_url, { headers: { cookie }, redirect: 'manual' }))
    expect(await who(cookie)).toBe('nobody')
    const again = await one.signIn()
    await who(again.cookie)
    await one.clock.advance('25h')
    expect(await who(again.cookie)).toBe('nobody')
  })

  test('is asked for again after what the developer does, whose requests name no namespace', async () => {
    const { cookie } = await one.signIn()
    expect(await remembered(cookie, () => all.signIn('bob@example.com'))).toBe(false)
    const encoded = (path: string): Promise<Response> =>
      fetch(all.url + path, { method: 'DELETE', headers: { 'ory-dev-namespace': two.namespace } })
    expect(await remembered(cookie, () => encoded('/dev/n%61mespaces/x'))).toBe(false)
    expect((await encoded(`/%64ev/namespaces/${one.namespace}`)).status).toBe(200)
    expect(await who(cookie)).toBe('nobody')
  })

  test('is told of by namespace, and of the default one by its name', async () => {
    const listed = async (
      query: string,
    ): Promise<{ path: string; who: string | null; namespace?: string }[]> =>
      (await (await fetch(`${all.url}/dev/requests${query}`)).json()).requests
    await who((await one.signIn()).cookie)
    await who((await two.signIn('bob@example.com')).cookie)
    await who('a=b')
    const who1 = { path: '/page', who: 'alice@example.com', namespace: one.namespace }
    expect(await listed(`?namespace=${one.namespace}`)).toEqual([expect.objectContaining(who1)])
    const [developer, ...others] = await listed('?namespace=default')
    expect([developer?.who, developer?.namespace, others]).toEqual([null, undefined, []])
    expect((await listed('')).map(({ who }) => who)).toEqual(['alice@example.com', 'bob@example.com', null])
  })
})
