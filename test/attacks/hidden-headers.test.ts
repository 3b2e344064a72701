import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect } from 'vitest'
import { createOryMiddleware, type OryMiddleware, silentLogger } from '../../src/index.js'
import { echo } from '../_app.js'
import { test } from '../_fixtures.js'
import { rawBytes, rawRequest } from '../_raw.js'

const servers: Server[] = []
const middlewares: OryMiddleware[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) server.close()
  for (const middleware of middlewares.splice(0)) await middleware.close()
})

async function listen(server: Server): Promise<string> {
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A server with us in front of `app`; `shown` is how many headers its owner lets Node show. */
async function startOurs(sdkUrl: string, app: RequestListener, shown?: number): Promise<string> {
  const middleware = await createOryMiddleware({ sdkUrl, logger: silentLogger })
  middlewares.push(middleware)
  const server = createServer((req, res) => middleware(req, res, () => app(req, res)))
  server.on('upgrade', (req, socket) => socket.end(JSON.stringify(req.rawHeaders)))
  if (shown !== undefined) server.maxHeadersCount = shown
  middleware.gateUpgrades(server)
  return listen(server)
}

/** Where Node stops to show headers in `headers`, and goes on for a while in `rawHeaders`. */
const BORDER = 1000
const PLACES = [0, 1, 500, ...Array.from({ length: 50 }, (_, i) => BORDER - 15 + i)]

const after = (count: number, line: string): string[] => [...Array<string>(count).fill('a:b'), line]

/** The places where a header was put and found by whoever looks into `rawHeaders`. */
async function placesFound(url: string, places: readonly number[]): Promise<number[]> {
  const bodies = await Promise.all(
    places.map(place => rawRequest(url, '/api/x', { headers: after(place, 'Authorization: Bearer forged') })),
  )
  return places.filter((_, i) => bodies[i]!.body.includes('forged'))
}

/** From Node 22.23 on, a request with more headers than Node shows is a 431 of its own: no way to this harm is left. */
async function nodeRefuses(url: string): Promise<boolean> {
  const lines = ['GET / HTTP/1.1', 'Host: localhost', ...after(BORDER, 'Authorization: Bearer forged')]
  const { head } = await rawBytes(url, `${lines.join('\r\n')}\r\n\r\n`)
  return head.startsWith('HTTP/1.1 431 ')
}

test('an Authorization among a thousand headers is not found by those who read rawHeaders', async ({
  ory,
}) => {
  const alone = await listen(createServer(echo))
  const found = await placesFound(alone, PLACES)
  expect(found.includes(BORDER) || (await nodeRefuses(alone)), 'without us it is, or Node refuses it').toBe(
    true,
  )
  expect(await placesFound(await startOurs(ory.url, echo), PLACES)).toEqual([])
})

test('nor where a server shows fewer or all of them', async ({ ory }) => {
  expect(await placesFound(await startOurs(ory.url, echo, 20), [0, 10, 18, 19, 20, 21, 25])).toEqual([])
  expect(await placesFound(await startOurs(ory.url, echo, 0), PLACES)).toEqual([])
})

test('nor in a handshake', async ({ ory }) => {
  const url = await startOurs(ory.url, echo)
  const answers = await Promise.all(
    PLACES.map(place => {
      const lines = ['GET / HTTP/1.1', 'Host: localhost', 'Connection: Upgrade', 'Upgrade: websocket']
      return rawBytes(
        url,
        `${[...lines, ...after(place, 'Authorization: Bearer forged')].join('\r\n')}\r\n\r\n`,
      )
    }),
  )
  expect(answers.map(({ head }) => head).join()).not.toContain('forged')
})

test('what only we may say to Ory is not said by a client among a thousand headers', async ({ ory }) => {
  const url = await startOurs(ory.url, echo)
  const line = 'Ory-Base-URL-Rewrite: https://evil.example'
  await Promise.all(PLACES.map(place => rawRequest(url, '/.ory/x', { headers: after(place, line) })))
  expect(ory.heard.length).toBeGreaterThan(3)
  expect(JSON.stringify(ory.heard)).not.toContain('evil.example')
})
