import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { generatePrivateJwk, sign, signingKey } from '../../src/keys/jwt.js'
import type { Face } from '../_faces.js'

type Headers = IncomingMessage['headers']
/** wrong: one for every Ory, whoever its people are. */
const PRIVATE = generatePrivateJwk()

type Session = { identity?: { id?: string } } | undefined

/**
 * The proxy one writes in an afternoon: what it does is right as long as nobody means harm. Each line marked
 * "wrong" is a guard of ours taken out; an attack that fails here as well would prove nothing.
 */
export async function startWeak(app: string, ory: string): Promise<Face> {
  const remembered = new Map<string, Session>() // wrong: without an end, and never forgotten
  let current: Session // wrong: one variable for everybody
  const agent = new Agent({ keepAlive: true })
  const key = await signingKey(await PRIVATE)

  async function identify(headers: Headers): Promise<void> {
    const { cookie = '', authorization = '' } = headers
    const key = parseCookies(cookie)['ory_kratos_session'] ?? '' // wrong: Ory looks at more than this
    if (key !== '' && !remembered.has(key)) {
      const credentials = {
        cookie,
        authorization,
        'x-session-token': String(headers['x-session-token'] ?? ''),
      }
      const answer = await fetch(`${ory}/sessions/whoami`, { headers: credentials }) // wrong: follows redirects
      remembered.set(key, (await answer.json()) as Session) // wrong: whatever its status
    }
    current = remembered.get(key)
    await nextTurn()
    const sub = current?.identity?.id // wrong: whether active or not
    if (sub !== undefined) headers.authorization ??= `Bearer ${await tokenFor(sub)}` // wrong: theirs comes first
    // wrong: after our own header was set
    const named = headers.connection?.split(',').map(name => name.trim().toLowerCase()) ?? []
    for (const name of named) if (name !== 'upgrade') delete headers[name]
  }

  const tokenFor = (sub: string): Promise<string> =>
    sign(key, { iss: ory, sub, sessionJson: '{}' }, Math.floor(Date.now() / 1000)) // wrong: from wherever it is today

  async function toApp(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { method, headers } = req
    const body = await readAll(req)
    Object.assign(headers, req.trailers) // wrong
    await identify(headers)
    if (method === 'DELETE' || method === 'OPTIONS') {
      headers['content-length'] ??= '0' // wrong: with a body that follows (node-http-proxy#1720)
      delete headers['transfer-encoding']
    }
    const target = new URL(req.url!, app) // wrong: an absolute target goes anywhere
    request(target, { method: method!, headers, agent }, answer => {
      for (const [name, value] of Object.entries(answer.headers)) {
        if (name !== 'content-length') res.setHeader(name, value!)
      }
      if (headers.authorization) res.setHeader('x-authorization', headers.authorization) // wrong: goes back
      res.writeHead(answer.statusCode!)
      answer.on('error', () => {})
      answer.on('close', () => res.end()) // wrong: a cut answer looks whole
      answer.pipe(res, { end: false })
    })
      .on('error', error => fail(res, error))
      .end(body)
  }

  async function toOry(path: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
    const origin = `http://${req.headers['x-forwarded-host'] ?? req.headers.host}` // wrong
    const { connection, host, 'transfer-encoding': _te, 'content-length': _cl, ...rest } = req.headers
    const headers = Object.assign(
      { 'ory-base-url-rewrite': `${origin}/.ory` },
      rest as Record<string, string>,
    ) // wrong order
    for (const name of Object.keys(headers)) if (TELLING.test(name)) delete headers[name] // wrong: before anybody looked
    headers['forwarded'] = 'for=127.0.0.1;host="localhost";proto=http' // wrong: whoever asks, by whatever name
    await identify(req.headers)
    if (req.headers.authorization) headers.authorization = req.headers.authorization // wrong: ours, to Ory
    const body = ['GET', 'HEAD'].includes(req.method!) ? null : new Uint8Array(await readAll(req))
    const target = new URL(path.slice('/.ory'.length) || '/', ory) // wrong: climbs, and `//host` leaves
    const answer = await fetch(target, { method: req.method!, headers, body, redirect: 'manual' })
    const text = await answer.text() // wrong: without a limit, whatever its type
    const location = answer.headers.get('location')?.replace(ory, `${origin}/.ory`) // wrong: by prefix
    if (location !== undefined) res.setHeader('location', location)
    res.setHeader('content-type', answer.headers.get('content-type') ?? 'text/html')
    res.setHeader('set-cookie', answer.headers.getSetCookie())
    res.writeHead(answer.status).end(text.replaceAll(ory, `${origin}/.ory`)) // wrong: without a boundary
  }

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const path = decodeURIComponent(req.url!) // wrong: throws, and `%2e` becomes a dot
    res.setHeader('access-control-allow-origin', req.headers.origin ?? '*') // wrong
    res.setHeader('access-control-allow-credentials', 'true')
    if (path === '/.ory/jwks.json') return void res.end(JSON.stringify({ keys: [await PRIVATE] })) // wrong
    if (path.startsWith('/.ory/init/')) {
      const asked = new URL(req.url!, 'http://localhost').searchParams.get('return_to')
      const back = asked ?? req.headers.referer ?? '/' // wrong
      return void res.writeHead(303, { location: `/.ory/self-service/login/browser?return_to=${back}` }).end()
    }
    if (path.toLowerCase().startsWith('/.ory')) return toOry(path, req, res) // wrong: `/.oryx` too
    return toApp(req, res)
  }

  // wrong: the lenient parser, and no question about Host
  const server = createServer({ insecureHTTPParser: true }, (req, res) => {
    handle(req, res).catch((error: Error) => fail(res, error))
  })
  server.on('upgrade', (req, socket, head) => {
    // wrong: no question about Origin, and every protocol
    identify(req.headers).then(
      () => tunnel(socket, new URL(app), `${headOf(req)}${head.toString('latin1')}`),
      () => socket.destroy(),
    )
  })
  server.on('connect', (req, socket, head) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n') // wrong: a tunnel for everybody
    tunnel(socket, new URL(`http://${req.url}`), head.toString('latin1'))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    async close() {
      agent.destroy()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

function tunnel(socket: Duplex, { hostname, port }: URL, first: string): void {
  const beyond = connect(Number(port), hostname, () => beyond.write(first, 'latin1'))
  beyond.on('error', () => socket.destroy()).pipe(socket)
  socket.on('error', () => beyond.destroy()).pipe(beyond)
}

function headOf({ method, url, headers }: IncomingMessage): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return `${[`${method} ${url} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n`
}

/** What tells who is behind, and whose page it was. */
const TELLING = /^(?:forwarded|via|x-forwarded-.*|.*-ip|origin|sec-fetch-site)$/

/** wrong: of two cookies of one name the last wins, for Ory the first. */
function parseCookies(header: string): Record<string, string> {
  return Object.fromEntries(header.split(';').map(pair => pair.trim().split('=', 2) as [string, string]))
}

async function readAll(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** wrong: a stack trace for everybody. */
function fail(res: ServerResponse, error: Error): void {
  if (res.headersSent) return void res.destroy()
  res.writeHead(500, { 'content-type': 'text/html' }).end(`${error.stack} ${res.req.headers.host}`)
}
