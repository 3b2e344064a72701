import { once } from 'node:events'
import { get, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { type ClientHttp2Session, connect } from 'node:http2'
import { get as getSecure } from 'node:https'
import { connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { test as base, describe, expect } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { type Bundle, createSelfSigned } from '../../src/tls/certificate.js'
import { createPlainEntry, createSecureEntry, type Entry, type EntryOptions } from '../../src/tls/server.js'

type Handler = EntryOptions['onRequest']

interface Fixtures {
  bundle: Bundle
  /** Starts an entry on a free port of 127.0.0.1, closed after the test. */
  secure: (onRequest: Handler, more?: { isAllowedHost?: (host: string) => boolean }) => Promise<Started>
  plain: (onRequest: Handler) => Promise<Started>
}

interface Started {
  readonly entry: Entry
  readonly port: number
}

const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of the fixtures from the pattern
  bundle: async ({}, use) => {
    const hosts = ['localhost', '127.0.0.1', '::1']
    await use(await createSelfSigned({ hosts, owner: 'test', now: new Date() }))
  },
  secure: async ({ bundle }, use) => {
    const entries: Entry[] = []
    await use(async (onRequest, more = {}) => {
      const entry = createSecureEntry({ key: bundle.key, cert: bundle.cert, onRequest, ...more })
      entries.push(entry)
      return { entry, port: (await entry.listen(0, '127.0.0.1')).port }
    })
    await Promise.all(entries.map(entry => entry.close(0)))
  },
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of the fixtures from the pattern
  plain: async ({}, use) => {
    const entries: Entry[] = []
    await use(async onRequest => {
      const entry = createPlainEntry({ onRequest })
      entries.push(entry)
      return { entry, port: (await entry.listen(0, '127.0.0.1')).port }
    })
    await Promise.all(entries.map(entry => entry.close(0)))
  },
})

interface Answer {
  readonly headers: Record<string, unknown>
  readonly body: string
  readonly trailers: Record<string, unknown>
}

/** One HTTP/2 request on a connection of its own. */
async function h2(
  port: number,
  ca: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<Answer> {
  const session = connect(`https://127.0.0.1:${port}`, { ca })
  try {
    return await h2On(session, headers, body)
  } finally {
    session.close()
  }
}

async function h2On(
  session: ClientHttp2Session,
  headers: Record<string, string>,
  body?: string,
): Promise<Answer> {
  const stream = session.request(headers)
  stream.end(body)
  let trailers: Record<string, unknown> = {}
  stream.on('trailers', received => {
    trailers = received
  })
  const [answer] = await once(stream, 'response')
  let text = ''
  for await (const chunk of stream) text += chunk
  return { headers: answer, body: text, trailers }
}

async function read(res: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of res) text += chunk
  return text
}

async function http1(
  port: number,
  options: { ca?: string; headers?: Record<string, string>; path?: string } = {},
) {
  const target = { host: '127.0.0.1', port, agent: false as const, ...options }
  const [res] = (await once(options.ca ? getSecure(target) : get(target), 'response')) as [IncomingMessage]
  return { status: res.statusCode, version: res.httpVersion, headers: res.headers, body: await read(res) }
}

/** Errors that nobody caught while `work` ran; the test runner would only report them at the very end. */
async function uncaughtDuring(work: () => Promise<unknown>): Promise<unknown[]> {
  const seen: unknown[] = []
  const note = (error: unknown): void => void seen.push(error)
  const others = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException').on('uncaughtException', note)
  try {
    await work()
    await new Promise(setImmediate)
  } finally {
    process.off('uncaughtException', note)
    for (const other of others) process.on('uncaughtException', other)
  }
  return seen
}

describe('one port', () => {
  test('answers HTTP/2, with the authority as Host', async ({ secure, bundle }) => {
    const { port } = await secure((req, res) => res.end(`${req.httpVersion} ${req.headers.host}`))
    expect(await h2(port, bundle.cert)).toMatchObject({
      headers: { ':status': 200 },
      body: `2.0 127.0.0.1:${port}`,
    })
  })

  test('answers HTTP/1.1 over TLS', async ({ secure, bundle }) => {
    const { port } = await secure((req, res) => res.end(`${req.httpVersion} ${req.headers.host}`))
    expect(await http1(port, { ca: bundle.cert })).toMatchObject({
      status: 200,
      body: `1.1 127.0.0.1:${port}`,
    })
  })

  test('reads a body of a megabyte over either', async ({ secure, bundle }) => {
    const { port } = await secure(async (req, res) => void res.end(String((await read(req)).length)))
    const body = 'x'.repeat(1 << 20)
    expect((await h2(port, bundle.cert, { ':method': 'POST' }, body)).body).toBe(String(1 << 20))
  })

  test('serves 50 streams at once on one connection', async ({ secure, bundle }) => {
    const { port } = await secure((req, res) => void setImmediate(() => res.end(req.url)))
    const session = connect(`https://127.0.0.1:${port}`, { ca: bundle.cert })
    const paths = Array.from({ length: 50 }, (_, i) => `/${i}`)
    const answers = await Promise.all(paths.map(path => h2On(session, { ':path': path })))
    session.close()
    expect(answers.map(answer => answer.body)).toEqual(paths)
  })

  test.for(['localhost', '127.0.0.1'])(
    'listens on both loopback addresses as %s',
    async (name, { bundle }) => {
      const entry = createSecureEntry({
        key: bundle.key,
        cert: bundle.cert,
        onRequest: (_req, res) => res.end('both'),
      })
      const { port } = await entry.listen(0, name)
      for (const host of ['127.0.0.1', '::1']) {
        // Node 22.23.3 finds no IPv6 address in any certificate (https://github.com/nodejs/node: `checkServerIdentity`).
        const to = { host, port, servername: 'localhost', ca: bundle.cert, agent: false }
        const [res] = await once(getSecure(to), 'response')
        expect(await read(res)).toBe('both')
      }
      await entry.close(0)
    },
  )

  test('listens on no other address than the one it is told', async () => {
    const entry = createPlainEntry({ onRequest: (_req, res) => res.end() })
    const { port } = await entry.listen(0, '::1')
    const [error] = await once(connectTcp({ port, host: '127.0.0.1' }), 'error')
    expect(error).toMatchObject({ code: 'ECONNREFUSED' })
    await entry.close(0)
  })

  test.for(['plain', 'secure'] as const)(
    'an answer that closes, %s, reaches a client that reads only when all is sent',
    async (kind, { bundle, plain, secure }) => {
      const { port } = await (kind === 'secure' ? secure : plain)((_req, res) => {
        res.writeHead(413, { connection: 'close' }).end('too large')
      })
      const options = { host: '127.0.0.1', port, ca: bundle.cert }
      const client = kind === 'secure' ? connectTls(options) : connectTcp(options)
      const errors: unknown[] = []
      client.on('error', error => errors.push(error))
      await once(client, kind === 'secure' ? 'secureConnect' : 'connect')
      client.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 33554432\r\n\r\n')
      for (let sent = 0; sent < 32; sent++) {
        const part = Buffer.alloc(1 << 20, 'x')
        await new Promise(resolve => client.write(part, resolve))
      }
      let text = ''
      client.on('data', chunk => (text += chunk))
      await once(client, 'close')
      expect([errors, text.split('\r\n')[0], text.includes('too large')]).toEqual([
        [],
        'HTTP/1.1 413 Payload Too Large',
        true,
      ])
    },
  )

  test('says which port is taken', async ({ secure, plain }) => {
    const { port } = await secure((_req, res) => res.end())
    const entry = createPlainEntry({ onRequest: (_req, res) => res.end() })
    await expect(entry.listen(port, 'localhost')).rejects.toMatchObject({
      code: 'ORY_PROXY_PORT_TAKEN',
      message: `port ${port} on localhost is taken`,
    })
    expect((await plain((_req, res) => res.end())).port).not.toBe(port)
  })

  test.for(['hello\r\n\r\n', '\u0000\u0001', '\u0016\u0003\u0001\u0000\u0001x', ''])(
    'outlives a client that sends %j',
    async (bytes, { secure, bundle }) => {
      const { port } = await secure((_req, res) => res.end('alive'))
      const socket = connectTcp(port, '127.0.0.1')
      socket.on('error', () => {})
      socket.end(bytes, 'latin1')
      socket.resume()
      await once(socket, 'close')
      expect((await h2(port, bundle.cert)).body).toBe('alive')
    },
  )
})

describe('what an upstream answers never breaks an HTTP/2 answer', () => {
  const HEADERS: [string, string | string[]][] = [
    ['Connection', 'keep-alive'],
    ['Connection', 'upgrade'],
    ['Connection', ['close', 'x-private']],
    ['Keep-Alive', 'timeout=5'],
    ['Proxy-Connection', 'keep-alive'],
    ['Transfer-Encoding', 'chunked'],
    ['Upgrade', 'websocket'],
    ['HTTP2-Settings', 'AAMAAABkAAQAAP__'],
    ['TE', 'gzip'],
    ['Content-Type', ['text/plain', 'text/html']],
    ['ETag', ['"a"', '"b"']],
    ['X-Content-Type-Options', ['nosniff', 'nosniff']],
  ]
  const WAYS: Record<string, (res: ServerResponse, name: string, value: string | string[]) => void> = {
    setHeader: (res, name, value) => void res.setHeader(name, value),
    appendHeader: (res, name, value) => void res.appendHeader(name, value),
    'writeHead with an object': (res, name, value) => void res.writeHead(200, { [name]: value }),
    'writeHead with a reason': (res, name, value) => void res.writeHead(200, 'Fine', { [name]: value }),
    'writeHead with a list': (res, name, value) =>
      void res.writeHead(
        200,
        [value].flat().flatMap(single => [name, single]),
      ),
  }
  const CASES = Object.keys(WAYS).flatMap(way => HEADERS.map(([name, value]) => ({ way, name, value })))

  test.for(CASES)('$name: $value through $way', async ({ way, name, value }, { secure, bundle }) => {
    const { port } = await secure((_req, res) => {
      WAYS[way]?.(res, name, value)
      res.end('body')
    })
    const uncaught = await uncaughtDuring(async () => {
      const answer = await h2(port, bundle.cert)
      expect(answer).toMatchObject({ headers: { ':status': 200 }, body: 'body' })
      const isEndToEnd = Array.isArray(value) && name !== 'Connection'
      expect(answer.headers[name.toLowerCase()]).toBe(isEndToEnd ? value.join(', ') : undefined)
    })
    expect(uncaught).toEqual([])
  })

  test('what Connection lists goes too, whichever comes first', async ({ secure, bundle }) => {
    const { port } = await secure((_req, res) => {
      res.setHeader('x-before', '1')
      res.writeHead(200, { connection: 'close, X-Before, x-after', 'X-After': '1', 'x-stays': '1' })
      res.end()
    })
    const { headers } = await h2(port, bundle.cert)
    expect(headers).toMatchObject({ 'x-stays': '1' })
    expect(headers).not.toHaveProperty('x-before')
    expect(headers).not.toHaveProperty('x-after')
  })

  test('several cookies stay several', async ({ secure, bundle }) => {
    const { port } = await secure((_req, res) => {
      res.appendHeader('set-cookie', 'a=1')
      res.appendHeader('Set-Cookie', 'b=2')
      res.end()
    })
    expect((await h2(port, bundle.cert)).headers['set-cookie']).toEqual(['a=1', 'b=2'])
  })

  test.for([
    [200, 200],
    [204, 204],
    [304, 304],
    [418, 418],
    [599, 599],
    [101, 502],
    [103, 502],
    [600, 502],
    [999, 502],
  ])('a status of %d arrives as %d', async ([given, seen], { secure, bundle }) => {
    const { port } = await secure((req, res) => {
      if (req.url === '/property') res.statusCode = given as number
      else res.writeHead(given as number)
      res.end()
    })
    const uncaught = await uncaughtDuring(async () => {
      for (const path of ['/property', '/writeHead'])
        expect((await h2(port, bundle.cert, { ':path': path })).headers[':status']).toBe(seen)
    })
    expect(uncaught).toEqual([])
  })

  test('a reason phrase is dropped without a warning', async ({ secure, bundle }) => {
    const warnings: Error[] = []
    const note = (warning: Error): void => void warnings.push(warning)
    process.on('warning', note)
    const { port } = await secure((_req, res) => {
      res.statusMessage = 'Fine'
      res.writeHead(200, res.statusMessage, { 'x-seen': 'yes' })
      res.end()
    })
    expect((await h2(port, bundle.cert)).headers).toMatchObject({ 'x-seen': 'yes' })
    await new Promise(setImmediate)
    process.off('warning', note)
    expect(warnings).toEqual([])
  })

  test('trailers of one connection are dropped, others arrive', async ({ secure, bundle }) => {
    const { port } = await secure((_req, res) => {
      res.write('body')
      res.addTrailers({ 'Keep-Alive': 'timeout=5', 'x-checksum': 'abc' })
      res.end()
    })
    const uncaught = await uncaughtDuring(async () => {
      const { trailers } = await h2(port, bundle.cert)
      expect(trailers).toMatchObject({ 'x-checksum': 'abc' })
      expect(trailers).not.toHaveProperty('keep-alive')
    })
    expect(uncaught).toEqual([])
  })
})

describe('plain http on the https port', () => {
  test.for([
    ['/a/b?c=d', '/a/b?c=d'],
    ['//evil.example/x', '//evil.example/x'],
    ['http://evil.example/x', '/'],
  ])('%s is sent to https on the same host, path %s', async ([path, expected], { secure }) => {
    const { port } = await secure((_req, res) => res.end('never'))
    const { status, headers } = await http1(port, {
      path: path as string,
      headers: { host: `localhost:${port}` },
    })
    expect({ status, location: headers.location }).toEqual({
      status: 307,
      location: `https://localhost:${port}${expected}`,
    })
  })

  test('a posted form is redirected with its method', async ({ secure }) => {
    const { port } = await secure((_req, res) => res.end('never'))
    const posting = request({ host: '127.0.0.1', port, method: 'POST', agent: false })
    posting.end('a=1')
    const [res] = (await once(posting, 'response')) as [IncomingMessage]
    expect(res.statusCode).toBe(307)
    res.resume()
  })

  test.for([
    'evil.example',
    'localhost.evil.example',
    'localhost/../evil',
    'evil.example:443',
    'a@localhost',
  ])('no redirect to a Host of %j', async (host, { secure }) => {
    const { port } = await secure((_req, res) => res.end('never'))
    const { status, headers } = await http1(port, { headers: { host } })
    expect({ status, location: headers.location }).toEqual({ status: 426, location: undefined })
    expect(headers.upgrade).toBe('TLS/1.2, HTTP/1.1')
  })

  test('an allowed host of the caller is redirected to', async ({ secure }) => {
    const { port } = await secure((_req, res) => res.end('never'), {
      isAllowedHost: host => host === 'app.test',
    })
    expect((await http1(port, { headers: { host: 'app.test' } })).headers.location).toBe('https://app.test/')
    expect((await http1(port, { headers: { host: 'localhost' } })).status).toBe(426)
  })
})

describe('WebSockets', () => {
  async function echo(url: string, options: { ca?: string }): Promise<string> {
    const socket = new WebSocket(url, options)
    await once(socket, 'open')
    socket.send('hello')
    const [message] = await once(socket, 'message')
    socket.terminate()
    return String(message)
  }

  function echoOn(entry: Entry): void {
    const sockets = new WebSocketServer({ noServer: true })
    sockets.on('connection', socket => void socket.on('message', data => socket.send(String(data))))
    entry.server.on('upgrade', (req, socket, head) =>
      sockets.handleUpgrade(req, socket, head, opened => void sockets.emit('connection', opened)),
    )
  }

  test('go over TLS', async ({ secure, bundle }) => {
    const { entry, port } = await secure((_req, res) => res.end())
    echoOn(entry)
    expect(await echo(`wss://127.0.0.1:${port}`, { ca: bundle.cert })).toBe('hello')
  })

  test('go without TLS', async ({ plain }) => {
    const { entry, port } = await plain((_req, res) => res.end())
    echoOn(entry)
    expect(await echo(`ws://127.0.0.1:${port}`, {})).toBe('hello')
  })

  test('do not keep an entry from closing', async ({ secure, bundle }) => {
    const { entry, port } = await secure((_req, res) => res.end())
    echoOn(entry)
    const socket = new WebSocket(`wss://127.0.0.1:${port}`, { ca: bundle.cert })
    await once(socket, 'open')
    const closed = once(socket, 'close')
    await entry.close(60_000)
    expect((await closed)[0]).toBe(1006)
  })
})

describe('closing', () => {
  const clients = {
    'HTTP/2': (port: number, ca: string) => h2(port, ca).then(answer => answer.body),
    'HTTP/1.1': (port: number, ca: string) => http1(port, { ca }).then(answer => answer.body),
  }

  test.for(Object.entries(clients))('lets an answer over %s end', async ([, ask], { secure, bundle }) => {
    let finish = (): void => {}
    let started = (): void => {}
    const underWay = new Promise<void>(resolve => {
      started = resolve
    })
    const { entry, port } = await secure((_req, res) => {
      res.write('first ')
      finish = () => res.end('last')
      started()
    })
    const answer = ask(port, bundle.cert)
    await underWay
    const closed = entry.close(60_000)
    await expect(connectAndWait(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    finish()
    expect(await answer).toBe('first last')
    await closed
  })

  test.for(Object.entries(clients))(
    'cuts off an endless one over %s',
    async ([, ask], { secure, bundle }) => {
      let started = (): void => {}
      const underWay = new Promise<void>(resolve => {
        started = resolve
      })
      const { entry, port } = await secure((_req, res) => {
        res.write('for ever')
        started()
      })
      const answer = ask(port, bundle.cert).then(
        () => 'ended',
        () => 'cut off',
      )
      await underWay
      await entry.close(50)
      expect(await answer).toMatch(/ended|cut off/)
    },
  )

  test('does not wait for clients that only hold a connection', async ({ secure, plain, bundle }) => {
    const entries = [await secure((_req, res) => res.end()), await plain((_req, res) => res.end())]
    for (const { entry, port } of entries) {
      const silent = connectTcp(port, '127.0.0.1')
      await once(silent, 'connect')
      silent.on('error', () => {})
      await entry.close(60_000)
      silent.destroy()
    }
    const { entry, port } = await secure((_req, res) => res.end())
    const session = connect(`https://127.0.0.1:${port}`, { ca: bundle.cert })
    await h2On(session, {})
    await entry.close(60_000)
    expect(session.closed || session.destroyed).toBe(true)
  })

  async function connectAndWait(port: number): Promise<void> {
    const socket = connectTcp(port, '127.0.0.1')
    await once(socket, 'connect')
    socket.destroy()
  }
})
