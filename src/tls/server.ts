import type { EventEmitter } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createSecureServer, type Http2SecureServer, type Http2ServerResponse } from 'node:http2'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { Connections } from './connections.js'
import { DEADLINES, type Deadlines, watchRequests, watchStreams } from './deadlines.js'
import { GuardedHttp2Response } from './http2-response.js'
import { listenOnAll } from './listen.js'

/** What a port answers with. */
export interface EntryOptions {
  /** Every request, HTTP/1.1 or HTTP/2; `headers.host` is there in both. */
  onRequest(req: IncomingMessage, res: ServerResponse): void
  /** Every WebSocket handshake. Listening to `upgrade` of {@link Entry.server} is the same. */
  onUpgrade?(req: IncomingMessage, socket: Duplex, head: Buffer): void
  /** @default those of node:http */
  readonly deadlines?: Deadlines
}

/** {@link EntryOptions} with a certificate. */
export interface SecureEntryOptions extends EntryOptions {
  /** Private key, PEM. */
  readonly key: string
  /** Certificate, PEM, with whatever chain is to be sent. */
  readonly cert: string
  /**
   * Whether a `Host` is ours. Plain http is sent on to https only for these: a redirect to a host that somebody
   * else wrote into the request would be an open one.
   *
   * @default loopback names and addresses
   */
  isAllowedHost?(host: string): boolean
}

/** One port that people open, with or without TLS. */
export interface Entry {
  /** Emits `upgrade`. It does not listen itself: {@link Entry.listen} does. */
  readonly server: EventEmitter
  /**
   * @param port 0 takes a free one
   * @param host `localhost` and `127.0.0.1` mean both loopback addresses
   * @throws OryProxyError `ORY_PROXY_PORT_TAKEN`
   */
  listen(port: number, host: string): Promise<AddressInfo>
  /** Takes no new requests, lets the open answers end within this time, then cuts them off. */
  close(graceMs: number): Promise<void>
}

/** The first byte of a TLS connection: a record of type handshake (RFC 8446, section 5.1). */
const TLS_HANDSHAKE = 0x16
/** As long as tls.Server waits for a handshake. Browsers open connections ahead and leave them silent for a while. */
const FIRST_BYTE_TIMEOUT_MS = 120_000

/**
 * HTTP/2, HTTP/1.1, WebSockets over TLS, and for plain http a redirect to https: all on one port.
 *
 * @example
 * const entry = createSecureEntry({ key, cert, onRequest: (req, res) => res.end('hello') })
 * const { port } = await entry.listen(4000, 'localhost')
 * await entry.close(5_000)
 */
export function createSecureEntry(options: SecureEntryOptions): Entry {
  const connections = new Connections()
  const secure = createTlsServer(options, connections)
  const redirecting = createServer(options.deadlines ?? DEADLINES, (req, res) => {
    connections.addAnswer(req, res)
    sendToHttps(req, res, options.isAllowedHost ?? isLoopbackHost)
  })
  const { connectionsCheckingInterval: pause } = options.deadlines ?? DEADLINES
  const looking = setInterval(() => connections.destroyLost(), pause).unref()
  const entry = createEntry([secure, redirecting], connections, socket =>
    atFirstByte(socket, byte => {
      if (byte === TLS_HANDSHAKE) {
        // TLS has no half-open connections; left on, a client that gives up in its handshake would be waited for.
        socket.allowHalfOpen = false
        return void secure.emit('connection', socket)
      }
      connections.addHttp1(socket)
      redirecting.emit('connection', socket)
    }),
  )
  return { ...entry, close: ms => entry.close(ms).finally(() => clearInterval(looking)) }
}

/** The same without TLS. */
export function createPlainEntry(options: EntryOptions): Entry {
  const connections = new Connections()
  const server = createServer(options.deadlines ?? DEADLINES, answerWith(options, connections))
  if (options.onUpgrade) server.on('upgrade', options.onUpgrade)
  return createEntry([server], connections, socket => {
    connections.addHttp1(socket)
    server.emit('connection', socket)
  })
}

function createTlsServer(options: SecureEntryOptions, connections: Connections): Http2SecureServer {
  const { key, cert, deadlines = DEADLINES } = options
  const guarded = GuardedHttp2Response as typeof Http2ServerResponse
  const http1 = { allowHTTP1: true, ...deadlines }
  const server = createSecureServer({ key, cert, ...http1, Http2ServerResponse: guarded })
  Object.assign(server, deadlines) // Node 20 takes them from the server only
  watchStreams(server, deadlines)
  server.on('session', session => connections.addSession(session))
  server.on('secureConnection', (socket: TLSSocket) => {
    if (socket.alpnProtocol === 'h2') return
    connections.addHttp1(socket)
    keepParsing(socket)
  })
  // The compatibility API of node:http2 is made to be used as node:http's, its types are not.
  server.on('request', answerWith(options, connections) as unknown as () => void)
  server.on('checkExpectation', meetExpectation)
  if (options.onUpgrade) server.on('upgrade', options.onUpgrade)
  return server
}

/**
 * Behind an answer that is not read yet, Node pauses the connection of the next request, and its parser. What was
 * decrypted along with that request is still handed to the parser, which takes it for an error (HPE_PAUSED): the
 * connection is reset, and an upload lost. That the connection is paused is enough.
 */
function keepParsing(socket: TLSSocket): void {
  const { parser } = socket as unknown as { readonly parser?: { pause(): void } }
  if (parser) parser.pause = () => {}
}

/**
 * Over HTTP/2 Node knows one spelling of what can be expected, which has none (RFC 9110, section 10.1.1): Java's client
 * writes `100-Continue`, and would wait for ever.
 */
function meetExpectation(this: EventEmitter, req: IncomingMessage, res: ServerResponse): void {
  if (req.headers.expect?.toLowerCase() !== '100-continue') return void res.writeHead(417).end()
  res.writeContinue()
  this.emit('request', req, res)
}

function answerWith(options: EntryOptions, connections: Connections): RequestListener {
  return (req, res) => {
    // HTTP/2 says it in `:authority`; what was written for HTTP/1.1 looks for it in Host (RFC 9113, section 8.3.1).
    const authority = req.headers[':authority']
    if (typeof authority === 'string') req.headers.host ??= authority
    connections.addAnswer(req, res)
    options.onRequest(req, res)
  }
}

/** @param servers the first one is the entry's, the others only redirect */
function createEntry(
  servers: readonly [EventEmitter, ...EventEmitter[]],
  connections: Connections,
  route: (socket: Socket) => void,
): Entry {
  const listening: Server[] = []
  const [server] = servers
  const endWatch = servers.map(watchRequests)
  let closed: Promise<void> | undefined
  return {
    server,
    async listen(port, host) {
      const onConnection = (socket: Socket): void => {
        connections.addRaw(socket)
        route(socket)
      }
      listening.push(...(await listenOnAll(port, host, onConnection)))
      return listening[0]?.address() as AddressInfo
    },
    close(graceMs) {
      for (const end of endWatch.splice(0)) end()
      closed ??= closeWithin(graceMs, listening, connections)
      return closed
    },
  }
}

async function closeWithin(graceMs: number, listening: Server[], connections: Connections): Promise<void> {
  // A net.Server is closed when the last of its connections is.
  const ended = listening.map(server => new Promise<void>(resolve => server.close(() => resolve())))
  connections.closeIdle()
  const timer = setTimeout(() => connections.destroyAll(), graceMs)
  await Promise.all(ended)
  clearTimeout(timer)
}

/** Looks at the first byte and puts it back. */
function atFirstByte(socket: Socket, decide: (byte: number) => void): void {
  const giveUp = (): void => void socket.destroy()
  socket.setTimeout(FIRST_BYTE_TIMEOUT_MS, giveUp)
  socket.once('readable', () => {
    socket.setTimeout(0, giveUp)
    const chunk: Buffer | null = socket.read()
    if (chunk === null) return giveUp()
    socket.unshift(chunk)
    decide(chunk[0] as number)
  })
}

const LOOPBACK_HOST = /^(?:(?:[a-z\d-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i
/** A name or address and a port, and nothing that would make more of a URL than its authority. */
const HOST_AND_PORT = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i

function isLoopbackHost(host: string): boolean {
  return LOOPBACK_HOST.test(host)
}

function sendToHttps(req: IncomingMessage, res: ServerResponse, isAllowed: (host: string) => boolean): void {
  const { host } = req.headers
  if (!host || !HOST_AND_PORT.test(host) || !isAllowed(host)) {
    res.writeHead(426, {
      upgrade: 'TLS/1.2, HTTP/1.1',
      connection: 'Upgrade, close',
      'content-type': 'text/plain',
    })
    return void res.end('This port speaks https.\n')
  }
  const path = req.url?.startsWith('/') ? req.url : '/'
  // 307: a form that was posted to the wrong scheme is posted again, not turned into a GET.
  res.writeHead(307, { location: `https://${host}${path}`, 'strict-transport-security': 'max-age=0' })
  res.end()
}
