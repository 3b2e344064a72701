import { connect as connectHttp2 } from 'node:http2'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createSelfSigned } from '../../src/tls/certificate.js'
import { createPlainEntry, createSecureEntry, type Entry } from '../../src/tls/server.js'

const deadlines = {
  headersTimeout: 200,
  requestTimeout: 300,
  connectionsCheckingInterval: 50,
  idleTimeout: 300,
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

async function start(scheme: string): Promise<void> {
  const hosts = ['localhost', '127.0.0.1']
  const { key, cert } = await createSelfSigned({ hosts, owner: 'test', now: new Date() })
  entry =
    scheme === 'http'
      ? createPlainEntry({ onRequest, deadlines })
      : createSecureEntry({ key, cert, onRequest, deadlines })
  port = (await entry.listen(0, '127.0.0.1')).port
}

afterEach(() => entry.close(0))

describe.each(['http', 'https'])('over %s', scheme => {
  beforeEach(() => start(scheme))

  const open = (): Socket =>
    scheme === 'http'
      ? connectTcp(port, '127.0.0.1')
      : connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] })

  test.for(['headers', 'body'] as const)('half-sent %s are waited for no longer than is said', async half => {
    expect(await heard(open(), HALF[half])).toMatch(/^HTTP\/1\.1 408 /)
  })

  test('a request that comes in time is answered', async () => {
    const whole = `${HALF.body}-whole\r\nGET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`
    expect((await heard(open(), whole)).match(/HTTP\/1\.1 200/g)).toHaveLength(2)
  })
})

describe('over HTTP/2', () => {
  beforeEach(() => start('https'))

  test('a half-sent body is reset', async () => {
    const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false })
    const stream = session.request({ ':method': 'POST', ':path': '/' }, { endStream: false })
    stream.on('error', () => {}).write('half')
    await new Promise(resolve => stream.on('close', resolve))
    expect(stream.rstCode).not.toBe(0)
    session.destroy()
  })

  test('headers without an end end the connection', async () => {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2'] })
    const settings = '\0\0\0\x04\0\0\0\0\0'
    const halfHeaders = '\0\0\x01\x01\x01\0\0\0\x01\x82' // HEADERS without END_HEADERS (RFC 9113, section 6.2)
    const bytes = Buffer.from(`PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${settings}${halfHeaders}`, 'latin1')
    await new Promise<void>(resolve => {
      socket
        .on('close', () => resolve())
        .on('error', () => {})
        .on('data', () => {})
      socket.write(bytes)
    })
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
