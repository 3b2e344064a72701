import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import connect from 'connect'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createOryMiddleware, type OryMiddleware, silentLogger } from '../../src/index.js'
import { type FakeOry, startFakeOry } from '../_fake-ory.js'

const LISTED = 'https://app.test:8443'
const BELOW = 'https://a.b.shop.test'
const FOREIGN = [
  'https://evil.example',
  'https://app.test',
  'http://app.test:8443',
  'https://app.test:8443.evil.example',
  'https://shop.test',
  'https://evilshop.test',
  'null',
]

interface Side {
  readonly url: string
  close(): Promise<void>
}

let ory: FakeOry
let split: Side
let plain: Side

/** An app with opinions of its own about who may read it, written in the three ways there are. */
function app(req: IncomingMessage, res: ServerResponse): void {
  res.setHeader('Access-Control-Allow-Origin', '*')
  res.setHeader('vary', 'Accept-Encoding')
  if (req.url === '/api/raw') {
    res.writeHead(200, [
      'Access-Control-Allow-Origin',
      '*',
      'Access-Control-Allow-Methods',
      'GET',
      'x-app',
      'raw',
    ])
  } else if (req.url === '/api/object') {
    res.writeHead(200, 'fine', { 'access-control-allow-credentials': 'true', 'X-App': 'object' })
  } else {
    res.setHeader('X-App', 'implicit')
  }
  res.end('secret')
}

async function side(options: object): Promise<Side> {
  const middleware: OryMiddleware = await createOryMiddleware({
    sdkUrl: ory.url,
    logger: silentLogger,
    ...options,
  })
  const server: Server = createServer(connect().use(middleware).use(app))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      await middleware.close()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

beforeAll(async () => {
  ory = await startFakeOry()
  ory.on('/flow', (_req, res) => {
    const theirs = {
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'x',
      vary: 'Origin, Cookie',
    }
    res.writeHead(200, { 'content-type': 'application/json', ...theirs }).end('{}')
  })
  split = await side({
    allowedCorsOrigins: [LISTED, 'https://*.shop.test', 'http://localhost:3000/'],
    additionalCorsHeaders: ['X-Tenant'],
  })
  plain = await side({})
})
afterAll(() => Promise.all([split.close(), plain.close(), ory.close()]))

interface Answer {
  readonly status: number
  /** Every header, as often as it was sent. */
  readonly all: (name: string) => string[]
  readonly body: string
}

/** fetch() hides what this is about: it joins headers, and sets Origin itself. */
function ask(
  base: string,
  method: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(`${base}${path}`, { method, headers }, res => {
      let body = ''
      res.setEncoding('utf8').on('data', chunk => (body += chunk))
      res.on('end', () => {
        const all = (name: string): string[] => {
          const values: string[] = []
          for (let i = 0; i < res.rawHeaders.length; i += 2) {
            if (res.rawHeaders[i]!.toLowerCase() === name) values.push(res.rawHeaders[i + 1]!)
          }
          return values
        }
        resolve({ status: res.statusCode!, all, body })
      })
    })
    sent.on('error', reject)
    sent.end()
  })
}

const PATHS = ['/api/implicit', '/api/object', '/api/raw', '/.ory/flow', '/.ory/jwks.json']
const preflight = { 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'x-tenant' }

describe('listed origins read answers, with credentials', () => {
  const requests = [LISTED, BELOW, 'http://localhost:3000'].flatMap(origin =>
    PATHS.flatMap(path => ['GET', 'HEAD'].map(method => [method, path, origin] as const)),
  )
  test.for(requests)('%s %s from %s', async ([method, path, origin]) => {
    const { all, status } = await ask(split.url, method, path, { origin })
    expect(status).toBe(200)
    expect(all('access-control-allow-origin')).toEqual([origin])
    expect(all('access-control-allow-credentials')).toEqual(['true'])
    expect(all('vary')).toHaveLength(1)
    expect(all('vary')[0]).toMatch(/\bOrigin\b/)
    expect(all('access-control-allow-methods')).toEqual([])
    expect(all('access-control-expose-headers')).toEqual([])
  })
})

describe('other origins do not', () => {
  const requests = FOREIGN.flatMap(origin =>
    ['/api/implicit', '/.ory/flow'].map(path => [path, origin] as const),
  )
  test.for(requests)('%s from %s', async ([path, origin]) => {
    const { all } = await ask(split.url, 'GET', path, { origin })
    expect(all('access-control-allow-origin')).toEqual([])
    expect(all('access-control-allow-credentials')).toEqual([])
    expect(all('vary')).toHaveLength(1)
  })
})

describe('preflights are answered by us', () => {
  test.for([...PATHS.map(path => [path, LISTED] as const), ['/api/x', BELOW] as const])(
    '%s from %s',
    async ([path, origin]) => {
      const before = ory.heard.length
      const { status, all, body } = await ask(split.url, 'OPTIONS', path, { origin, ...preflight })
      expect([status, body]).toEqual([204, ''])
      expect(all('access-control-allow-origin')).toEqual([origin])
      expect(all('access-control-allow-credentials')).toEqual(['true'])
      expect(all('access-control-allow-methods')).toEqual(['GET, HEAD, POST, PUT, PATCH, DELETE'])
      expect(all('access-control-allow-headers')[0]!.split(', ')).toContain('X-Tenant')
      expect(all('access-control-max-age')).toHaveLength(1)
      expect(ory.heard.length).toBe(before)
    },
  )

  test.for(FOREIGN)('without leave for %s', async origin => {
    for (const path of ['/api/x', '/.ory/flow']) {
      const { status, all } = await ask(split.url, 'OPTIONS', path, { origin, ...preflight })
      expect(status).toBe(204)
      expect(all('access-control-allow-origin')).toEqual([])
      expect(all('access-control-allow-methods')).toEqual([])
    }
  })

  test('an OPTIONS that asks nothing is the app business', async () => {
    expect((await ask(split.url, 'OPTIONS', '/api/implicit', { origin: LISTED })).body).toBe('secret')
  })
})

describe('without a list there is one origin', () => {
  test('the headers of the app are its own business', async () => {
    const { all, body } = await ask(plain.url, 'GET', '/api/implicit', { origin: LISTED })
    expect([all('access-control-allow-origin'), all('vary'), body]).toEqual([
      ['*'],
      ['Accept-Encoding'],
      'secret',
    ])
    expect((await ask(plain.url, 'OPTIONS', '/api/implicit', { origin: LISTED, ...preflight })).body).toBe(
      'secret',
    )
  })

  test('nobody else reads what Ory answers', async () => {
    const { all } = await ask(plain.url, 'GET', '/.ory/flow', { origin: LISTED })
    expect(all('access-control-allow-origin')).toEqual([])
    const { status, all: preflighted } = await ask(plain.url, 'OPTIONS', '/.ory/flow', {
      origin: LISTED,
      ...preflight,
    })
    expect([status, preflighted('access-control-allow-origin')]).toEqual([204, []])
  })
})

test('our own origin needs no leave', async () => {
  const { all, status } = await ask(split.url, 'GET', '/.ory/flow', { origin: split.url })
  expect([status, all('access-control-allow-origin')]).toEqual([200, []])
})
