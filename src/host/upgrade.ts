import type { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { callerOf } from '../common/caller.js'
import { OryProxyError } from '../errors.js'
import { setHeader } from '../middleware/headers.js'
import type { Exchange } from '../middleware/pipeline.js'
import { serveWithoutUpgrade } from './decline-upgrade.js'

/** A handshake passes three questions before anybody who listens for `upgrade` hears of it. */
export interface UpgradeRules {
  /** The stages every request meets; rejects with what to refuse. */
  readonly prepare: (x: Exchange) => Promise<void>
  /** The dev server's own socket for hot updates: passed on at once, without any identity. */
  readonly isHmr: (req: IncomingMessage) => boolean
}

const GATE = Symbol.for('ory-proxy.upgrade-gate')

/** Resolves once another gate is there, or none. */
type Wait = () => Promise<void>

type Gated = EventEmitter & { [GATE]?: UpgradeRules | Wait | undefined }

/**
 * Lets every WebSocket handshake of a server wait until it is known who asks.
 *
 * Dev servers and proxies listen for `upgrade` on their own, some only after their first request, and none
 * waits for a middleware. So the one place they all hang on is wrapped: `emit`. A second call replaces the
 * rules and never stacks: dev servers restart on the same server.
 *
 * @returns takes the gate down again
 */
export function gateServer(server: EventEmitter, rules: UpgradeRules | Wait): () => void {
  const gated = server as Gated
  if (!(GATE in gated)) wrapEmit(gated)
  gated[GATE] = rules
  return () => {
    if (gated[GATE] === rules) gated[GATE] = undefined
  }
}

export const isGated = (server: EventEmitter): boolean => (server as Gated)[GATE] !== undefined

function wrapEmit(server: Gated): void {
  const emit = server.emit
  server.emit = function gatedEmit(this: Gated, event: string | symbol, ...args: unknown[]): boolean {
    const rules = server[GATE]
    if (event !== 'upgrade' || !rules) return emit.call(this, event, ...args)
    const [req, socket] = args as [IncomingMessage, Duplex]
    const pass = (): boolean => emit.call(this, event, ...args)
    if (typeof rules === 'function') {
      socket.on('error', () => {})
      rules().then(
        () => socket.destroyed || this.emit(event, ...args),
        error => refuse(socket, error),
      )
      return true
    }
    if (rules.isHmr(req)) {
      setHeader(req, 'Authorization', undefined) // naming the hot-update protocol must not smuggle one in
      return pass()
    }
    if (!isWebSocket(req)) return serveWithoutUpgrade(server, req, socket, args[2] as Buffer)
    socket.on('error', () => {}) // a reset while we ask Ory would otherwise end the process
    rules.prepare(exchangeOf(req)).then(
      () => socket.destroyed || pass(),
      error => refuse(socket, error),
    )
    return true
  }
}

/** Only these are upgraded; any other protocol that is offered could go past every check (h2c). */
const isWebSocket = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket'

const exchangeOf = (req: IncomingMessage): Exchange => ({
  req,
  caller: callerOf(req),
  origin: '',
  prefix: '',
  identified: null,
})

function refuse(socket: Duplex, error: unknown): void {
  const status = error instanceof OryProxyError ? error.status : 500
  const message = error instanceof OryProxyError ? `${error.explanation}\n` : 'Internal error\n'
  socket.once('finish', () => socket.destroy()) // half open, it would be the client's to end
  socket.end(
    `HTTP/1.1 ${status} ${status < 500 ? 'Refused' : 'Error'}\r\nConnection: close\r\n` +
      `Content-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(message)}\r\n\r\n${message}`,
  )
}
