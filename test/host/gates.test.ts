import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import connect from 'connect'
import { createServer as createVite } from 'vite'
import { afterEach, expect, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import { createOryMiddleware, silentLogger } from '../../src/index.js'
import { ory as plugin } from '../../src/vite-plugin.js'
import { test } from '../_fixtures.js'
import { handshakeAt } from '../_sockets.js'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const run of undo.splice(0).reverse()) await run()
})

/** A server whose app answers every handshake with the headers it saw. */
async function listen(server: Server): Promise<string> {
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket, { headers }) => socket.send(JSON.stringify(headers)))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  undo.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://localhost:${(server.address() as AddressInfo).port}`
}

const FORGED = { authorization: 'Bearer forged' }

test('after close() no handshake passes with what a client wrote', async ({ ory }) => {
  const middleware = await createOryMiddleware({ sdkUrl: ory.url, logger: silentLogger })
  const server = createServer(connect().use(middleware))
  const lift = middleware.gateUpgrades(server)
  const url = await listen(server)
  expect(await handshakeAt(`${url}/ws`, FORGED)).not.toHaveProperty('authorization')
  await middleware.close()
  await expect(handshakeAt(`${url}/ws`, FORGED)).rejects.toThrow('503')
  lift()
  expect(await handshakeAt(`${url}/ws`, FORGED), 'the harm').toMatchObject(FORGED)
})

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

test("in Vite's middleware mode the first request gates the server it came through", async ({ ory }) => {
  const warn = vi.fn()
  const url = await listen(createServer(await middlewareMode(ory.url, warn)))
  expect(await handshakeAt(`${url}/ws`, FORGED), 'the harm').toMatchObject(FORGED)
  await (await fetch(`${url}/page`)).text()
  expect(await handshakeAt(`${url}/ws`, FORGED)).not.toHaveProperty('authorization')
  const cookie = ory.signIn('ada@example.com')
  await expect(handshakeAt(`${url}/ws`, { cookie, origin: 'http://evil.example' })).rejects.toThrow('403')
  expect((await handshakeAt(`${url}/ws`, { cookie, origin: url }))['authorization']).toMatch(/^Bearer ey/)
  expect(warn).not.toHaveBeenCalled()
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
