import type { IncomingMessage, ServerResponse } from 'node:http'
import { constants, type ServerHttp2Stream } from 'node:http2'

/** The stream of an HTTP/2 exchange; over HTTP/1.1 there is none. */
export function http2Stream(message: IncomingMessage | ServerResponse): ServerHttp2Stream | undefined {
  return (message as { stream?: ServerHttp2Stream }).stream
}

/** Whether nobody waits for the answer any more. */
export function hasLeft(res: ServerResponse): boolean {
  const stream = http2Stream(res)
  return stream ? stream.destroyed || stream.closed || stream.aborted : res.destroyed
}

/**
 * Told once the client is gone, or has its answer.
 *
 * Over HTTP/2, `close` waits until all that was sent has been read, which is never where nobody reads on.
 */
export function onLeave(res: ServerResponse, left: () => void): void {
  http2Stream(res)?.on('aborted', left)
  res.on('close', left)
}

/**
 * Ends an answer that cannot be finished, so that it does not look whole. Over HTTP/2 the reset needs a code: browsers
 * take one without an error for a regular end (RFC 9113, section 8.1).
 */
export function breakOff(res: ServerResponse): void {
  const stream = http2Stream(res)
  if (stream) stream.close(constants.NGHTTP2_INTERNAL_ERROR)
  else if (endsWithConnection(res)) res.socket?.resetAndDestroy()
  else res.destroy()
}

/**
 * To a client of HTTP/1.0, as nginx is to what it stands in front of, the end of a connection is the end of the answer;
 * only a reset is not. TLS says of its end whether it is a regular one.
 */
const endsWithConnection = ({ req, socket }: ServerResponse): boolean =>
  req.httpVersion === '1.0' && (socket as { encrypted?: boolean } | null)?.encrypted !== true
