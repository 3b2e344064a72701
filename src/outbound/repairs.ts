/** What undici makes of a connection that RFC 9110 and 9112 have otherwise. */
import type { Socket } from 'node:net'

type Written = (error?: Error | null) => void

/**
 * A server may answer before it has read everything, and close: then a write fails while the answer lies there to be
 * read (RFC 9112, section 9.5). Node would destroy the socket unread; here a failed write is never finished, and the
 * end of reading ends the connection.
 */
export function readOnAfterFailedWrite(socket: Socket): void {
  const unlessFailed =
    (done: Written): Written =>
    error => {
      if (!error) done()
    }
  const { _write, _writev } = socket
  socket._write = (chunk, encoding, done) => _write.call(socket, chunk, encoding, unlessFailed(done))
  if (_writev) socket._writev = (chunks, done) => _writev.call(socket, chunks, unlessFailed(done))
}

/** A reset by a name that undici gives no meaning of its own. */
export const RESET = 'ERR_CONNECTION_RESET'

const CLOSED: ReadonlySet<string | undefined> = new Set(['ECONNRESET', RESET, 'EPIPE', 'UND_ERR_SOCKET'])

/** Whether the other side closed a connection, as it may one that lay idle: the one reason to send a request again. */
export const wasClosed = (error: NodeJS.ErrnoException): boolean => CLOSED.has(error.code)

/**
 * A 304 may say how long the body would be that it does not bring (RFC 9110, section 8.6). undici counts the bytes all the
 * same, misses them, and gives the connection up; nothing else is wrong with such an answer.
 */
export const missesBody = (error: NodeJS.ErrnoException): boolean =>
  error.code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'

/**
 * Where an answer ends with its connection, undici takes a reset for its end; only a regular one is (RFC 9112, section
 * 8: incomplete messages). To be called once the connection is there, before undici listens to it.
 */
export function tellResets(socket: Socket): void {
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ECONNRESET') error.code = RESET
  })
}

/**
 * A request that is given up takes its connection with it. By the name that undici gives that, it keeps the request on
 * its list and opens another connection for it, which nobody uses; by this one it crosses it off.
 */
export function forgetAborted(socket: Socket): void {
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'UND_ERR_INFO' && error.message === 'aborted') error.code = 'UND_ERR_SOCKET'
  })
}

const CONTINUE = Buffer.from('HTTP/1.1 100')
/** Where the status begins. */
const STATUS = 'HTTP/1.1 '.length
/** What undici writes around a chunk is not longer than this; a head is. */
const FRAME = '\r\nffffffff\r\n'.length
const END = '\r\n\r\n'
const NOTHING = Buffer.alloc(0)

/**
 * Leaves out a `100 Continue`, for which undici gives a connection up. Nobody asked for it, as `Expect` is not passed
 * on; it has to be understood all the same (RFC 9110, section 15.2).
 *
 * It can only come first: between the head of a request, which undici writes as text, and the answer.
 */
export function leaveOutContinue(socket: Socket): void {
  let awaited = false
  let begun: Buffer = NOTHING
  const write = socket.write as (...args: unknown[]) => boolean
  const { push } = socket
  socket.write = (...args: unknown[]) => {
    const [chunk] = args
    awaited ||= typeof chunk === 'string' && chunk.length > FRAME
    return write.apply(socket, args)
  }
  socket.push = (chunk: Buffer | null) => {
    if (!awaited) return push.call(socket, chunk)
    if (chunk === null) {
      push.call(socket, begun)
      return push.call(socket, null)
    }
    const bytes = begun.length === 0 ? chunk : Buffer.concat([begun, chunk])
    const rest = withoutContinue(bytes)
    begun = rest === undefined ? bytes : NOTHING
    awaited = rest === undefined || rest.length === 0
    return push.call(socket, rest ?? NOTHING)
  }
}

/** What is behind a `100 Continue`; all of it where there is none, undefined where that is not yet certain. */
function withoutContinue(bytes: Buffer): Buffer | undefined {
  if (bytes.length >= CONTINUE.length && bytes[STATUS] !== CONTINUE[STATUS]) return bytes // nearly always
  const start = bytes.subarray(0, CONTINUE.length)
  if (start.length === 0 || !start.equals(CONTINUE.subarray(0, start.length))) return bytes
  const end = bytes.indexOf(END)
  if (end < 0) return bytes.length > MAX_CONTINUE ? bytes : undefined
  return withoutContinue(bytes.subarray(end + END.length))
}

/** Bytes of its headers that are waited for. */
const MAX_CONTINUE = 16 * 1024
