/** The one way out of the process. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { OryProxyError } from '../errors.js'
import type { Logger } from '../log.js'
import { answerWith } from './answer.js'
import { failureOf } from './failure.js'
import type { Handshakes } from './handshakes.js'
import { passOn } from './passage.js'
import { createOutbound } from './pool.js'
import { notOfHandshakes, requestHeaders } from './request-headers.js'
import { createSizeWarning } from './too-large.js'
import { type PageWatch, watched } from './watched.js'

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
  /** What a body is looked at with as it passes, where something is to be seen; nothing of it waits for that. */
  readonly watchPage?: PageWatch
  /** Answers what could not be passed on. */
  onError(req: IncomingMessage, res: ServerResponse, error: unknown, page?: { refresh: number }): void
}

/** What is left after all stages goes to the app: bodies, cookies and redirects untouched, everything streamed. */
export function createForwarder(rules: ForwardRules): Forwarder {
  const { app, rewriteHost, trustForwarded, watchPage, onError } = rules
  const way = createOutbound(app)
  const report = createOutageReport(rules)
  const warnOfSize = createSizeWarning(rules.logger)
  const headerRules = { host: rewriteHost ? app.host : undefined, trustForwarded }
  const prefix = app.pathname.replace(/\/$/, '')
  const fail = (req: IncomingMessage, res: ServerResponse, cause: unknown): void => {
    const failure = failureOf(cause, appDown(app))
    if ((cause as NodeJS.ErrnoException).code === 'ECONNREFUSED') report(failure)
    onError(req, res, failure, { refresh: 2 }) // heals when the app is up
  }
  let handshakes: Promise<Handshakes> | undefined
  const loadHandshakes = async (): Promise<Handshakes> => {
    const { createHandshakes } = await import('./handshakes.js')
    const onFailure = (error: NodeJS.ErrnoException, socket: Duplex): void =>
      refuseSocket(socket, failureOf(error, appDown(app)))
    return createHandshakes({ app, rewriteHost, onFailure })
  }
  return {
    request(req, res) {
      const method = req.method!
      if (req.url === '*') return void res.writeHead(204, { Allow: ALLOWED }).end() // asks the server, not an app
      const headers = requestHeaders(req, headerRules)
      passOn(req, res, way, {
        outgoing: { method, path: prefix + req.url, headers },
        onAnswer(answer) {
          report()
          if (answer.status === 431) warnOfSize(req, headers)
          const sink = answerWith(req, res, answer)
          return watchPage ? watched(sink, answer, watchPage) : sink
        },
        onFailure: error => fail(req, res, error),
      })
    },
    upgrade(req, socket, head) {
      for (const name of notOfHandshakes(trustForwarded)) delete req.headers[name]
      handshakes ??= loadHandshakes()
      handshakes.then(
        loaded => loaded.upgrade(req, socket, head),
        () => socket.destroy(),
      )
    },
    close() {
      way.close()
      void handshakes?.then(loaded => loaded.close())
    },
  }
}

const ALLOWED = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'

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

const appDown =
  ({ origin }: URL) =>
  (why: string): OryProxyError =>
    new OryProxyError('ORY_PROXY_APP_UNREACHABLE', `The app at ${origin} does not answer (${why}).`)

function refuseSocket(socket: Duplex, error: OryProxyError): void {
  if (socket.destroyed) return
  const message = `${error.explanation}\n`
  socket.once('finish', () => socket.destroy()) // half open, it would be the client's to end
  socket.end(
    `HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${message.length}\r\n\r\n${message}`,
  )
}
