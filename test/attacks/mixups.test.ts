import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decodeJwt } from 'jose'
import { expect } from 'vitest'
import { createOryMiddleware, type OryOptions, silentLogger } from '../../src/index.js'
import { startEchoApp } from '../_app.js'
import { test } from '../_fixtures.js'
import { rawBytes } from '../_raw.js'
import { startWeak } from './_weak.js'

const SOCKETS = 20

/** Says who asked for what: the `sub` of the token, `-` without one. */
const tellWho: RequestListener = ({ headers, url }, res) => {
  const sub = headers.authorization ? decodeJwt(headers.authorization.slice('Bearer '.length)).sub : '-'
  res.end(`${sub} asked for ${url};`)
}

/** As Ory makes it, as far as anybody looks here. */
const tokenFor = ({ identity }: { identity: { id: string } }): string =>
  [{ alg: 'ES256' }, { sub: identity.id, iat: 1, exp: 3 }, {}]
    .map(part => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')

interface Tally {
  readonly right: number
  readonly anonymous: number
  readonly somebodyElse: number
}

/** Many requests of several people on a few connections, none waiting for the one before. */
async function tellApart(url: string, people: ReadonlyMap<string, string>, requests: number): Promise<Tally> {
  const cookies = [...people.keys()]
  const tally = { right: 0, anonymous: 0, somebodyElse: 0 }
  const onOneSocket = async (socket: number): Promise<void> => {
    const senders = Array.from(
      { length: requests / SOCKETS },
      (_, i) => cookies[(i * 7 + socket) % cookies.length]!,
    )
    const lines = senders.map((cookie, i) => {
      const last = i === senders.length - 1 ? 'Connection: close\r\n' : ''
      return `GET /api/${i} HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\n${last}\r\n`
    })
    const { head, body } = await rawBytes(url, lines.join(''))
    for (const [, who, i] of `${head}\n${body}`.matchAll(/([\w-]+) asked for \/api\/(\d+);/g)) {
      const expected = people.get(senders[Number(i)]!)
      tally[who === expected ? 'right' : who === '-' ? 'anonymous' : 'somebodyElse']++
    }
  }
  await Promise.all(Array.from({ length: SOCKETS }, (_, socket) => onOneSocket(socket)))
  return tally
}

async function startOurs(options: OryOptions): Promise<{ url: string; close(): Promise<void> }> {
  const middleware = await createOryMiddleware({ logger: silentLogger, ...options })
  const server = createServer((req, res) => middleware(req, res, () => tellWho(req, res)))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
      await middleware.close()
    },
  }
}

test.for<{ sessionCache: number; requests: number; tokenizeAs?: string }>([
  { sessionCache: 10, requests: 15_000 },
  { sessionCache: 0, requests: 5000 },
  // Ory's own tokens, each with a life of two seconds.
  { sessionCache: 1, requests: 5000, tokenizeAs: 'app' },
])(
  'two people and a stranger in $requests interleaved requests, sessions kept for $sessionCache s: nobody is somebody else',
  { timeout: 120_000 },
  async ({ requests, ...options }, { ory }) => {
    ory.templates.set('app', session => tokenFor(session as unknown as { identity: { id: string } }))
    const people = new Map(
      ['alice', 'bob'].map(id => [ory.signIn(`${id}@example.com`, { identity: { id } }), id] as const),
    )
    people.set('ory_kratos_session=nobody', '-')
    const ours = await startOurs({ sdkUrl: ory.url, ...options })
    const { right, anonymous, somebodyElse } = await tellApart(ours.url, people, requests)
    await ours.close()
    expect(somebodyElse).toBe(0)
    expect(right + anonymous).toBe(requests) // an Ory that does not keep up makes people anonymous
    expect(right).toBeGreaterThan(requests / 3)

    const app = await startEchoApp(tellWho)
    const weak = await startWeak(app.url, ory.url)
    const harm = await tellApart(weak.url, people, 1000)
    await weak.close()
    await app.close()
    expect(harm.somebodyElse, 'the weak one mixes them up').toBeGreaterThan(0)
  },
)
