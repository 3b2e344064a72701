import type { IncomingMessage, ServerResponse } from 'node:http'
import { constants } from 'node:http2'
import { connectionTokens, HOP_BY_HOP } from '../common/hop-by-hop.js'
import { type AnswerHead, fieldOf } from './answer-head.js'
import { http2Stream } from './client-side.js'
import type { Sink } from './passage.js'

/** Passes an answer on as it came, but for what concerns one connection. */
export function answerWith(req: IncomingMessage, res: ServerResponse, answer: AnswerHead): Sink {
  const { headers, length } = endToEnd(answer)
  const trailers = announcesTrailers(req, answer)
  if (trailers !== undefined) headers.push('Trailer', trailers)
  begin(res, answer.status, answer.reason, headers)
  return length <= SMALL ? sinkOf(req, res, length) : sinkOf(req, res)
}

/** Bytes of a body that go out together with the head. */
const SMALL = 16 * 1024

/** Sends the head of an answer. */
export function begin(res: ServerResponse, status: number, reason: string, given: readonly string[]): void {
  const headers = status === 204 ? withoutLength(given) : given
  // Over HTTP/2 there is no reason phrase (RFC 9113, section 8.3.2), and Node 20 takes no flat lists.
  if (http2Stream(res)) return beginHttp2(res, status, grouped(headers))
  // Of a field that stands twice in a flat list, layers that look at it (compression) would keep the last one only.
  const fields = repeats(headers) ? grouped(headers) : (headers as string[])
  if (reason === '') res.writeHead(status, fields)
  else res.writeHead(status, reason.replace(NOT_LATIN1, '?'), fields)
}

/** There must be none with 204 (RFC 9110, section 8.6); clients of HTTP/2 insist on that. */
const withoutLength = (headers: readonly string[]): string[] =>
  headers.filter((_, i) => headers[i - (i % 2)]!.toLowerCase() !== 'content-length')

/** What it refuses (a field twice that may be there once) must not stand in the way of the error's own answer. */
function beginHttp2(res: ServerResponse, status: number, fields: Record<string, string | string[]>): void {
  try {
    res.writeHead(status, fields)
  } catch (error) {
    for (const name of res.getHeaderNames()) res.removeHeader(name)
    throw error
  }
}

function repeats(headers: readonly string[]): boolean {
  const seen = new Set<string>()
  for (let i = 0; i < headers.length; i += 2) seen.add(headers[i]!.toLowerCase())
  return seen.size < headers.length / 2
}

const NOT_LATIN1 = /[^\t\x20-\x7e\x80-\xff]/g

/** Every field once, by the name it came with first. */
function grouped(headers: readonly string[]): Record<string, string | string[]> {
  const groups = new Map<string, [name: string, values: string[]]>()
  for (let i = 0; i < headers.length; i += 2) {
    const known = groups.get(headers[i]!.toLowerCase())
    if (known) known[1].push(headers[i + 1]!)
    else groups.set(headers[i]!.toLowerCase(), [headers[i]!, [headers[i + 1]!]])
  }
  const fields = [...groups.values()].map(([name, values]) => [
    name,
    values.length === 1 ? values[0]! : values,
  ])
  return Object.fromEntries(fields) as Record<string, string | string[]>
}

/**
 * The rest of an answer whose head is sent.
 *
 * @param whole bytes of a body that is not long, where it is known: if it comes in one piece, its end comes with it
 */
export function sinkOf(req: IncomingMessage, res: ServerResponse, whole?: number): Sink {
  let body: Buffer | undefined
  return {
    write(chunk) {
      if (chunk.length !== whole) return res.write(chunk)
      body = chunk
      return true
    },
    end(trailers) {
      const allowed = trailers.length > 0 ? allowedTrailers(trailers) : []
      if (allowed.length > 0) res.addTrailers(grouped(allowed))
      if (body) writeAtOnce(res, body)
      res.end()
      stopUpload(req, res)
    },
  }
}

/**
 * Head and body in one write: as text, which node:http puts behind the head, and before `end`, which would hold it
 * back for an (empty) end to go with it. Two pieces cost the system twice as much as one.
 */
function writeAtOnce(res: ServerResponse, body: Buffer): void {
  if (http2Stream(res)) return void res.write(body)
  const { socket } = res
  socket?.cork() // or node:http does, until the next tick
  res.write(body.toString('latin1'), 'latin1')
  socket?.uncork()
}

/** Over HTTP/2 an answer may end before the upload does; nobody reads on then (RFC 9113, section 8.1). */
function stopUpload(req: IncomingMessage, res: ServerResponse): void {
  const stream = http2Stream(res)
  if (!stream || req.readableEnded || stream.endAfterHeaders) return
  res.on('finish', () => setImmediate(() => stream.closed || stream.close(constants.NGHTTP2_NO_ERROR)))
}

/** What is not for one connection, and the length that it announces; 0 where it does not. */
function endToEnd(answer: AnswerHead): { headers: string[]; length: number } {
  const { headers } = answer
  const named = connectionTokens(fieldOf(answer, 'connection'))
  const kept: string[] = []
  let length = 0
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!.toLowerCase()
    if (HOP_BY_HOP.has(name) || named.includes(name)) continue
    if (name === 'content-length') length = Number(headers[i + 1])
    kept.push(headers[i]!, headers[i + 1]!)
  }
  return { headers: kept, length }
}

/** Trailers need chunks, on both sides: where they cannot be sent, they are not announced either. */
function announcesTrailers(req: IncomingMessage, answer: AnswerHead): string | undefined {
  const announced = fieldOf(answer, 'trailer')
  if (announced === undefined || req.method === 'HEAD' || req.httpVersion === '1.0') return undefined
  if (answer.status === 204 || answer.status === 304) return undefined
  return fieldOf(answer, 'transfer-encoding') === undefined ? undefined : announced
}

/** A trailer must not change what was already read (RFC 9110, section 6.5.1). */
function allowedTrailers(trailers: readonly string[]): string[] {
  const allowed: string[] = []
  for (let i = 0; i < trailers.length; i += 2) {
    const name = trailers[i]!.toLowerCase()
    if (!HOP_BY_HOP.has(name) && !NEVER_TRAILERS.has(name)) allowed.push(trailers[i]!, trailers[i + 1]!)
  }
  return allowed
}

const NEVER_TRAILERS: ReadonlySet<string> = new Set([
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'host',
  'set-cookie',
])
