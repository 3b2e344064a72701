import { randomUUID } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { duplexPair } from 'node:stream'
import { Server as TlsServer } from 'node:tls'
import { MOUNT } from '../middleware/mount.js'
import { gateServer, isGated } from './upgrade.js'

/** What a question of ours is told by. */
const QUESTION = 'ory-proxy-question'

/** Where Node tells of every connection to a server, before anything is read from it. */
const CONNECTIONS = 'net.server.socket'

/** Servers of this process whose handshakes wait until it is known whether our middleware is behind them. */
export interface Waiting {
  /** The server that was asked about, where the request is a question of ours. */
  askedAbout(req: IncomingMessage): EventEmitter | undefined
  /** Handshakes that still wait pass. */
  close(): void
}

/**
 * A handshake may be the first that a server hears: of a page that was open while the server started anew. Which
 * server we are behind nobody says in middleware mode; so it waits, and the server is asked, by a request that it gets
 * from inside of this process and that comes to us, or does not.
 */
export function holdHandshakes(): Waiting {
  const seen = new WeakSet<EventEmitter>()
  const asked = new Map<string, EventEmitter>()
  const lifts = new Set<() => void>()
  const hold = (server: EventEmitter): void => {
    let answer: Promise<void> | undefined
    const lift = gateServer(server, () => {
      answer ??= question(server, asked).then(lift) // where it came to us, another gate is there by now
      return answer
    })
    lifts.add(lift)
  }
  const onConnection = (message: unknown): void => {
    const { server } = (message as { socket: { server?: unknown } }).socket
    if (!(server instanceof EventEmitter) || seen.has(server)) return
    seen.add(server)
    if (server.listenerCount('request') > 0 && !isGated(server)) hold(server)
  }
  subscribe(CONNECTIONS, onConnection)
  return {
    askedAbout({ headers }) {
      const id = headers[QUESTION]
      return typeof id === 'string' ? asked.get(id) : undefined
    },
    close() {
      unsubscribe(CONNECTIONS, onConnection)
      for (const lift of lifts) lift()
    },
  }
}

/** What a socket has beside a stream: listeners may use it. */
const OF_A_SOCKET = {
  alpnProtocol: 'http/1.1',
  setNoDelay: () => {},
  setKeepAlive: () => {},
  setTimeout: () => {},
  ref: () => {},
  unref: () => {},
}

/** Resolves when the server has answered, whoever did it. */
function question(server: EventEmitter, asked: Map<string, EventEmitter>): Promise<void> {
  const id = randomUUID()
  const [client, inside] = duplexPair()
  asked.set(id, server)
  return new Promise<void>(resolve => {
    client
      .on('error', () => {})
      .on('close', resolve)
      .on('end', () => client.destroy())
    inside.on('error', () => {})
    // Both events may be emitted by hand, with any stream (https://nodejs.org/api/http.html#event-connection).
    const event = server instanceof TlsServer ? 'secureConnection' : 'connection'
    server.emit(event, Object.assign(inside, OF_A_SOCKET, { server }))
    const lines = [
      `HEAD ${MOUNT}/jwks.json HTTP/1.1`,
      'Host: localhost',
      `${QUESTION}: ${id}`,
      'Connection: close',
    ]
    client.resume().end(`${lines.join('\r\n')}\r\n\r\n`)
  }).finally(() => asked.delete(id))
}
