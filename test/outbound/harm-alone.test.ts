import { afterEach, describe, expect, test, vi } from 'vitest'
import { type FakeOry, startFakeOry } from '../_fake-ory.js'
import { rawBytes } from '../_raw.js'
import { startCommand } from '../faults/_command.js'
import { type OddServer, startOddServer } from './_odd-server.js'
import { ask, PROTOCOLS, type Protocol } from './_protocols.js'
import { type Front, startWeakFront } from './_weak-front.js'

/** Harms that need an app, or a machine, of their own. */
interface Place {
  readonly front: Front
  readonly protocol: Protocol
  readonly app: OddServer
  readonly ory: FakeOry
}

const closing: (() => unknown)[] = []
afterEach(async () => {
  vi.unstubAllEnvs()
  for (const close of closing.splice(0)) await close()
})

const startOurs = async (app: string, ory: string): Promise<Front> => {
  const command = await startCommand(app, ory, '--dont-install-cert')
  return { origin: command.url, said: command.output, close: () => command.end('SIGTERM') }
}

/** What becomes of it with a proxy of the usual kind, and with ours. */
async function both<T>(
  protocol: Protocol,
  appIs: Parameters<typeof startOddServer>[1],
  harm: (place: Place) => Promise<T>,
): Promise<{ usual: T; ours: T }> {
  const results: T[] = []
  for (const start of [startWeakFront, startOurs]) {
    const [app, ory] = await Promise.all([startOddServer({}, appIs), startFakeOry()])
    const front = await start(app.url, ory.url)
    closing.push(() => front.close(), app.close, ory.close)
    results.push(await harm({ front, protocol, app, ory }))
  }
  return { usual: results[0]!, ours: results[1]! }
}

describe('7: a client that offers h2c with its first request', () => {
  const offer = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__']
  const next = 'GET /next HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
  const sent = `${['POST /offer HTTP/1.1', 'Host: localhost', 'Content-Length: 5', ...offer].join('\r\n')}\r\n\r\nhello${next}`

  test('is served by ours, and by a proxy of the usual kind it is not', async () => {
    const { usual, ours } = await both('HTTP/1.1', {}, async ({ front }) => {
      const answered = await Promise.race([
        rawBytes(front.origin, sent),
        new Promise<null>(resolve => setTimeout(resolve, 4000, null)),
      ])
      return answered && `${answered.head}\r\n\r\n${answered.body}`.match(/HTTP\/1\.1 200 /g)?.length
    })
    expect(usual).not.toBe(2)
    expect(ours).toBe(2)
  })
})

describe.each(PROTOCOLS)('over %s', protocol => {
  test('11: an app on ::1 only is found by ours where localhost is 127.0.0.1 only, and by the usual kind not', async () => {
    const { pathname } = new URL('./_one-loopback.cjs', import.meta.url)
    vi.stubEnv('NODE_OPTIONS', `--require ${pathname}`)
    const found = await both(protocol, { host: '::1' }, async ({ front }) => {
      const { status, body } = await ask(protocol, front.origin, '/six').over
      return [status, body]
    })
    expect(found.usual).not.toEqual([200, '/six'])
    expect(found.ours).toEqual([200, '/six'])
  })

  test('12: a 431 for a large session is explained once by ours, and by the usual kind never', async () => {
    const told = await both(protocol, { maxHeaderSize: 8192 }, async ({ front, ory }) => {
      const traits = { email: 'ada@example.com', biography: 'x'.repeat(8000) }
      const cookie = ory.signIn('ada@example.com', { identity: { id: 'ada', traits } })
      const statuses: number[] = []
      for (let i = 0; i < 3; i++) {
        statuses.push((await ask(protocol, front.origin, '/me', { headers: { cookie } }).over).status)
      }
      statuses.push((await ask(protocol, front.origin, '/me').over).status)
      await new Promise(resolve => setTimeout(resolve, 200)) // for what it says
      return [statuses, front.said().match(/answered 431: \d{5} bytes .* ada@example\.com/g)?.length ?? 0]
    })
    expect(told.usual).toEqual([[431, 431, 431, 200], 0])
    expect(told.ours).toEqual([[431, 431, 431, 200], 1])
  })
})
