import type { EventEmitter } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type ClientHttp2Stream, connect as connectHttp2, createSecureServer } from 'node:http2'
import { type AddressInfo, connect as connectTcp, createServer, type Server, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createSelfSigned } from '../../src/tls/certificate.js'
import {
  createPlainEntry,
  createSecureEntry,
  type Entry,
  type SecureEntryOptions,
} from '../../src/tls/server.js'

const deadlines = {
  headersTimeout: 200,
  requestTimeout: 300,
  connectionsCheckingInterval: 50,
  idleTimeout: 300,
  keepAliveTimeout: 300,
  keepAliveTimeoutBuffer: 0,
}
const onRequest: Parameters<typeof createPlainEntry>[0]['onRequest'] = (req, res) =>
  void req.resume().on('end', () => res.end('whole'))

const HALF = {
  headers: 'GET / HTTP/1.1\r\nHost: localhost\r\nX-Half: ',
  body: 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf',
}

/** What a client hears that stops in the middle, until it is hung up on. */
function heard(socket: Socket, bytes: string): Promise<string> {
  return new Promise(resolve => {
    let text = ''
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk
    })
    socket.on('error', () => {}).on('close', () => resolve(text))
    socket.write(bytes)
  })
}

let entry: Entry
let port: number

async function start(scheme: string, rules: Partial<SecureEntryOptions> = { deadlines }): Promise<void> {
  const hosts = ['localhost', '127.0.0.1']
  const { key, cert } = await createSelfSigned({ hosts, owner: 'test', now: new Date() })
  entry =
    scheme === 'http'
      ? createPlainEntry({ onRequest, ...rules })
      : createSecureEntry({ key, cert, onRequest, ...rules })
  port = (await entry.listen(0, '127.0.0.1')).port
}

afterEach(() => entry.close(0))

const open = (scheme: string): Socket =>
  scheme === 'http'
    ? connectTcp(port, '127.0.0.1')
    : connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] })

describe.each(['http', 'https'])('over %s', scheme => {
  beforeEach(() => start(scheme))

  test.for(['headers', 'body'] as const)('half-sent %s are waited for no longer than is said', async half => {
    expect(await heard(open(scheme), HALF[half])).toMatch(/^HTTP\/1\.1 408 /)
  })

  test('a request that comes in time is answered', async () => {
    const whole = `${HALF.body}-whole\r\nGET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`
    expect((await heard(open(scheme), whole)).match(/HTTP\/1\.1 200/g)).toHaveLength(2)
  })
})

const GET = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'

describe.each(['http', 'https'])('over %s a connection that lies idle', scheme => {
  test('is hung up in time', async () => {
    await start(scheme)
    expect(await heard(open(scheme), GET)).toMatch(/^HTTP\/1\.1 200 /)
  })

  test('is there as long as browsers keep one, when nothing else is said', async () => {
    await start(scheme, {})
    const socket = open(scheme)
    const whole = heard(socket, GET)
    socket.once('data', () => socket.destroy())
    expect(await whole).toContain('\r\nKeep-Alive: timeout=120\r\n')
  })
})

/** Our entry without what makes it look: a server that is handed its connections, as Node makes it. */
describe('a server that never listens itself', () => {
  let front: Server
  const handed: Socket[] = []
  afterEach(() => {
    for (const socket of handed.splice(0)) socket.destroy()
    return new Promise(resolve => front.close(resolve))
  })

  /** Hands every connection on; whether the first is still open when four deadlines are over. */
  async function waits(
    server: EventEmitter,
    write: (port: number) => { readonly destroyed: boolean; destroy(): unknown },
  ): Promise<boolean> {
    front = createServer({ allowHalfOpen: true }, socket => {
      handed.push(socket)
      server.emit('connection', socket)
    })
    await new Promise<void>(resolve => front.listen(0, '127.0.0.1', resolve))
    const client = write((front.address() as AddressInfo).port)
    await new Promise(resolve => setTimeout(resolve, 4 * deadlines.requestTimeout))
    const isOpen = !client.destroyed
    client.destroy()
    return isOpen
  }

  test.for(['headers', 'body'] as const)(
    'waits for half-sent %s without an end over HTTP/1.1',
    async half => {
      const open = (to: number): Socket => {
        const socket = connectTcp(to, '127.0.0.1').on('error', () => {})
        socket.resume().write(HALF[half])
        return socket
      }
      expect(await waits(createHttpServer(deadlines, onRequest), open)).toBe(true)
    },
  )

  test.for(['headers', 'body'] as const)('waits for half-sent %s without an end over HTTP/2', async half => {
    const { key, cert } = await createSelfSigned({ hosts: ['localhost'], owner: 'test', now: new Date() })
    const server = createSecureServer({ key, cert, ...deadlines }, onRequest as never)
    expect(await waits(server, to => (half === 'body' ? halfBody(to) : halfHeaders(to)))).toBe(true)
  })
})

const halfBody = (to: number): ClientHttp2Stream => {
  const session = connectHttp2(`https://127.0.0.1:${to}`, { rejectUnauthorized: false })
  session.on('error', () => {})
  const stream = session.request({ ':method': 'POST', ':path': '/' }, { endStream: false })
  stream.on('error', () => {}).on('close', () => session.destroy())
  stream.write('half')
  return stream
}

function halfHeaders(to: number): Socket {
  const options = { port: to, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2'] }
  const socket = connectTls(options).on('error', () => {})
  const settings = '\0\0\0\x04\0\0\0\0\0'
  const headers = '\0\0\x01\x01\x01\0\0\0\x01\x82' // HEADERS without END_HEADERS (RFC 9113, section 6.2)
  socket.resume().write(Buffer.from(`PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${settings}${headers}`, 'latin1'))
  return socket
}

describe('over HTTP/2', () => {
  beforeEach(() => start('https'))

  test('a half-sent body is reset', async () => {
    const stream = halfBody(port)
    await new Promise(resolve => stream.on('close', resolve))
    expect(stream.rstCode).not.toBe(0)
  })

  test('headers without an end end the connection', async () => {
    const socket = halfHeaders(port)
    await new Promise(resolve => socket.on('close', resolve))
    expect(socket.destroyed).toBe(true)
  })

  test('a connection without a request is closed', async () => {
    const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false })
    session.on('error', () => {})
    const stream = session.request({ ':path': '/' })
    const answer: Buffer[] = []
    for await (const chunk of stream) answer.push(chunk as Buffer)
    expect(Buffer.concat(answer).toString()).toBe('whole')
    await new Promise(resolve => session.on('close', resolve)) // idle from here on
  })
})
