import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import connect from 'connect'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createOryMiddleware, type OryMiddleware, silentLogger } from '../../src/index.js'
import { type FakeOry, startFakeOry } from '../_fake-ory.js'
import { rawRequest } from '../_raw.js'

let ory: FakeOry
let middleware: OryMiddleware
let server: Server
let url: string

beforeEach(async () => {
  ory = await startFakeOry()
  middleware = await createOryMiddleware({ sdkUrl: ory.url, logger: silentLogger })
  server = createServer(connect().use(middleware))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  server.closeAllConnections()
  await middleware.close()
  await new Promise(resolve => server.close(resolve))
  await ory.close()
})

const serve = (path: string, headers: Record<string, string>, body: Buffer | string, status = 200): unknown =>
  ory.on(path, (_req, res) => {
    const length = body.length > 0 ? { 'content-length': Buffer.byteLength(body) } : {}
    res.writeHead(status, { ...length, ...headers }).end(body)
  })

describe('what speaks of Ory is rewritten', () => {
  const json = (): string => JSON.stringify({ ui: { action: `${ory.url}/self-service/login` }, ü: 'ü' })
  const codings: [string, (body: string) => Buffer][] = [
    ['identity', body => Buffer.from(body)],
    ['gzip', body => gzipSync(body)],
    ['x-gzip', body => gzipSync(body)],
    ['br', body => brotliCompressSync(body)],
    ['deflate', body => deflateSync(body)],
    ['deflate', body => deflateRawSync(Buffer.from(body))],
    ['gzip, br', body => brotliCompressSync(gzipSync(body))],
  ]

  test.for(codings)('in %s', async ([coding, encode]) => {
    serve(
      '/flow',
      { 'content-type': 'application/json', 'content-encoding': coding, etag: '"1"' },
      encode(json()),
    )
    const response = await fetch(`${url}/.ory/flow`)
    const text = await response.text()
    expect(JSON.parse(text)).toEqual({ ui: { action: `${url}/.ory/self-service/login` }, ü: 'ü' })
    expect(response.headers.get('content-encoding')).toBeNull()
    expect(response.headers.get('etag')).toBeNull()
    expect(response.headers.get('content-length')).toBe(String(Buffer.byteLength(text)))
  })

  test('in ten megabytes', async () => {
    const links = Array.from(
      { length: 100_000 },
      (_, i) => `${ory.url}/self-service/login/flows?id=${i}-${'x'.repeat(50)}`,
    )
    serve('/big', { 'content-type': 'application/json' }, JSON.stringify(links))
    const answer = (await (await fetch(`${url}/.ory/big`)).json()) as string[]
    expect(answer).toHaveLength(100_000)
    expect(answer.every(link => link.startsWith(`${url}/.ory/`))).toBe(true)
  })

  test('in HTML', async () => {
    serve('/page', { 'content-type': 'text/html; charset=utf-8' }, `<a href="${ory.url}/ui/login">in</a>`)
    expect(await (await fetch(`${url}/.ory/page`)).text()).toBe(`<a href="${url}/.ory/ui/login">in</a>`)
  })
})

describe('everything else passes as it came', () => {
  test('scripts, whose integrity hash must hold', async () => {
    const script = `export const ory = '${'http://127.0.0.1'}'; // ${ory.url}`
    serve('/webauthn.js', { 'content-type': 'text/javascript' }, script)
    expect(await (await fetch(`${url}/.ory/webauthn.js`)).text()).toBe(script)
  })

  test('a compressed bomb, without being unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024))
    serve('/bomb', { 'content-type': 'application/json', 'content-encoding': 'gzip' }, bomb)
    const { head } = await rawRequest(url, '/.ory/bomb')
    expect(head.toLowerCase()).toContain('content-encoding: gzip')
    expect(head.toLowerCase()).toContain(`content-length: ${bomb.length}`)
  })

  test.for(['gzip', 'br', 'compress'])('a body that is no %s', async coding => {
    serve('/broken', { 'content-type': 'application/json', 'content-encoding': coding }, 'not compressed')
    expect((await rawRequest(url, '/.ory/broken')).body).toBe('not compressed')
  })

  test('bytes that are no UTF-8', async () => {
    const bytes = Buffer.from([0x7b, 0xff, 0xfe, 0x7d])
    serve('/latin', { 'content-type': 'text/html; charset=iso-8859-1' }, bytes)
    expect(Buffer.from(await (await fetch(`${url}/.ory/latin`)).arrayBuffer())).toEqual(bytes)
  })

  test.for([{}, { 'content-length': String(17 * 1024 * 1024) }])(
    'more than the limit, as a stream: %j',
    async length => {
      const whole = `"${ory.url}${'x'.repeat(17 * 1024 * 1024 - ory.url.length - 2)}"`
      let finish = (): void => {}
      ory.on('/huge', (_req, res) => {
        res.writeHead(200, { 'content-type': 'application/json', ...length }).write(whole.slice(0, -1))
        finish = () => res.end('"')
      })
      const response = await fetch(`${url}/.ory/huge`) // before Ory is done
      finish()
      expect((await response.text()) === whole, 'as it came').toBe(true)
    },
  )

  test('HEAD and 304', async () => {
    serve('/head', { 'content-type': 'text/css', 'content-length': '7', etag: '"1"' }, '')
    const { headers } = await fetch(`${url}/.ory/head`, { method: 'HEAD' })
    expect([headers.get('content-length'), headers.get('etag')]).toEqual(['7', '"1"'])
    serve('/rewritten', { 'content-type': 'application/json', 'content-length': '7', etag: '"1"' }, '')
    const rewritten = await fetch(`${url}/.ory/rewritten`, { method: 'HEAD' })
    expect([rewritten.headers.get('content-length'), rewritten.headers.get('etag')]).toEqual([null, null])
    serve('/cached', { 'content-type': 'application/json', etag: '"1"' }, '', 304)
    const cached = await rawRequest(url, '/.ory/cached')
    expect(cached.status).toBe(304)
    expect(cached.head).toContain('"1"')
  })
})

describe('framing', () => {
  test.for(['POST', 'DELETE', 'OPTIONS', 'GET'])('%s with a chunked body arrives whole', async method => {
    const chunked = ['Transfer-Encoding: chunked', 'Content-Type: text/plain']
    const body = '5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n'
    const { status } = await rawRequest(url, '/.ory/submit', { method, headers: chunked, body })
    expect(status).toBe(200)
    expect(ory.heard.at(-1)).toMatchObject({ method, body: 'hello world' })
    expect(ory.heard).toHaveLength(1)
  })

  test.for([
    ['Content-Length: 11', 'hello world'],
    ['Transfer-Encoding: chunked', '5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n'],
  ])('Connection takes no frame off a body: %s', async ([frame = '', body = '']) => {
    const headers = [frame, 'Connection: content-length, transfer-encoding, host']
    expect((await rawRequest(url, '/.ory/submit', { method: 'POST', headers, body })).status).toBe(200)
    expect(ory.heard.at(-1)).toMatchObject({ body: 'hello world' })
  })

  test('hop-by-hop headers, and those that Connection names, stay here', async () => {
    await rawRequest(url, '/.ory/x', {
      headers: [
        'TE: trailers',
        'Keep-Alive: 5',
        'Proxy-Authorization: secret',
        'Connection: x-named',
        'X-Named: 1',
        'X-Forwarded-Host: evil',
      ],
    })
    const { headers } = ory.heard.at(-1)!
    for (const name of ['te', 'keep-alive', 'proxy-authorization', 'x-named', 'x-forwarded-host']) {
      expect(headers).not.toHaveProperty(name)
    }
  })

  test('what an answer says about another server, or its connection, stays there', async () => {
    ory.on('/x', (_req, res) => {
      res.setHeader('alt-svc', 'h3=":443"')
      res.setHeader('x-named', '1').setHeader('connection', 'close, x-named')
      res.setHeader('access-control-allow-origin', '*').end('x')
    })
    const { head } = await rawRequest(url, '/.ory/x')
    expect(head).not.toMatch(/^(?:alt-svc|x-named|access-control-allow-origin):/im)
  })

  test.for([
    '/.ory/../admin',
    '/.ory/%2e%2e/admin',
    '/.ory/a/..%2fadmin',
    '/.ory/a\\..\\admin',
    '/.ory/.%2E',
    '/.ory/a%5c..',
    '/.ory/%252e%252e/x',
    '/.ory/a%252f..%252Fadmin',
    '/.ory/%25252525252e/x',
  ])('%s is refused', async path => {
    expect((await rawRequest(url, path)).status).toBe(400)
    expect(ory.heard).toHaveLength(0)
  })

  test.for(['/a%2Fb', '/a%252Fb', '/a%20b', '/a..b/%2e%2e.'])('/.ory%s is passed on as it is', async path => {
    expect((await rawRequest(url, `/.ory${path}`)).status).toBe(200)
    expect(ory.heard.map(heard => heard.url)).toEqual([path])
  })

  test.for(['http://127.0.0.1/.ory/x', 'ory.example:443', '\\evil'])(
    'a target like %s is refused',
    async target => {
      expect((await rawRequest(url, target)).status).toBe(400)
    },
  )

  test('two Host headers are refused', async () => {
    const { status } = await rawRequest(url, '/.ory/x', { headers: ['Host: evil.example'] })
    expect(status).toBe(400)
  })
})

describe('an Ory that breaks off', () => {
  test('down: 502 with what to do, as a page or as JSON', async () => {
    await ory.close()
    const page = await fetch(`${url}/.ory/ui/login`, { headers: { accept: 'text/html' } })
    expect(page.status).toBe(502)
    expect(await page.text()).toContain(ory.url)
    const json = await fetch(`${url}/.ory/sessions/whoami`)
    expect(json.status).toBe(502)
    expect(await json.json()).toMatchObject({
      error: { id: 'ORY_PROXY_UNREACHABLE', hint: expect.any(String) },
    })
    ory = await startFakeOry(Number(new URL(ory.url).port))
    expect((await fetch(`${url}/.ory/back`)).status).toBe(200)
  })

  test('in the middle of a stream: the client sees that it is cut', async () => {
    ory.on('/cut', (_req, res) => {
      res.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': '100' })
      res.write('some')
      setTimeout(() => res.destroy(), 50)
    })
    await expect(fetch(`${url}/.ory/cut`).then(r => r.text())).rejects.toThrow()
  })

  test('in the middle of a body to rewrite: 502, not half of it', async () => {
    ory.on('/cut', (_req, res) => {
      res.writeHead(200, { 'content-type': 'application/json' })
      res.write('{"half":')
      setTimeout(() => res.destroy(), 50)
    })
    expect((await fetch(`${url}/.ory/cut`)).status).toBe(502)
  })

  test('a client that leaves is noticed at Ory', async () => {
    let left = false
    ory.on('/slow', req => {
      req.socket.once('close', () => {
        left = true
      })
    })
    const leaving = request(`${url}/.ory/slow`).on('error', () => {})
    leaving.end()
    await expect.poll(() => ory.heard.length).toBe(1)
    leaving.destroy()
    await expect.poll(() => left).toBe(true)
  })
})

test('the served keys have no private member', async () => {
  for (const path of ['/.ory/jwks.json', '/.ory/proxy/jwks.json']) {
    const { keys } = (await (await fetch(url + path)).json()) as { keys: Record<string, unknown>[] }
    expect(keys).toHaveLength(1)
    expect(Object.keys(keys[0]!).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
  }
  expect((await fetch(`${url}/.ory/jwks.json`, { method: 'POST' })).status).toBe(405)
})

test('the older path of Ory is an alias', async () => {
  await fetch(`${url}/.ory/api/kratos/public/self-service/login/api`)
  expect(ory.heard.at(-1)!.url).toBe('/self-service/login/api')
})
