import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How a server was asked for a path, and what became of it. */
export interface Met {
  readonly method: string
  readonly headers: IncomingMessage['headers']
  over: boolean
}

export type Route = (req: IncomingMessage, res: ServerResponse) => void

/** An app, or an Ory, that does something odd at each path; anywhere else it says which path it was asked for. */
export interface OddServer {
  readonly url: string
  /** By target. */
  readonly met: Map<string, Met>
  close(): void
}

const ROUTES: Readonly<Record<string, Route>> = {
  '/silent': () => {},
  '/events': (_req, res) => void res.writeHead(200).write('first'),
  '/early': (_req, res) => void res.writeHead(413, { connection: 'close' }).end('too large'),
  '/early-and-kept': (_req, res) => void res.writeHead(401, { 'content-length': '2' }).end('no'),
  '/large': (_req, res) => void res.writeHead(200, { 'x-large': 'x'.repeat(40_000) }).end('large'),
  '/trailers': (_req, res) => {
    res.writeHead(200, { trailer: 'x-sum' }).write('whole')
    res.addTrailers({ 'x-sum': '1' })
    res.end()
  },
  '/hints': (_req, res) => res.writeEarlyHints({ link: '</style.css>; rel=preload' }, () => void res.end()),
  '/hop': (_req, res) => {
    res.setHeader('connection', 'x-hop').setHeader('x-hop', '1').setHeader('keep-alive', 'timeout=9')
    res.setHeader('proxy-authenticate', 'Basic realm="x"').end('hop')
  },
  '/gone': (_req, res) => void res.writeHead(204, 'Gone Fishing').end(),
  '/same': (_req, res) => void res.writeHead(304, 'Same As Ever', { etag: '"1"' }).end(),
}

export async function startOddServer(
  more: Readonly<Record<string, Route>> = {},
  options: { maxHeaderSize?: number; host?: string } = {},
): Promise<OddServer> {
  const { host = '127.0.0.1', ...limits } = options
  const met: OddServer['met'] = new Map()
  const routes = { ...ROUTES, ...more }
  const server = createServer({ keepAliveTimeout: 30_000, ...limits }, (req, res) => {
    const { method = '', url = '', headers } = req
    const path = url.split('?', 1)[0]!
    const one: Met = { method, headers, over: false }
    met.set(url, one)
    res.on('close', () => {
      one.over = true
    })
    req.on('error', () => {}).resume()
    const route = routes[path]
    if (route) return route(req, res)
    req.on('end', () => res.end(path))
  })
  if (limits.maxHeaderSize === undefined) server.on('clientError', (_error, socket) => socket.destroy())
  await new Promise<void>(resolve => server.listen(0, host, resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${host === '::1' ? 'localhost' : host}:${port}`,
    met,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
