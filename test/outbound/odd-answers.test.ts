import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { Pool } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rawBytes } from '../_raw.js'
import { type Command, startCommand } from '../faults/_command.js'
import { ask, PROTOCOLS } from './_protocols.js'

const CLOSED = 'HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nConnection: close\r\n\r\nsome'
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n'
const OK = 'HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: '
const withHeaders = (size: number): string => `${OK}2\r\nX-Large: ${'x'.repeat(size)}\r\n\r\nok`

const later = (socket: Socket, pieces: string[], end: () => void = () => {}): void => {
  const [piece, ...rest] = pieces
  if (piece === undefined) return end()
  socket.write(piece)
  setTimeout(later, 15, socket, rest, end)
}

/** What a server may write, by the last segment of the path. */
const ANSWERS: Record<string, (socket: Socket) => void> = {
  reset: socket => later(socket, [CLOSED, ''], () => socket.resetAndDestroy()),
  ended: socket => later(socket, [CLOSED, ''], () => socket.end()),
  continued: socket => socket.write(`${CONTINUE}${OK}2\r\n\r\nok`),
  twice: socket => later(socket, [CONTINUE, CONTINUE, `${OK}2\r\n\r\nok`]),
  'in-pieces': socket => later(socket, [...`${CONTINUE}HTTP/1.1 200 OK\r\n`, 'Content-Length: 2\r\n\r\nok']),
  'looks-like-it': socket => later(socket, [`${OK}${2 * CONTINUE.length}\r\n\r\n`, CONTINUE, CONTINUE]),
  unchanged: socket => socket.write('HTTP/1.1 304 Not Modified\r\nContent-Length: 200\r\nETag: "1"\r\n\r\n'),
  'nothing-of-a-length': socket => socket.write('HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nno'),
  'hints-of-a-length': socket =>
    later(socket, [
      `HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\nKeep-Alive: x\r\nLink: </a.css>; rel=preload\r\n\r\n`,
      `${OK}2\r\n\r\nok`,
    ]),
  trailers: socket =>
    socket.write(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\nX-Sum: 2\r\n\r\n',
    ),
  cut: socket =>
    later(socket, ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n', ''], () =>
      socket.end(),
    ),
  'forty-thousand': socket => socket.write(withHeaders(40_000)),
  'seventy-thousand': socket => socket.write(withHeaders(70_000)),
}

/** Writes what the path asks for past Node's own idea of an answer, once a request is whole. */
function startRaw(): Promise<Server> {
  const server = createServer((req, res) => {
    const name = req.url!.split('/').at(-1)!
    if (name === 'whoami') return void res.writeHead(401).end('{}')
    req.resume().on('end', () => ANSWERS[name]!(req.socket))
  })
  return new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(server)))
}

let raw: Server
let rawUrl: string
let command: Command

beforeAll(async () => {
  raw = await startRaw()
  rawUrl = `http://127.0.0.1:${(raw.address() as AddressInfo).port}`
  command = await startCommand(rawUrl, rawUrl, '--dont-install-cert')
})
afterAll(async () => {
  await command?.end('SIGTERM')
  raw.closeAllConnections()
  raw.close()
})

describe('undici alone', () => {
  async function read(path: string): Promise<string> {
    const pool = new Pool(rawUrl)
    try {
      return await (await pool.request({ method: 'GET', path })).body.text()
    } finally {
      await pool.destroy()
    }
  }

  test('takes half an answer for a whole one', async () => {
    expect(await read('/reset')).toBe('some')
  })

  test('gives up at a 100 Continue', async () => {
    await expect(read('/continued')).rejects.toThrow('bad response')
  })
})

describe.each(PROTOCOLS)('over %s', protocol => {
  describe.each([
    ['the app', '/'],
    ['Ory', '/.ory/'],
  ])('from %s', (_name, base) => {
    test('an answer without a length that ends in a reset is not whole; one that ends is', async () => {
      const reset = await ask(protocol, command.url, `${base}reset`).over
      expect([reset.body, reset.whole]).toEqual(['some', false])
      const ended = await ask(protocol, command.url, `${base}ended`).over
      expect([ended.body, ended.whole]).toEqual(['some', true])
    })

    test.for(['continued', 'twice', 'in-pieces'])('a 100 Continue is read over: %s', async name => {
      for (const options of [{}, { method: 'POST', body: 'an upload' }]) {
        const { status, body, whole } = await ask(protocol, command.url, base + name, options).over
        expect([status, body, whole]).toEqual([200, 'ok', true])
      }
    })

    test('a body that reads like a 100 Continue is none', async () => {
      const { body, whole } = await ask(protocol, command.url, `${base}looks-like-it`).over
      expect([body, whole]).toEqual([CONTINUE.repeat(2), true])
    })

    test('304 that says how long the body would be is an answer, and so is 204', async () => {
      const same = await ask(protocol, command.url, `${base}unchanged`).over
      expect([same.status, same.headers['etag'], same.whole]).toEqual([304, '"1"', true])
      const nothing = await ask(protocol, command.url, `${base}nothing-of-a-length`).over
      expect([nothing.status, nothing.body, nothing.whole]).toEqual([204, '', true])
    })

    test('a trailer that stands twice arrives twice', async () => {
      const { body, trailers } = await ask(protocol, command.url, `${base}trailers`).over
      expect([body, trailers['x-sum']]).toEqual(['ok', '1, 2'])
    })

    test('hints that speak of a length and of a connection are hints', async () => {
      const { interim, status, body } = await ask(protocol, command.url, `${base}hints-of-a-length`).over
      expect([interim, status, body]).toEqual([[103], 200, 'ok'])
    })

    test('40,000 bytes of headers pass; 70,000 are refused with the reason', async () => {
      const passed = await ask(protocol, command.url, `${base}forty-thousand`).over
      expect([passed.status, passed.headers['x-large']?.length]).toEqual([200, 40_000])
      const refused = await ask(protocol, command.url, `${base}seventy-thousand`).over
      expect([refused.status, refused.body]).toEqual([
        502,
        expect.stringContaining('ORY_PROXY_ANSWER_HEADERS'),
      ])
    })
  })
})

/**
 * nginx speaks it to a server that it stands in front of. Over HTTP/2 the end of an answer is never that of a connection;
 * over TLS that says of itself whether it is a regular one.
 */
test('an answer that is cut off looks whole to no client of HTTP/1.0', async () => {
  const front = await startCommand(rawUrl, rawUrl)
  const read = (name: string): Promise<string> =>
    rawBytes(front.url, `GET /${name} HTTP/1.0\r\nHost: localhost\r\n\r\n`).then(
      ({ body }) => body,
      error => error.code,
    )
  expect([await read('ended'), await read('cut'), await read('reset')]).toEqual([
    'some',
    'ECONNRESET',
    'ECONNRESET',
  ])
  await front.end('SIGTERM')
})
