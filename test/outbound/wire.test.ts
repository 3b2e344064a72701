import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect } from 'node:http2'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type FakeOry, startFakeOry } from '../_fake-ory.js'
import { rawBytes } from '../_raw.js'
import { startCommand } from '../faults/_command.js'
import { type AskOptions, ask, PROTOCOLS, type Protocol } from './_protocols.js'
import { type Front, startWeakFront } from './_weak-front.js'

/** A request as the app, or Ory, met it. */
interface Met {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  body: string
  /** It came to its end. */
  whole: boolean
  over: boolean
}

let met: Met[] = []
const at = (url: string): Met | undefined => met.find(one => one.url === url)

/** What the app does at each path; anywhere else it reads the request and says what it read. */
const ROUTES: Record<string, (req: IncomingMessage, res: ServerResponse) => void> = {
  '/silent': () => {},
  '/events': (_req, res) =>
    void res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n'),
  '/early': (_req, res) => void res.writeHead(413, { connection: 'close' }).end('too large'),
  '/large': (_req, res) => void res.writeHead(200, { 'x-large': 'x'.repeat(40_000) }).end('large'),
  '/too-large': (_req, res) => void res.writeHead(200, { 'x-large': 'x'.repeat(70_000) }).end('large'),
  '/trailers': (_req, res) => {
    res.writeHead(200, { trailer: 'x-sum' }).write('whole')
    res.addTrailers({ 'x-sum': '1' })
    res.end()
  },
  '/hints': (_req, res) =>
    res.writeEarlyHints({ link: '</style.css>; rel=preload' }, () => void res.end('whole')),
  '/hop': (_req, res) =>
    void res.writeHead(200, { connection: 'x-hop', 'x-hop': '1', 'keep-alive': 'timeout=9' }).end('hop'),
  '/cut': (_req, res) => {
    res.writeHead(200, { 'content-length': '100' }).write('some')
    setTimeout(() => res.destroy(), 50)
  },
}

function meet(req: IncomingMessage, res: ServerResponse): void {
  const { method = '', url = '', headers } = req
  const one: Met = { method, url, headers, body: '', whole: false, over: false }
  met.push(one)
  res.on('close', () => {
    one.over = true
  })
  req.on('data', chunk => {
    one.body += chunk
  })
  req.on('error', () => {})
  req.on('end', () => {
    one.whole = true
  })
  const route = ROUTES[url.split('?', 1)[0]!]
  if (route) return route(req, res)
  req.on('end', () => res.end(JSON.stringify(one)))
}

const app = createServer({ keepAliveTimeout: 30_000 }, meet)
app.on(
  'clientError',
  (_error, socket) => void socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'),
)
let ory: FakeOry
let ours: Front
let appUrl: string
let weak: Front

beforeAll(async () => {
  await new Promise<void>(resolve => app.listen(0, '127.0.0.1', resolve))
  appUrl = `http://127.0.0.1:${(app.address() as AddressInfo).port}`
  ory = await startFakeOry()
  const command = await startCommand(appUrl, ory.url, '--dont-install-cert')
  ours = { origin: command.url, said: command.output, close: () => command.end('SIGTERM') }
  weak = await startWeakFront(appUrl, ory.url)
})
afterAll(async () => {
  await Promise.all([ours?.close(), weak?.close()])
  app.closeAllConnections()
  app.close()
  await ory.close()
})
beforeEach(() => {
  met = []
})

const HIDDEN = 'GET /smuggled HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer forged\r\n\r\n'

/**
 * Asks for /me with each cookie. Over HTTP/2 on one connection, as 700 handshakes would keep this process, and the Ory
 * in it, from answering.
 */
const askAtOnce: Record<Protocol, (origin: string, cookies: string[]) => Promise<string[]>> = {
  'HTTP/1.1': (origin, cookies) =>
    Promise.all(cookies.map(async cookie => (await fetch(`${origin}/me`, { headers: { cookie } })).text())),
  async 'HTTP/2'(origin, cookies) {
    const session = connect(origin, { rejectUnauthorized: false })
    const bodies = cookies.map(async cookie => {
      const stream = session.request({ ':path': '/me', cookie }).setEncoding('utf8')
      return (await stream.toArray()).join('')
    })
    return Promise.all(bodies).finally(() => session.destroy())
  },
}

/** Whether the app met anything but the one request, or that one without its body. */
async function isSmuggled(front: Front, protocol: Protocol, method: string): Promise<boolean> {
  met = []
  await Promise.race([ask(protocol, front.origin, '/framed', { method, body: HIDDEN }).over, pause(3000)])
  await ask(protocol, front.origin, '/after').over
  await expect.poll(() => at('/framed')?.over ?? true, { timeout: 5000 }).toBe(true)
  const urls = met.map(({ url }) => url)
  return urls.join() !== '/framed,/after' || (method !== 'HEAD' && at('/framed')?.body !== HIDDEN)
}

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

/** Over HTTP/1.1 a body says how long it is, and Node's client keeps to that. */
test.for([
  ['HTTP/1.1', false],
  ['HTTP/2', true],
] as const)(
  'with a proxy of the usual kind a body over %s may become a request of its own: %s',
  async ([protocol, harmed]) => {
    expect(await isSmuggled(weak, protocol, 'DELETE')).toBe(harmed)
  },
)

describe.each(PROTOCOLS)('over %s', protocol => {
  const METHODS = ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY', 'POST', 'PATCH']
  test.for(METHODS)('%s with a body of no stated length is one request', async method => {
    expect(await isSmuggled(ours, protocol, method)).toBe(false)
  })

  const LEAVING: readonly [string, AskOptions, string][] = [
    ['while nothing is answered', {}, ''],
    [
      'in the middle of an upload of stated length',
      { method: 'POST', headers: { 'content-length': '5000' } },
      'half',
    ],
    ['in the middle of an upload without a length', { method: 'POST' }, 'half'],
    ['after the whole upload', { method: 'POST', body: 'whole' }, ''],
  ]
  test.for(LEAVING)('a client that leaves %s is gone for the app', async ([, options, half]) => {
    const asked = ask(protocol, ours.origin, '/silent', options)
    if (half) asked.upload.write(half)
    await expect.poll(() => at('/silent')?.body).toBe(half || (options.body ?? ''))
    asked.leave()
    await expect.poll(() => at('/silent')?.over).toBe(true)
    await asked.over
  })

  test.for(LEAVING)('a client that leaves %s is gone for Ory', async ([, options, half]) => {
    let over = false
    let begun = ''
    const server = createServer((req, res) => {
      if (req.url === '/sessions/whoami') return void res.writeHead(401).end('{}')
      req.on('data', chunk => {
        begun += chunk
      })
      req.on('error', () => {})
      begun += '>'
      res.on('close', () => {
        over = true
      })
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const command = await startCommand(ours.origin, `http://127.0.0.1:${port}`, '--dont-install-cert')
    const asked = ask(protocol, command.url, '/.ory/long-poll', options)
    if (half) asked.upload.write(half)
    await expect.poll(() => begun).toBe(`>${half || (options.body ?? '')}`)
    asked.leave()
    await expect.poll(() => over).toBe(true)
    await command.end('SIGTERM')
    server.closeAllConnections()
    server.close()
  })

  test('an event stream that is left is left for the app', async () => {
    const asked = ask(protocol, ours.origin, '/events')
    await expect.poll(() => asked.heard.body).toBe('data: 1\n\n')
    asked.leave()
    await expect.poll(() => at('/events')?.over).toBe(true)
  })

  test('a body that breaks off while it is asked who sends it never arrives, and nobody else is it', async () => {
    let release = (): void => {}
    const held = new Promise<void>(resolve => {
      release = resolve
    })
    const undo = ory.on('/sessions/whoami', (_req, res) => void held.then(() => res.writeHead(401).end('{}')))
    const leaving = ask(protocol, ours.origin, '/owed', {
      method: 'POST',
      headers: { 'content-length': '5000', cookie: `slow=${protocol}` },
    })
    leaving.upload.write('half')
    await expect.poll(() => ory.whoami().length).toBeGreaterThan(0)
    leaving.leave()
    await leaving.over
    release()
    undo()
    const cookie = ory.signIn('ada@example.com')
    for (let i = 0; i < 3; i++) {
      const { body } = await ask(protocol, ours.origin, `/next-${i}`, { headers: { cookie } }).over
      expect(JSON.parse(body)).toMatchObject({ url: `/next-${i}`, headers: { cookie } })
    }
    expect(at('/owed')?.whole ?? false).toBe(false)
  })

  test('a sign-out whose client goes away still counts', async () => {
    const cookie = ory.signIn('ada@example.com')
    const isSignedIn = async (): Promise<boolean> => {
      const { body } = await ask(protocol, ours.origin, '/me', { headers: { cookie } }).over
      return (JSON.parse(body) as Met).headers.authorization !== undefined
    }
    expect(await isSignedIn()).toBe(true)
    let finish = (): void => {}
    let cut = false
    const undo = ory.on('/self-service/logout', (_req, res) => {
      res.on('close', () => {
        cut ||= !res.writableEnded
      })
      finish = () => {
        if (!cut) ory.signOut(cookie) // as Kratos: what nobody waits for is not done
        res.writeHead(204).end()
      }
    })
    const heard = ory.heard.length
    const leaving = ask(protocol, ours.origin, '/.ory/self-service/logout?token=t', { headers: { cookie } })
    await expect.poll(() => ory.heard.length).toBeGreaterThan(heard)
    leaving.leave()
    await leaving.over
    expect(await isSignedIn()).toBe(true) // asked and remembered, before it has an effect
    finish()
    undo()
    await expect.poll(isSignedIn, { timeout: 5000 }).toBe(false) // long before what is remembered runs out
    expect(cut).toBe(false)
  })

  test('an upload that breaks off after an early answer leaves nothing to the next request', async () => {
    ROUTES['/early-and-kept'] = (_req, res) => void res.writeHead(401, { 'content-length': '2' }).end('no')
    const leaving = ask(protocol, ours.origin, '/early-and-kept', {
      method: 'POST',
      headers: { 'content-length': '5000' },
    })
    leaving.upload.write('half')
    await expect.poll(() => leaving.heard.status).toBe(401)
    leaving.leave()
    for (let i = 0; i < 3; i++) {
      const { body } = await ask(protocol, ours.origin, `/next-${i}`).over
      expect(JSON.parse(body)).toMatchObject({ method: 'GET', url: `/next-${i}`, body: '' })
    }
  })

  test('an answer before the upload ended arrives, ten times of ten', async () => {
    const body = Buffer.alloc(8 << 20, 'x')
    for (let i = 0; i < 10; i++) {
      const { status, body: text } = await ask(protocol, ours.origin, '/early', { method: 'POST', body }).over
      expect([status, text]).toEqual([413, 'too large'])
    }
  })

  test.for(['100-continue', '100-Continue'])('who expects %s may go on', async expect100 => {
    const expecting = ask(protocol, ours.origin, '/expected', {
      method: 'POST',
      headers: { expect: expect100, 'content-length': '5' },
    })
    const { upload } = expecting
    upload.on(protocol === 'HTTP/2' ? 'headers' : 'continue', () => upload.end('hello'))
    expect((await expecting.over).status).toBe(200)
    expect(at('/expected')?.body).toBe('hello')
  })

  test('40 KiB of answer headers pass; 70 are refused with the reason', async () => {
    const { status, headers } = await ask(protocol, ours.origin, '/large').over
    expect([status, headers['x-large']?.length]).toEqual([200, 40_000])
    const refused = await ask(protocol, ours.origin, '/too-large').over
    expect([refused.status, refused.body]).toEqual([502, expect.stringContaining('ORY_PROXY_ANSWER_HEADERS')])
  })

  test('trailers and hints arrive', async () => {
    const { body, trailers } = await ask(protocol, ours.origin, '/trailers').over
    expect([body, trailers['x-sum']]).toEqual(['whole', '1'])
    const hinted = await ask(protocol, ours.origin, '/hints').over
    expect([hinted.body, hinted.interim]).toEqual(['whole', [103]])
  })

  test('what an answer says about its connection stays there', async () => {
    const { body, headers } = await ask(protocol, ours.origin, '/hop').over
    expect([body, headers['x-hop'], headers['keep-alive']]).toEqual(['hop', undefined, undefined])
  })

  test('an answer that is cut off does not look whole', async () => {
    expect((await ask(protocol, ours.origin, '/cut').over).whole).toBe(false)
  })

  test('400 open event streams keep nobody waiting, and nobody is nobody for them', async () => {
    const cookie = ory.signIn('ada@example.com')
    const streams = Array.from({ length: 400 }, (_, i) => ask(protocol, ours.origin, `/events?${i}`))
    await expect
      .poll(() => streams.filter(({ heard }) => heard.status === 200).length, { timeout: 30_000 })
      .toBe(400)
    const { body } = await ask(protocol, ours.origin, '/behind', { headers: { cookie } }).over
    expect(JSON.parse(body).headers.authorization).toMatch(/^Bearer ey/)
    for (const stream of streams) stream.leave()
    await expect.poll(() => met.filter(({ over }) => !over).length).toBe(0)
  }, 60_000)

  test('150 half-sent requests to Ory make nobody anonymous', async () => {
    const half = { method: 'POST', headers: { 'content-length': '10' } }
    const stuck = Array.from({ length: 150 }, () => ask(protocol, ours.origin, '/.ory/half', half))
    for (const { upload } of stuck) upload.write('half')
    const { body } = await ask(protocol, ours.origin, '/me', {
      headers: { cookie: ory.signIn('ada@example.com') },
    }).over
    expect(JSON.parse(body).headers.authorization).toMatch(/^Bearer ey/)
    for (const one of stuck) one.leave()
  })

  test('of many people at once who wait for a slow Ory, none is anonymous', async () => {
    const cookies = Array.from({ length: 700 }, (_, i) => `ory_kratos_session=p${i}`)
    const slowOry = fork(new URL('./_slow-ory.mjs', import.meta.url))
    const [oryUrl] = (await once(slowOry, 'message')) as [string]
    const command = await startCommand(
      appUrl,
      oryUrl,
      ...(protocol === 'HTTP/2' ? ['--dont-install-cert'] : []),
    )
    try {
      const answers = await askAtOnce[protocol](command.url, cookies)
      const known = answers.filter(body => (JSON.parse(body) as Met).headers.authorization)
      expect(known).toHaveLength(700)
      expect(command.output()).not.toContain('unreachable')
    } finally {
      await command.end('SIGTERM')
      slowOry.kill()
    }
  }, 60_000)
})

test('Connection: close of one client, and what it names, is for one hop', async () => {
  const { host } = new URL(ours.origin)
  for (let i = 0; i < 3; i++) {
    await ask('HTTP/1.1', ours.origin, `/close-${i}`, {
      headers: { host, connection: 'close, x-hop', 'x-hop': '1', 'proxy-authorization': 'Basic eDp5' },
    }).over
    expect(at(`/close-${i}`)!.headers).not.toHaveProperty('x-hop')
    expect(at(`/close-${i}`)!.headers).not.toHaveProperty('proxy-authorization')
    expect(at(`/close-${i}`)!.headers.connection).toBe('keep-alive')
    expect((await ask('HTTP/1.1', ours.origin, `/kept-${i}`).over).status).toBe(200)
  }
})

test('204 and 304 keep their reason', async () => {
  const answers = ['HTTP/1.1 204 Gone Fishing\r\n\r\n', 'HTTP/1.1 304 Same As Ever\r\nETag: "1"\r\n\r\n']
  const server = createTcpServer(socket =>
    socket.on('error', () => {}).once('data', () => socket.end(answers.shift() ?? '')),
  )
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const command = await startCommand(`http://127.0.0.1:${port}`, ory.url)
  const first = await fetch(command.url)
  const second = await fetch(command.url)
  expect([first, second].map(({ status, statusText }) => [status, statusText])).toEqual([
    [204, 'Gone Fishing'],
    [304, 'Same As Ever'],
  ])
  await command.end('SIGTERM')
  server.close()
})

test('an offer of another protocol is ignored, and the request served', async () => {
  const offer = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__']
  const lines = ['POST /offer HTTP/1.1', 'Host: localhost', 'Content-Length: 5', ...offer].join('\r\n')
  const next = 'GET /next HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
  const { head, body } = await rawBytes(ours.origin, `${lines}\r\n\r\nhello${next}`)
  expect(head).toMatch(/^HTTP\/1\.1 200 /)
  expect(body).toContain('HTTP/1.1 200 ')
  expect(met.map(({ url }) => url).sort()).toEqual(['/next', '/offer'])
  expect(at('/offer')).toMatchObject({ method: 'POST', body: 'hello' })
  expect(at('/offer')!.headers).not.toHaveProperty('upgrade')
})

test('a request that the app sends back to us is 508, with the cure', async () => {
  ROUTES['/round'] = (req, res) => {
    const headers = { ...(req.headers as Record<string, string>) }
    void ask('HTTP/1.1', ours.origin, '/round', { headers }).over.then(({ status, body }) =>
      res.writeHead(status).end(body),
    )
  }
  const { status, body } = await ask('HTTP/2', ours.origin, '/round').over
  expect([status, body]).toEqual([508, expect.stringContaining('address of Ory itself')])
  expect(met).toHaveLength(1)
})

test('so is one that the middleware of @ory/nextjs sends to us for Ory, without our header', async () => {
  const headers = { 'ory-base-url-rewrite': 'http://localhost:3000', 'ory-no-custom-domain-redirect': 'true' }
  const paths = ['/self-service/login/browser', '/sessions/whoami', '/.well-known/ory/webauthn.js']
  for (const path of paths) {
    expect((await ask('HTTP/1.1', ours.origin, path, { headers }).over).status).toBe(508)
  }
  expect((await ask('HTTP/1.1', ours.origin, '/elsewhere', { headers }).over).status).toBe(200)
  expect(met.map(({ url }) => url)).toEqual(['/elsewhere'])
})
