import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { expect } from 'vitest'
import { test } from '../_fixtures.js'
import { startCommand } from '../faults/_command.js'
import { ask } from '../outbound/_protocols.js'
import { startBelievingApp } from './_believing-app.js'
import { changed, FOR_A_WHILE, PIECES } from './_bytes.js'
import { fc } from './_fast-check.js'

const lines = (...head: string[]): string => `${head.join('\r\n')}\r\n\r\n`
const common = ['Host: localhost', 'Authorization: Bearer forged', 'Cookie: ory_kratos_session=x; a=b']

/** Requests that are right, to begin with. */
const SEEDS = [
  lines('GET /api/x?a=b HTTP/1.1', ...common),
  lines('GET /.ory/self-service/login/browser?return_to=%2F HTTP/1.1', ...common, 'Accept: text/html'),
  lines('GET /.ory/jwks.json HTTP/1.1', ...common),
  lines('GET /.ory/init/login HTTP/1.1', ...common, 'Referer: http://localhost/x'),
  `${lines('POST /.ory/self-service/login HTTP/1.1', ...common, 'Content-Length: 11')}hello world`,
  `${lines('POST /api/x HTTP/1.1', ...common, 'Transfer-Encoding: chunked')}5\r\nhello\r\n0\r\nTrailer: x\r\n\r\n`,
  `${lines('DELETE /api/x HTTP/1.1', ...common, 'Transfer-Encoding: chunked')}5;ext=1\r\nhello\r\n0\r\n\r\n`,
  lines(
    'GET /ws HTTP/1.1',
    ...common,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
  ),
  lines('OPTIONS * HTTP/1.1', ...common, 'Expect: 100-continue', 'TE: trailers', 'Connection: te'),
  lines('PROPFIND http://localhost/x HTTP/1.1', ...common, 'X-Session-Token: t'),
]
const MORE = [
  'Authorization: Bearer forged\r\n',
  'Connection: authorization\r\n',
  'Content-Length: 5\r\n',
  'HTTP/1.1',
  'a'.repeat(20_000),
]

const message = changed(SEEDS, [...PIECES, ...MORE])

/** Sends bytes, ends, and returns what came back; a connection that stays open is hung up. */
function send(port: number, text: string, overTls = false): Promise<string> {
  return new Promise(resolve => {
    let answer = ''
    const to = { port, host: '127.0.0.1', allowHalfOpen: true, rejectUnauthorized: false }
    const write = (): void => void socket.end(text, 'latin1')
    const socket: Socket = overTls ? connectTls(to, write) : connect(to, write)
    socket.setTimeout(1000, () => socket.destroy())
    socket.setEncoding('latin1').on('data', chunk => {
      answer += chunk
    })
    socket.on('error', () => {})
    socket.on('end', () => socket.destroy())
    socket.on('close', () => resolve(answer))
  })
}

const AT_ONCE = 50

/** HTTP/2 has bytes of its own: tls-port.test.ts. */
test.for([
  ['HTTP/1.1', '--no-https', false],
  ['HTTP/1.1 over TLS', '--dont-install-cert', true],
] as const)(
  'whatever bytes arrive as %s: no error of ours, no forged identity, and at the end a right answer',
  {
    timeout: 120_000,
  },
  async ([, flag, overTls], { ory }) => {
    const { app, believed } = await startBelievingApp()
    const command = await startCommand(app.url, ory.url, flag)
    const port = Number(new URL(command.url).port)
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: AT_ONCE, maxLength: AT_ONCE }), async messages => {
        const answers = await Promise.all(messages.map(text => send(port, text, overTls)))
        const wrong = answers.findIndex(
          answer => answer !== '' && !/^HTTP\/1\.1 (?:[1-4]\d\d|502) /.test(answer),
        )
        expect(wrong < 0 ? null : [messages[wrong], answers[wrong]]).toBeNull()
        expect(believed).toEqual([])
      }),
      FOR_A_WHILE,
    )
    expect(app.seen.length, 'some of it is a request').toBeGreaterThan(0)
    const cookie = ory.signIn('ada@example.com')
    const { body } = await ask('HTTP/1.1', command.url, '/x', { headers: { cookie } }).over
    expect(body).toContain('"authorization":"Bearer ey')
    expect(await command.end('SIGTERM')).toBe(0)
    expect(command.output()).not.toMatch(/unhandled|uncaught|went wrong|\n\s+at /i)
    await app.close()
  },
)

test.for([
  ['a request line without an end', `GET /${'a'.repeat(20_000)}`, 431],
  ['headers without an end', `GET / HTTP/1.1\r\nHost: localhost\r\nCookie: ${'a'.repeat(20_000)}`, 431],
  ['no HTTP', 'hello\r\n\r\n', 400],
  ['another version', lines('GET / HTTP/9.9', 'Host: localhost'), 400],
  ['no Host', lines('GET / HTTP/1.1'), 400],
  [
    'a body of unknown coding',
    lines('POST / HTTP/1.1', 'Host: localhost', 'Transfer-Encoding: xchunked'),
    400,
  ],
  [
    'chunks that are not the last coding',
    lines('POST / HTTP/1.1', 'Host: localhost', 'Transfer-Encoding: chunked, identity'),
    400,
  ],
  ['a control character in a header', lines('GET / HTTP/1.1', 'Host: localhost', 'X-A: a\u0001b'), 400],
  [
    'a space before the colon',
    lines('GET / HTTP/1.1', 'Host: localhost', 'Authorization : Bearer forged'),
    400,
  ],
  ['a bare line feed', 'GET / HTTP/1.1\nHost: localhost\nX: y\n\n', 400],
  [
    'a chunk of no size',
    `${lines('POST / HTTP/1.1', 'Host: localhost', 'Transfer-Encoding: chunked')}zz\r\n`,
    400,
  ],
  ['a length that is none', lines('POST / HTTP/1.1', 'Host: localhost', 'Content-Length: -1'), 400],
] as const)('%s is a bad request', async ([, bytes, status], { ory, app }) => {
  const command = await startCommand(app.url, ory.url)
  const answer = await send(Number(new URL(command.url).port), bytes)
  expect(answer.split('\r\n')[0]).toContain(` ${status} `)
  expect(await command.end('SIGTERM')).toBe(0)
})
