import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createProxyMiddleware, type RequestHandler } from 'http-proxy-middleware'
import { isLoopback, lookupLoopback } from '../common/loopback.js'
import { OryProxyError } from '../errors.js'
import type { Logger } from '../log.js'
import { answerError } from '../middleware/answer.js'

/** Connections to the app at once, and those kept open for the next request. */
const MAX_SOCKETS = 256
const MAX_FREE_SOCKETS = 32

/** The command's way to the app behind it. */
export interface Forwarder {
  request(req: IncomingMessage, res: ServerResponse): void
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void
  close(): void
}

/** What the way to the app depends on. */
export interface ForwardRules {
  readonly app: URL
  /** Tells the app its own host name instead of the one the browser asked for. */
  readonly rewriteHost: boolean
  /** Keeps what a proxy in front of us said about the client. */
  readonly trustForwarded: boolean
  readonly logger: Logger
}

/** What is left after all stages goes to the app: bodies, cookies and redirects untouched, everything streamed. */
export function createForwarder(rules: ForwardRules): Forwarder {
  const { app, trustForwarded } = rules
  const { Agent } = app.protocol === 'https:' ? https : http
  const kept = new Agent({
    keepAlive: true,
    maxSockets: MAX_SOCKETS,
    maxFreeSockets: MAX_FREE_SOCKETS,
    lookup: lookupLoopback,
  })
  // A handshake cannot be sent again, so it never goes out on a connection that the app may be closing.
  const fresh = new Agent({ lookup: lookupLoopback })
  const again = new WeakSet<IncomingMessage>()
  const report = createOutageReport(rules)
  const onError: OnError = (error, req, res) => {
    const failure = appDown(app, error)
    if (!('writeHead' in res)) return refuseSocket(res, failure)
    const stale = error.code === 'ECONNRESET' && isReplayable(req) && !res.headersSent && !again.has(req)
    if (!stale) {
      if (error.code === 'ECONNREFUSED') report(failure)
      return answerError(req, res, failure, { refresh: 2 }) // heals when the app is up
    }
    again.add(req) // the app closed a connection that lay idle
    void requests(req, res)
  }
  const requests = proxyThrough(kept, rules, onError, report)
  const handshakes = proxyThrough(fresh, rules, onError, report)
  const prepared = (req: IncomingMessage): IncomingMessage => {
    delete req.headers.expect // node has answered it
    if (!trustForwarded) for (const name of FORWARDED) delete req.headers[name]
    return req
  }
  return {
    request: (req, res) => void requests(prepared(req), res),
    upgrade: (req, socket, head) => void handshakes.upgrade(prepared(req), socket as Socket, head),
    close() {
      kept.destroy()
      fresh.destroy()
    },
  }
}

type OnError = (error: NodeJS.ErrnoException, req: IncomingMessage, res: ServerResponse | Socket) => void

/** Says that the app is gone, and that it is back: once per outage, not once per request. */
function createOutageReport({ app, logger }: ForwardRules): (failure?: OryProxyError) => void {
  let down = false
  return failure => {
    if (down === (failure !== undefined)) return
    down = failure !== undefined
    if (failure) logger.warn(`${failure.message} Waiting for it.`)
    else logger.info(`The app at ${app.origin} answers again.`)
  }
}

/** @param onAnswer told of every answer of the app */
function proxyThrough(
  agent: http.Agent,
  { app, rewriteHost }: ForwardRules,
  onError: OnError,
  onAnswer: () => void,
): RequestHandler {
  return createProxyMiddleware({
    target: app,
    agent,
    changeOrigin: rewriteHost,
    xfwd: true,
    secure: !isLoopback(app.hostname), // a dev server's own certificate is nobody's to check
    ejectPlugins: true, // its own error page would come before ours
    plugins: [
      server => {
        server.on('error', onError as never)
        server.on('proxyReq', (proxyReq, req, res) => {
          proxyReq.on('upgrade', (_response, socket) => {
            socket.destroy() // without this listener the client would wait for ever
            onError(new Error('a protocol switch that was not asked for'), req, res)
          })
        })
        server.on('proxyRes', proxyRes => {
          if (proxyRes.statusCode! < 200) proxyRes.statusCode = 502 // node throws where it should send it on
          onAnswer()
        })
      },
    ],
  })
}

/** `xfwd` adds to what a client claims; so the claims go first. */
const FORWARDED = [
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'forwarded',
]

function isReplayable({ method, headers }: IncomingMessage): boolean {
  const bodiless = headers['content-length'] === undefined && headers['transfer-encoding'] === undefined
  return bodiless && (method === 'GET' || method === 'HEAD')
}

function appDown(app: URL, error: NodeJS.ErrnoException): OryProxyError {
  const message = `The app at ${app.origin} does not answer (${error.code ?? error.message}).`
  return new OryProxyError('ORY_PROXY_APP_UNREACHABLE', message)
}

function refuseSocket(socket: Socket, error: OryProxyError): void {
  if (socket.destroyed) return
  const message = `${error.explanation}\n`
  socket.once('finish', () => socket.destroy()) // half open, it would be the client's to end
  socket.end(
    `HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${message.length}\r\n\r\n${message}`,
  )
}
