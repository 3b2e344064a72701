import type { EventEmitter } from 'node:events'
import type { Server } from 'node:http'
import {
  constants,
  type Http2SecureServer,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'

/** Milliseconds for the headers of a request, and for a whole request: those of node:http. */
const HEADERS = 60_000
const REQUEST = 300_000
/** How often node:http looks. */
const LOOK_EVERY = 5_000
/**
 * Milliseconds a connection may be open without a request: as long as browsers keep one warm. Node's 5 s for HTTP/1.1 end
 * just where a client asks again that has waited for them; with a POST it may not try once more (RFC 9110, section 9.2.2).
 */
const IDLE = 120_000

/** For `createServer`; tests wait less. */
export interface Deadlines {
  readonly headersTimeout: number
  readonly requestTimeout: number
  readonly connectionsCheckingInterval: number
  /** Over HTTP/2. */
  readonly idleTimeout: number
  /** Over HTTP/1.1. */
  readonly keepAliveTimeout: number
  /** Milliseconds beyond what is said to clients; from Node 24 on it has to be there. */
  readonly keepAliveTimeoutBuffer: number
}

/** How long a client may take. */
export const DEADLINES: Deadlines = {
  headersTimeout: HEADERS,
  requestTimeout: REQUEST,
  connectionsCheckingInterval: LOOK_EVERY,
  idleTimeout: IDLE,
  keepAliveTimeout: IDLE,
  keepAliveTimeoutBuffer: 1000,
}

/**
 * Begins to look for requests that do not come to an end. Node does so once a server listens; ours are handed their
 * connections, and never listen themselves.
 *
 * @returns ends it
 */
export function watchRequests(server: EventEmitter): () => void {
  server.emit('listening')
  return () => void (server as Server).close(() => {}) // not listening is no news
}

/** The same for HTTP/2, where Node looks for nothing. */
export function watchStreams(server: Http2SecureServer, deadlines: Deadlines): void {
  server.on('session', session => closeWhenIdle(session, deadlines.idleTimeout))
  server.on('stream', stream => {
    if (!stream.endAfterHeaders) endInTime(stream, deadlines.requestTimeout)
  })
}

/** A header block that never ends opens no stream either. */
function closeWhenIdle(session: ServerHttp2Session, ms: number): void {
  let open = 0
  session.on('stream', stream => {
    open++
    stream.once('close', () => open--)
  })
  session.setTimeout(ms, () => {
    if (open === 0) session.destroy()
  })
}

function endInTime(stream: ServerHttp2Stream, ms: number): void {
  const timer = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), ms).unref()
  const clear = (): void => clearTimeout(timer)
  stream.once('end', clear).once('close', clear)
}
