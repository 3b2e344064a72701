import type { OutgoingHttpHeader, OutgoingHttpHeaders } from 'node:http'
import { Http2ServerResponse } from 'node:http2'

/** Fields of one connection, not of an answer: node:http2 throws on them (RFC 9113, section 8.2.2). */
const HOP_BY_HOP = new Set([
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
])

type HeaderValue = number | string | readonly string[]
type WriteHeadHeaders = OutgoingHttpHeaders | readonly OutgoingHttpHeader[]

/**
 * The answer of every HTTP/2 request. What is fine over HTTP/1.1 (a `Keep-Alive` of the upstream, a status of 999,
 * a reason phrase) makes node:http2 throw, often where nobody can catch it, so it is taken out here, where all
 * answers pass.
 */
export class GuardedHttp2Response extends Http2ServerResponse {
  /** What the `Connection` headers list is of one connection too (RFC 9110, section 7.6.1). */
  readonly #connectionFields = new Set<string>()

  override setHeader(name: string, value: HeaderValue): void {
    if (this.#isHopByHop(name, value)) return
    super.setHeader(name, singleField(name, value))
  }

  override appendHeader(name: string, value: string | string[]): void {
    const present: HeaderValue = this.getHeader(name) ?? []
    this.setHeader(name, [present, value].flat().map(String))
  }

  override writeHead(status: number, headers?: WriteHeadHeaders): this
  override writeHead(status: number, reason: string, headers?: WriteHeadHeaders): this
  override writeHead(status: number, reason?: string | WriteHeadHeaders, headers?: WriteHeadHeaders): this {
    // On an answer that is under way or gone, the original knows what to say.
    const isOpen = !this.headersSent && !this.stream.destroyed && !this.stream.closed
    if (isOpen) {
      const given = typeof reason === 'object' ? reason : headers
      for (const [name, value] of fields(given)) this.setHeader(name, value)
      for (const name of this.#connectionFields) this.removeHeader(name)
    }
    return super.writeHead(possibleStatus(status))
  }

  override addTrailers(trailers: OutgoingHttpHeaders): void {
    const allowed = Object.entries(trailers).filter(([name]) => !HOP_BY_HOP.has(name.toLowerCase()))
    super.addTrailers(Object.fromEntries(allowed))
  }

  static {
    // Accessors in fact, but properties to the compiler, which lets nobody override them in the usual way.
    const original = Object.getOwnPropertyDescriptor(Http2ServerResponse.prototype, 'statusCode')
    Object.defineProperties(GuardedHttp2Response.prototype, {
      statusCode: {
        ...original,
        set(status: number) {
          original?.set?.call(this, possibleStatus(status))
        },
      },
      // HTTP/2 has no reason phrase (RFC 9113, section 8.3.2); the original warns whenever one is set.
      statusMessage: { get: () => '', set: () => {} },
    })
  }

  #isHopByHop(name: string, value: HeaderValue): boolean {
    const field = name.trim().toLowerCase()
    if (field === 'connection') {
      for (const listed of String(value).split(',')) this.#connectionFields.add(listed.trim().toLowerCase())
    }
    return HOP_BY_HOP.has(field)
  }
}

/** Several fields of one name become one: node:http2 throws on a second `Content-Type` (RFC 9110, section 5.3). */
function singleField(name: string, value: HeaderValue): HeaderValue {
  if (!Array.isArray(value) || name.trim().toLowerCase() === 'set-cookie') return value
  return value.join(', ')
}

/** Over HTTP/1.1 any three digits are a status; HTTP/2 in Node knows 200 to 599 as final ones. */
function possibleStatus(status: number): number {
  return status >= 200 && status <= 599 ? status : 502
}

/** The three shapes `writeHead` takes: an object, a flat list, a list of pairs. */
function fields(headers: WriteHeadHeaders | undefined): Iterable<[string, HeaderValue]> {
  if (headers === undefined) return []
  if (!isList(headers)) return Object.entries(headers).flatMap(([name, value]) => pair(name, value))
  const flat = headers.every(Array.isArray) ? headers.flat() : headers
  const collected = new Map<string, string[]>()
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const name = String(flat[i]).toLowerCase()
    collected.set(name, [collected.get(name) ?? [], flat[i + 1] ?? []].flat().map(String))
  }
  return collected
}

function pair(name: string, value: OutgoingHttpHeader | undefined): [string, HeaderValue][] {
  return value === undefined ? [] : [[name, value]]
}

function isList(headers: WriteHeadHeaders): headers is readonly OutgoingHttpHeader[] {
  return Array.isArray(headers)
}
