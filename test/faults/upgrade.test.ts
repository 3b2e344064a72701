import { EventEmitter } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { connect as connectHttp2, createSecureServer, type Settings } from 'node:http2'
import { type AddressInfo, connect, type Server, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterEach, beforeEach, describe, expect } from 'vitest'
import { gateServer } from '../../src/host/upgrade.js'
import { createOryMiddleware, type OryMiddleware, silentLogger } from '../../src/index.js'
import { createSelfSigned } from '../../src/tls/certificate.js'
import { test } from '../_fixtures.js'
import { rawBytes } from '../_raw.js'
import { startCommand } from './_command.js'

/** A WebSocket begins over HTTP/1.1; a server of HTTP/2 takes that on the same port, and says of its own that it has none. */
const SERVERS = {
  http: async (): Promise<Server> => createServer(),
  async https(): Promise<Server> {
    const { key, cert } = await createSelfSigned({ hosts: ['localhost'], owner: 'test', now: new Date() })
    return createSecureServer({ key, cert, allowHTTP1: true })
  },
}

describe.each(['http', 'https'] as const)('a handshake over %s', scheme => {
  let server: Server
  let middleware: OryMiddleware
  const sockets = new Set<Socket>()

  beforeEach(async () => {
    server = await SERVERS[scheme]()
    server.on('connection', socket => sockets.add(socket))
  })
  afterEach(async () => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
    await new Promise(resolve => server.close(resolve))
    await middleware?.close()
  })

  const open = (port: number): Socket => {
    const to = { port, host: '127.0.0.1', allowHalfOpen: true, rejectUnauthorized: false }
    return (scheme === 'http' ? connect(to) : connectTls(to)).on('error', () => {})
  }

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
    new Promise((resolve, reject) =>
      server.getConnections((error, n) => (error ? reject(error) : resolve(n))),
    )

  test('a refused handshake holds no connection, even of a client that never hangs up', async ({ ory }) => {
    const port = await gated(ory.url, () => {})
    const clients = Array.from({ length: 50 }, () => {
      const client = open(port)
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
        rawBytes(`${scheme}://localhost:${port}`, handshake().replace('websocket', upgrade))
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
      await rawBytes(`${scheme}://localhost:${port}`, handshake().replace('GET /', `GET ${path}`))
    }
    expect(upgrades).toEqual(['/.oryx'])
  })

  test('a client that leaves while Ory is asked is nobody for the app, and nothing breaks', async ({
    ory,
  }) => {
    const upgrades: string[] = []
    const port = await gated(ory.url, req => upgrades.push(req.url!))
    let release = (): void => {}
    const held = new Promise<void>(resolve => {
      release = resolve
    })
    ory.on('/sessions/whoami', (_req, res) => void held.then(() => res.writeHead(401).end('{}')))
    const clients = Array.from({ length: 20 }, (_, i) => {
      const client = open(port)
      client.write(handshake(`Cookie: a=${i}`))
      return client
    })
    await expect.poll(() => ory.whoami().length).toBe(20)
    for (const client of clients) scheme === 'http' ? client.resetAndDestroy() : client.destroy()
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
    const client = open(port)
    client.write(`${handshake('Cookie: a=1')}`)
    await expect.poll(() => ory.whoami().length).toBe(1)
    client.write('early frame')
    expect(await early).toBe('early frame')
    client.destroy()
  })
})

test('over HTTP/2 there is none: it is not offered, and who asks all the same is refused', async ({
  ory,
  app,
}) => {
  const command = await startCommand(app.url, ory.url, '--dont-install-cert')
  const session = connectHttp2(command.url, { rejectUnauthorized: false }).on('error', () => {})
  const settings = await new Promise<Settings>(resolve => session.once('remoteSettings', resolve))
  expect(settings.enableConnectProtocol ?? false).toBe(false) // RFC 8441, section 3
  const stream = session.request({
    ':method': 'CONNECT',
    ':protocol': 'websocket',
    ':scheme': 'https',
    ':authority': new URL(command.url).host,
    ':path': '/ws',
  })
  let status = 0
  stream
    .on('error', () => {})
    .on('response', headers => {
      status = Number(headers[':status'])
    })
  await new Promise(resolve => stream.resume().on('close', resolve))
  session.destroy()
  expect(status).not.toBe(200)
  expect(app.seen).toEqual([])
  expect(await command.end('SIGTERM')).toBe(0)
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
