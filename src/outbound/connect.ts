import type { Socket } from 'node:net'
import type { buildConnector } from 'undici'
import buildUndiciConnector from 'undici/lib/core/connect.js'
import { isLoopback, lookupLoopback } from '../common/loopback.js'

/** Milliseconds for a connection to come about. */
const CONNECT_TIMEOUT = 10_000

/**
 * Opens connections to one server.
 *
 * @param onOpen told of each
 */
export function createConnector({ hostname }: URL, onOpen: () => void): buildConnector.connector {
  const open = buildUndiciConnector({
    timeout: CONNECT_TIMEOUT,
    autoSelectFamily: true,
    lookup: lookupLoopback,
    rejectUnauthorized: !isLoopback(hostname), // a dev server's own certificate is nobody's to check
  } as buildConnector.BuildOptions)
  return (options, callback) => {
    onOpen()
    // The certificate is that of the server, whatever Host a browser asked us for.
    const socket = open({ ...options, servername: hostname }, callback) as unknown as Socket
    readOnAfterFailedWrite(socket)
  }
}

type Written = (error?: Error | null) => void

/**
 * A server may answer before it has read everything, and close: then a write fails while the answer lies there to be
 * read (RFC 9112, section 9.5). Node would destroy the socket unread; here a failed write is never finished, and the
 * end of reading ends the connection.
 */
function readOnAfterFailedWrite(socket: Socket): void {
  const unlessFailed =
    (done: Written): Written =>
    error => {
      if (!error) done()
    }
  const { _write, _writev } = socket
  socket._write = (chunk, encoding, done) => _write.call(socket, chunk, encoding, unlessFailed(done))
  if (_writev) socket._writev = (chunks, done) => _writev.call(socket, chunks, unlessFailed(done))
}
