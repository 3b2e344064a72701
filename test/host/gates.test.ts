import { createServer, type RequestListener, type Server } from 'node:http'
import { createSecureServer } from 'node:http2'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { Server as TlsServer } from 'node:tls'
import { fileURLToPath } from 'node:url'
import connect from 'connect'
import { createServer as createVite } from 'vite'
import { afterEach, expect, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import { createOryMiddleware, silentLogger } from '../../src/index.js'
import { createSelfSigned } from '../../src/tls/certificate.js'
import { ory as plugin } from '../../src/vite-plugin.js'
import { test } from '../_fixtures.js'
import { handshakeAt } from '../_sockets.js'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const run of undo.splice(0).reverse()) await run()
})

const SERVERS = ['http', 'https', 'HTTP/2'] as const
type Kind = (typeof SERVERS)[number]

/** One that takes handshakes: over HTTP/2 they come by the HTTP/1.1 beside it. */
async function serverOf(kind: Kind, web: RequestListener): Promise<Server> {
  if (kind === 'http') return createServer(web)
  const { cert, key } = await createSelfSigned({ hosts: ['localhost'], owner: 'tests', now: new Date() })
  if (kind === 'https') return createHttpsServer({ cert, key }, web)
  return createSecureServer({ cert, key, allowHTTP1: true }, web as never) as unknown as Server
}

/** A server whose app answers every handshake with the headers it saw. */
async function listen(server: Server): Promise<string> {
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket, { headers }) => socket.send(JSON.stringify(headers)))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  undo.push(() => {
    for (const client of sockets.clients) client.terminate()
    server.close()
  })
  const scheme = server instanceof TlsServer ? 'https' : 'http'
  return `${scheme}://localhost:${(server.address() as AddressInfo).port}`
}

const FORGED = { authorization: 'Bearer forged' }

test.for(SERVERS)(
  'after close() no handshake passes with what a client wrote (%s)',
  async (kind, { ory }) => {
    const middleware = await createOryMiddleware({ sdkUrl: ory.url, logger: silentLogger })
    const server = await serverOf(kind, connect().use(middleware))
    const lift = middleware.gateUpgrades(server)
    const url = await listen(server)
    expect(await handshakeAt(`${url}/ws`, FORGED)).not.toHaveProperty('authorization')
    await middleware.close()
    await expect(handshakeAt(`${url}/ws`, FORGED)).rejects.toThrow('503')
    lift()
    expect(await handshakeAt(`${url}/ws`, FORGED), 'the harm').toMatchObject(FORGED)
  },
)

const site = fileURLToPath(new URL('../fixtures/site', import.meta.url))

/** Vite as Express and React Router's custom server have it: its middlewares in a server that it does not know. */
async function middlewareMode(sdkUrl: string, warn: (line: string) => void) {
  const vite = await createVite({
    root: site,
    configFile: false,
    logLevel: 'silent',
    appType: 'custom',
    server: { middlewareMode: true, hmr: false },
    plugins: [plugin({ sdkUrl, logger: { ...silentLogger, warn } })],
  })
  undo.push(() => vite.close())
  return connect()
    .use(vite.middlewares)
    .use((req, res) => void res.end(JSON.stringify(req.headers)))
}

test.for(SERVERS)(
  "in Vite's middleware mode the first handshake is gated, too (%s)",
  async (kind, { ory }) => {
    const warn = vi.fn()
    const alone = await listen(await serverOf(kind, (_req, res) => void res.end()))
    expect(await handshakeAt(`${alone}/ws`, FORGED), 'the harm').toMatchObject(FORGED)
    const url = await listen(await serverOf(kind, await middlewareMode(ory.url, warn)))
    const cookie = ory.signIn('ada@example.com')
    await expect(handshakeAt(`${url}/ws`, { cookie, origin: 'http://evil.example' })).rejects.toThrow('403')
    expect(await handshakeAt(`${url}/ws`, FORGED)).not.toHaveProperty('authorization')
    expect((await handshakeAt(`${url}/ws`, { cookie, origin: url }))['authorization']).toMatch(/^Bearer ey/)
    expect(warn).not.toHaveBeenCalled()
  },
)

test('calling itself hot update opens no socket of the app to a foreign page', async ({ ory }) => {
  const foreign = { origin: 'http://evil.example', cookie: ory.signIn('ada@example.com') }
  const alone = await listen(createServer())
  const harm = await handshakeAt(`${alone}/ws`, foreign, ['vite-hmr'])
  expect(harm['cookie'], 'the harm').toBe(foreign.cookie)
  const url = await listen(createServer(await middlewareMode(ory.url, vi.fn())))
  await expect(handshakeAt(`${url}/ws`, foreign, ['vite-hmr'])).rejects.toThrow('403')
  await expect(handshakeAt(`${url}/ws`, foreign, ['vite-ping'])).rejects.toThrow('403')
})

test('another server of the same process keeps its handshakes as they are, and is asked once', async ({
  ory,
}) => {
  await middlewareMode(ory.url, vi.fn())
  const asked: string[] = []
  const other = createServer((req, res) => {
    asked.push(`${req.method} ${req.url}`)
    res.writeHead(404).end()
  })
  const url = await listen(other)
  for (let i = 0; i < 3; i++) {
    expect(await handshakeAt(`${url}/ws`, { ...FORGED, origin: 'http://elsewhere.example' })).toMatchObject(
      FORGED,
    )
  }
  expect(asked).toEqual(['HEAD /.ory/jwks.json'])
})

test('after the end of a Vite nothing waits for it', async ({ ory }) => {
  const vite = await middlewareMode(ory.url, vi.fn())
  const url = await listen(createServer(vite))
  await undo.pop()!() // the server
  await undo.pop()!() // Vite
  const after = await listen(createServer((_req, res) => void res.end()))
  expect(url).not.toBe(after)
  expect(await handshakeAt(`${after}/ws`, FORGED)).toMatchObject(FORGED)
})

test('where a request does not tell its server, one line says what to name', async ({ ory }) => {
  const warn = vi.fn()
  const web = await middlewareMode(ory.url, warn)
  const url = await listen(
    createServer((req, res) => {
      Object.defineProperty(req.socket, 'server', { value: undefined }) // as in runtimes that only look like Node
      web(req, res)
    }),
  )
  for (const path of ['/a', '/b']) await (await fetch(url + path)).text()
  expect(warn.mock.calls).toEqual([[expect.stringContaining('`server.hmr.server`')]])
})
