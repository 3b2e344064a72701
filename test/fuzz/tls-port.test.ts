import { connect as connectHttp2 } from 'node:http2'
import { connect, createServer, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { expect } from 'vitest'
import { test } from '../_fixtures.js'
import { startCommand } from '../faults/_command.js'
import { startBelievingApp } from './_believing-app.js'
import { changed, FOR_A_WHILE, PIECES } from './_bytes.js'
import { fc } from './_fast-check.js'

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'

/** Types of frames (RFC 9113, section 6), and two of their flags. */
const [DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION] = [
  0, 1, 2, 3, 4, 6, 7, 8, 9,
]
const [END_STREAM, END_HEADERS] = [1, 4]

const number = (value: number, bytes: number): string =>
  Array.from({ length: bytes }, (_, i) => String.fromCharCode((value >>> (8 * (bytes - 1 - i))) & 255)).join(
    '',
  )

const frame = (type: number, flags: number, stream: number, payload = ''): string =>
  number(payload.length, 3) + number(type, 1) + number(flags, 1) + number(stream, 4) + payload

/** Fields as HPACK writes them when nobody has said them before (RFC 7541, section 6.2.2). */
const fields = (...pairs: readonly (readonly [string, string])[]): string =>
  pairs.map(([name, value]) => `\0${short(name)}${short(value)}`).join('')
const short = (text: string): string => number(text.length, 1) + text

const asking = (path: string, ...more: (readonly [string, string])[]): string =>
  fields(
    [':method', 'GET'],
    [':scheme', 'https'],
    [':authority', 'localhost'],
    [':path', path],
    ['authorization', 'Bearer forged'],
    ['cookie', 'ory_kratos_session=x'],
    ...more,
  )

const whole = END_STREAM | END_HEADERS
const begin = PREFACE + frame(SETTINGS, 0, 0) + frame(HEADERS, whole, 1, asking('/api/first'))

/** Connections that are right, to begin with. */
const SEEDS = [
  begin + frame(HEADERS, whole, 3, asking('/api/x')) + frame(HEADERS, whole, 5, asking('/.ory/x')),
  begin + frame(HEADERS, END_HEADERS, 3, asking('/.ory/x')) + frame(DATA, END_STREAM, 3, 'hello'),
  begin +
    frame(HEADERS, END_STREAM, 3, asking('/api/x').slice(0, 60)) +
    frame(CONTINUATION, END_HEADERS, 3, 'x'),
  begin +
    frame(HEADERS, END_HEADERS, 3, asking('/api/x')) +
    frame(HEADERS, whole, 3, fields(['authorization', 'Bearer forged'])),
  begin + frame(HEADERS, whole, 3, asking('/api/x', ['connection', 'authorization'], ['te', 'trailers'])),
  begin +
    frame(
      HEADERS,
      whole,
      3,
      asking('/.ory/x', ['host', 'localhost'], ['ory-base-url-rewrite', 'https://evil.example']),
    ),
  begin +
    frame(HEADERS, whole, 3, asking('/x')) +
    frame(RST_STREAM, 0, 3, number(8, 4)) +
    frame(PING, 0, 0, '12345678'),
  begin +
    frame(PRIORITY, 0, 3, number(0, 5)) +
    frame(WINDOW_UPDATE, 0, 0, number(1, 4)) +
    frame(GOAWAY, 0, 0, number(0, 8)),
  begin +
    frame(HEADERS, whole, 3, fields([':method', 'CONNECT'], [':protocol', 'websocket'], [':path', '/ws'])),
  'GET /api/x HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer forged\r\n\r\n',
]
const MORE = [
  asking('/api/x'),
  fields(['authorization', 'Bearer forged']),
  fields(['transfer-encoding', 'chunked']),
  fields(['Authorization', 'Bearer forged']),
  fields([':authority', 'evil.example']),
  fields(['content-length', '5']),
  frame(SETTINGS, 0, 0, number(4, 2) + number(0, 4)),
  frame(HEADERS, whole, 7, asking('/.ory/../admin')),
]

/** Waits until a server hangs up, or for so long that it will not. */
function ending(socket: Socket): Promise<void> {
  socket.resume()
  socket.setTimeout(500, () => socket.destroy())
  socket.on('error', () => {})
  return new Promise(resolve => socket.on('close', () => resolve()))
}

/** @param last whether nothing comes behind it: whoever has said all over HTTP/2 may not get as far as the app */
function sendInside(port: number, bytes: string, last = true): Promise<void> {
  const ALPNProtocols = bytes.startsWith('GET') ? ['http/1.1'] : ['h2']
  const to = { port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols }
  const socket = connectTls(to, () => (last ? socket.end(bytes, 'latin1') : socket.write(bytes, 'latin1')))
  return ending(socket)
}

function sendOutside(port: number, bytes: string): Promise<void> {
  const socket = connect(port, '127.0.0.1', () => socket.end(bytes, 'latin1'))
  return ending(socket)
}

/** What a client says first when it wants to speak TLS. */
function clientHello(): Promise<string> {
  return new Promise(resolve => {
    const server = createServer(socket =>
      socket.once('data', bytes => {
        socket.destroy()
        server.close()
        resolve(bytes.toString('latin1'))
      }),
    )
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      connectTls({ port, host: '127.0.0.1', ALPNProtocols: ['h2'] }).on('error', () => {})
    })
  })
}

const AT_ONCE = 50

test('whatever arrives over TLS, or instead of it: no error of ours, no forged identity, and at the end a right answer', {
  timeout: 120_000,
}, async ({ ory }) => {
  const { app, believed } = await startBelievingApp()
  const command = await startCommand(app.url, ory.url, '--dont-install-cert')
  const port = Number(new URL(command.url).port)
  const inside = changed(SEEDS, [...PIECES, ...MORE]).map(bytes => () => sendInside(port, bytes))
  const outside = changed([await clientHello()], PIECES).map(bytes => () => sendOutside(port, bytes))
  const sending = fc.oneof({ weight: 4, arbitrary: inside }, outside)
  let reached = 0
  await fc.assert(
    fc.asyncProperty(fc.array(sending, { minLength: AT_ONCE, maxLength: AT_ONCE }), async sent => {
      await Promise.all(sent.map(send => send()))
      expect(believed).toEqual([])
      const heard = ory.heard.splice(0)
      reached += heard.length
      expect(JSON.stringify(heard)).not.toContain('evil.example')
    }),
    FOR_A_WHILE,
  )
  expect(app.seen.length, 'some of it is a request to the app').toBeGreaterThan(0)
  expect(reached, 'and some to Ory').toBeGreaterThan(0)
  const cookie = ory.signIn('ada@example.com')
  expect(await askOverHttp2(command.url, { cookie, authorization: 'Bearer forged' })).toMatch(/^Bearer ey/)
  expect(await command.end('SIGTERM')).toBe(0)
  expect(command.output()).not.toMatch(/unhandled|uncaught|went wrong|\n\s+at /i)
  await app.close()
})

/** A request for /bad, from the pieces of a right one (RFC 9113, section 8.1.1: malformed). */
const bad = (...pairs: (readonly [string, string])[]): string => frame(HEADERS, whole, 3, fields(...pairs))
const [METHOD, SCHEME, AUTHORITY, PATH] = [
  [':method', 'GET'],
  [':scheme', 'https'],
  [':authority', 'localhost'],
  [':path', '/bad'],
] as const

test('over HTTP/2 a request of the same pieces does arrive', async ({ ory, app }) => {
  const command = await startCommand(app.url, ory.url, '--dont-install-cert')
  const { port } = new URL(command.url)
  const to = { port: Number(port), host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2'] }
  const socket = connectTls(to).on('error', () => {})
  socket.write(begin + bad(METHOD, SCHEME, AUTHORITY, PATH), 'latin1')
  await expect.poll(() => app.seen.join(), { timeout: 10_000 }).toContain('/bad')
  socket.destroy()
  expect(await command.end('SIGTERM')).toBe(0)
})

test.for([
  ['a name in capitals', bad(METHOD, SCHEME, AUTHORITY, PATH, ['Authorization', 'Bearer forged'])],
  ['a header of one connection', bad(METHOD, SCHEME, AUTHORITY, PATH, ['connection', 'authorization'])],
  ['a transfer coding', bad(METHOD, SCHEME, AUTHORITY, PATH, ['transfer-encoding', 'chunked'])],
  ['an upgrade', bad(METHOD, SCHEME, AUTHORITY, PATH, ['upgrade', 'h2c'])],
  ['a length and no body', bad(METHOD, SCHEME, AUTHORITY, PATH, ['content-length', '5'])],
  ['no method', bad(SCHEME, AUTHORITY, PATH)],
  ['two paths', bad(METHOD, SCHEME, AUTHORITY, PATH, PATH)],
  ['a path behind the headers', bad(METHOD, SCHEME, AUTHORITY, ['accept', '*/*'], PATH)],
  ['a field of HTTP/2 that there is not', bad(METHOD, SCHEME, AUTHORITY, PATH, [':forged', 'x'])],
  ['another host than the authority', bad(METHOD, SCHEME, AUTHORITY, PATH, ['host', 'evil.example'])],
])('over HTTP/2 a request with %s does not arrive', async ([, bytes], { ory, app }) => {
  const command = await startCommand(app.url, ory.url, '--dont-install-cert')
  await sendInside(Number(new URL(command.url).port), begin + bytes!, false)
  const right = await askOverHttp2(command.url, { cookie: ory.signIn('ada@example.com') })
  expect(right).toMatch(/^Bearer ey/)
  expect(app.seen.join()).toContain('/x')
  expect(app.seen.join()).not.toContain('/bad')
  expect(await command.end('SIGTERM')).toBe(0)
})

/** The Authorization that arrives at the app. */
function askOverHttp2(url: string, headers: Record<string, string>): Promise<string> {
  const session = connectHttp2(url, { rejectUnauthorized: false })
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':path': '/x', ...headers }).setEncoding('utf8')
    let body = ''
    stream.on('data', chunk => {
      body += chunk
    })
    stream.on('error', reject)
    stream.on('end', () => {
      session.close()
      resolve((JSON.parse(body) as { headers: { authorization: string } }).headers.authorization)
    })
  })
}
