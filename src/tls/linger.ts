import type { IncomingMessage } from 'node:http'
import { announcesBody } from '../common/announces-body.js'

/** Milliseconds for a client to finish what it sends, once its answer has gone out. */
const LINGER = 5_000

/**
 * Behind an answer that closes its connection Node closes both sides, and where the client is still sending, the system
 * resets the connection: the answer may be lost unread. Here our side alone is ended, and what still comes is read off,
 * for a while (RFC 9112, section 9.6).
 */
export function lingerForUpload(req: IncomingMessage): void {
  if (!announcesBody(req)) return
  const { socket } = req
  const { destroySoon } = socket
  // Not deleted again: a socket that lost a property is slow for as long as it lives.
  const asNode = (): void => {
    socket.destroySoon = destroySoon
  }
  req.once('end', asNode)
  socket.destroySoon = () => {
    if (req.complete || socket.destroyed) {
      asNode()
      return socket.destroySoon()
    }
    socket.end()
    const timer = setTimeout(() => socket.destroy(), LINGER).unref()
    socket.once('close', () => clearTimeout(timer))
    req.once('end', () => socket.destroySoon()).resume()
  }
}
