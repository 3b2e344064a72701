import { hash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { LruMap } from '../../common/lru.js'

/** Milliseconds within which redirects of one client for one path belong together, and how many are a loop. */
const WITHIN = 10_000
const LOOP = 3

/** Clients and paths remembered. */
const REMEMBERED = 500

/** A connection, and whether it has ended. */
interface Connection {
  readonly destroyed: boolean
}

interface Redirect {
  readonly at: number
  readonly connection: Connection
}

/** Notices who is sent to sign in again and again. */
export interface Loops {
  /** Counts one more redirect; true where it would be the third. */
  isLoop(req: IncomingMessage, path: string): boolean
}

/**
 * Clients are told apart by address, browser and cookies. Several of one kind at once, as in a test run, are told
 * apart by their connections: whoever holds another one open is somebody else.
 */
export function createLoops(uptime: () => number = () => performance.now()): Loops {
  const seen = new LruMap<string, readonly Redirect[]>(REMEMBERED, () => 1)
  return {
    isLoop(req, path) {
      const { headers, socket } = req
      const client = [socket.remoteAddress, headers['user-agent'], headers.cookie, path]
      const key = hash('sha256', JSON.stringify(client), 'base64')
      const now = uptime()
      const connection = connectionOf(req)
      const recent = (seen.get(key) ?? []).filter(({ at }) => now - at < WITHIN)
      const others = recent.filter(last => last.connection !== connection && !last.connection.destroyed)
      const own = recent.length - others.length
      seen.set(key, [...recent, { at: now, connection }].slice(-LOOP * LOOP))
      return own >= LOOP - 1
    },
  }
}

/** Over HTTP/2, `socket` is another object each time. */
function connectionOf(req: IncomingMessage): Connection {
  const { stream } = req as { stream?: { session?: Connection } }
  return stream?.session ?? req.socket
}
