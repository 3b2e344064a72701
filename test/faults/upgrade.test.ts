import { EventEmitter } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, beforeEach, expect } from 'vitest'
import { gateServer } from '../../src/host/upgrade.js'
import { createOryMiddleware, type OryMiddleware, silentLogger } from '../../src/index.js'
import { test } from '../_fixtures.js'
import { rawBytes } from '../_raw.js'

let server: Server
let middleware: OryMiddleware

beforeEach(() => {
  server = createServer()
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise(resolve => server.close(resolve))
  await middleware?.close()
})

async function gated(
  sdkUrl: string,
  onUpgrade: (req: IncomingMessage, socket: Socket) => void,
): Promise<number> {
  middleware = await createOryMiddleware({ sdkUrl, logger: silentLogger })
  server.on('upgrade', (req, socket) => onUpgrade(req, socket as Socket))
  middleware.gateUpgrades(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const handshake = (...lines: string[]): string =>
  `${['GET / HTTP/1.1', 'Host: localhost', 'Connection: Upgrade', 'Upgrade: websocket', ...lines].join('\r\n')}\r\n\r\n`

const connections = (): Promise<number> =>
  new Promise((resolve, reject) => server.getConnections((error, n) => (error ? reject(error) : resolve(n))))

test('a refused handshake holds no connection, even of a client that never hangs up', async ({ ory }) => {
  const port = await gated(ory.url, () => {})
  const clients = Array.from({ length: 50 }, () => {
    const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => {})
    client.write(handshake('Origin: http://evil.example'))
    return client.resume()
  })
  await Promise.all(clients.map(client => new Promise(resolve => client.once('end', resolve))))
  await expect.poll(connections).toBe(0)
  for (const client of clients) client.destroy()
})

test.for(['h2c', 'tls', 'foo, websocket', 'websocket, h2c'])(
  'who listens for handshakes hears nothing of "%s"',
  async (protocol, { ory }) => {
    const upgrades: string[] = []
    server.on('request', (_req, res) => res.writeHead(200, { connection: 'close' }).end('served'))
    const port = await gated(ory.url, (req, socket) => {
      upgrades.push(req.headers.upgrade!)
      socket.end()
    })
    const send = (upgrade: string): ReturnType<typeof rawBytes> =>
      rawBytes(`http://localhost:${port}`, handshake().replace('websocket', upgrade))
    expect((await send(protocol)).body).toContain('served')
    await send('WebSocket')
    expect(upgrades).toEqual(['WebSocket'])
  },
)

test('nor of one below /.ory, where an app has nothing', async ({ ory }) => {
  const upgrades: string[] = []
  const port = await gated(ory.url, (req, socket) => {
    upgrades.push(req.url!)
    socket.end()
  })
  for (const path of ['/.ory/ws', '/.ory', '/.ory?x', '/.oryx']) {
    await rawBytes(`http://localhost:${port}`, handshake().replace('GET /', `GET ${path}`))
  }
  expect(upgrades).toEqual(['/.oryx'])
})

test('a client that leaves while Ory is asked is nobody for the app, and nothing breaks', async ({ ory }) => {
  const upgrades: string[] = []
  const port = await gated(ory.url, req => upgrades.push(req.url!))
  let release = (): void => {}
  const held = new Promise<void>(resolve => {
    release = resolve
  })
  ory.on('/sessions/whoami', (_req, res) => void held.then(() => res.writeHead(401).end('{}')))
  const clients = Array.from({ length: 20 }, (_, i) => {
    const client = connect(port, '127.0.0.1').on('error', () => {})
    client.write(handshake(`Cookie: a=${i}`))
    return client
  })
  await expect.poll(() => ory.whoami().length).toBe(20)
  for (const client of clients) client.resetAndDestroy()
  await expect.poll(connections).toBe(0)
  release()
  await new Promise(resolve => setTimeout(resolve, 50))
  expect(upgrades).toEqual([])
})

test('frames sent along with the handshake are not lost while Ory is asked', async ({ ory }) => {
  const early = new Promise<string>(resolve => {
    server.once('early', resolve)
  })
  const port = await gated(ory.url, (_req, socket) => {
    socket.on('end', () => socket.destroy())
    socket.on('data', chunk => server.emit('early', chunk.toString()))
  })
  const client = connect(port, '127.0.0.1').on('error', () => {})
  client.write(`${handshake('Cookie: a=1')}`)
  await expect.poll(() => ory.whoami().length).toBe(1)
  client.write('early frame')
  expect(await early).toBe('early frame')
  client.destroy()
})

test('calling itself hot update brings no Authorization along', () => {
  const emitter = new EventEmitter()
  const undo = gateServer(emitter, { prepare: async () => {}, isHmr: () => true })
  const heard: unknown[] = []
  emitter.on('upgrade', (req: IncomingMessage) => heard.push(req.headers, req.rawHeaders))
  const authorization = 'Bearer forged'
  const req = {
    headers: { authorization },
    headersDistinct: {},
    rawHeaders: ['AUTHORIZATION', authorization],
  }
  emitter.emit('upgrade', req, {}, Buffer.alloc(0))
  undo()
  expect(heard).toEqual([{}, []])
})
