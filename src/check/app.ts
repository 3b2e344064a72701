/** The app that a check plays: it tells what it received, and answers in all the ways that apps do. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { WebSocketServer } from 'ws'
import { OryProxyError } from '../errors.js'

/** One that runs. */
export interface CheckApp {
  readonly url: string
  /** Request lines that arrived: `GET /todos`. */
  readonly seen: readonly string[]
  close(): Promise<void>
}

/** What its own refusals say. */
export const OWN_WORDS = "the app's own words"
/** Bytes of its long answer. */
export const LONG: number = 8 * 1024 * 1024

type Handler = (req: IncomingMessage, res: ServerResponse, url: URL) => void

/** By the last word of the path, wherever a gateway has put the app. */
const ANSWERS: Readonly<Record<string, Handler>> = {
  events(_req, res) {
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' })
    res.write('data: first\n\n') // and never an end: whoever waits for it waits for ever
  },
  async upload(req, res) {
    let length = 0
    for await (const chunk of req) length += (chunk as Buffer).length
    told(res, { length, authorization: req.headers.authorization ?? null })
  },
  download: (_req, res) => void res.end(Buffer.alloc(LONG, 'x')),
  refusal: (_req, res) => void res.writeHead(401, { 'WWW-Authenticate': 'Mine' }).end(OWN_WORDS),
  missing: (_req, res) => void res.writeHead(404).end(OWN_WORDS),
  broken: (_req, res) => void res.writeHead(500).end(OWN_WORDS),
  empty: (_req, res) => void res.writeHead(204).end(),
  redirect: (_req, res) => void res.writeHead(302, { Location: 'https://elsewhere.example/x?y=1' }).end(),
  cookies: (_req, res) =>
    void res.writeHead(200, { 'Set-Cookie': ['a=1; Path=/', 'b=2; Path=/; HttpOnly'] }).end(),
  gzip: (_req, res) => void res.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(OWN_WORDS)),
  shared: (_req, res) => void res.writeHead(200, { 'Access-Control-Allow-Origin': '*' }).end(OWN_WORDS),
}

const told = (res: ServerResponse, what: unknown): void => {
  res.setHeader('Content-Type', 'application/json')
  res.end(JSON.stringify(what))
}

function echo(req: IncomingMessage, res: ServerResponse): void {
  const { method, url, headers, rawHeaders } = req
  req.resume().on('end', () => told(res, { method, url, headers, rawHeaders }))
}

/**
 * Starts it.
 *
 * @throws {OryProxyError} `ORY_PROXY_PORT_TAKEN`
 */
export async function startCheckApp(port: number, host: string): Promise<CheckApp> {
  const seen: string[] = []
  const server = createServer((req, res) => {
    seen.push(`${req.method} ${req.url}`)
    const url = new URL(req.url!, 'http://app')
    const name = /\/check-([a-z]+)$/.exec(url.pathname)?.[1] ?? ''
    const answer = Object.hasOwn(ANSWERS, name) ? ANSWERS[name]! : echo
    answer(req, res, url)
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('error', () => {}) // it repeats those of the server, which are told below
  sockets.on('connection', (socket, req) => {
    socket.send(JSON.stringify(req.headers)) // its handshake first, then whatever is said
    socket.on('message', data => socket.send(String(data)))
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why =
        cause.code === 'EADDRINUSE'
          ? `Port ${port} is taken: the check plays the app there, so end your own for that time.`
          : `Port ${port} of ${host} cannot be listened on (${cause.code}).`
      reject(new OryProxyError('ORY_PROXY_PORT_TAKEN', why, { cause }))
    })
    server.listen(port, host, resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close() {
      for (const client of sockets.clients) client.terminate()
      server.closeAllConnections()
      return new Promise(resolve => server.close(() => resolve()))
    },
  }
}
