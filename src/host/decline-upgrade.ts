import type { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { connectionTokens } from '../common/hop-by-hop.js'

/** Fields of the offer, and the one that is written anew without it. */
const OF_THE_OFFER: ReadonlySet<string> = new Set(['upgrade', 'http2-settings', 'connection'])

/**
 * Serves a request without the protocol it offers to switch to, as whoever does not know it has to (RFC 9110,
 * section 7.8): curl `--http2` and Java's HttpClient offer h2c with their first request.
 *
 * Node has stopped to read HTTP on such a connection, once anybody listens for `upgrade`. So the request goes back in
 * front of what is still to be read, less the offer, and the connection to the server as if it were new.
 */
export function serveWithoutUpgrade(
  server: EventEmitter,
  req: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): true {
  // A client that did not wait for an answer that is still under way would get the two in any order.
  if ((socket as { _httpMessage?: unknown })._httpMessage) socket.destroy()
  else {
    socket.unshift(Buffer.concat([Buffer.from(withoutOffer(req), 'latin1'), head]))
    server.emit((socket as TLSSocket).encrypted ? 'secureConnection' : 'connection', socket)
  }
  return true
}

function withoutOffer({ method, url, httpVersion, headers, rawHeaders: raw }: IncomingMessage): string {
  const lines = [`${method} ${url} HTTP/${httpVersion}`]
  for (let i = 0; i < raw.length; i += 2) {
    if (!OF_THE_OFFER.has(raw[i]!.toLowerCase())) lines.push(`${raw[i]}: ${raw[i + 1]}`)
  }
  const kept = connectionTokens(headers.connection).filter(token => !OF_THE_OFFER.has(token))
  if (kept.length > 0) lines.push(`Connection: ${kept.join(', ')}`)
  return `${lines.join('\r\n')}\r\n\r\n`
}
