import type { IncomingMessage, ServerResponse } from 'node:http'
import { begin, sinkOf } from '../../outbound/answer.js'
import { type AnswerHead, fieldOf } from '../../outbound/answer-head.js'
import type { Sink } from '../../outbound/passage.js'
import { decodeBody } from './decode.js'
import { type OryPattern, type Rewriting, rewriteText } from './rewrite.js'

/** Bodies above this size, as sent or decoded, stream through as they came. */
const REWRITE_LIMIT = 16 * 1024 * 1024

/** JSON and HTML speak of Ory's address; scripts must not change (webauthn.js has an integrity hash). */
const REWRITTEN_TYPES = /^\s*(?:application\/(?:[\w.-]+\+)?json|text\/html)\s*(?:;|$)/i

/** Whether an answer may speak of Ory's address, and is small enough to be read first. */
export function isRewritable(answer: AnswerHead): boolean {
  if (answer.status === 204 || answer.status === 304) return false
  if (Number(fieldOf(answer, 'content-length') ?? 0) > REWRITE_LIMIT) return false
  return REWRITTEN_TYPES.test(fieldOf(answer, 'content-type') ?? '')
}

/** Headers that name the bytes of a body, and not those of a rewritten one. */
const OF_THE_BODY: ReadonlySet<string> = new Set(['content-encoding', 'content-length', 'etag'])

/** Headers without those that say how long a body is, how it is packed and which one it is. */
export function withoutBodyHeaders(headers: readonly string[]): string[] {
  const kept: string[] = []
  for (let i = 0; i < headers.length; i += 2) {
    if (!OF_THE_BODY.has(headers[i]!.toLowerCase())) kept.push(headers[i]!, headers[i + 1]!)
  }
  return kept
}

/** Reads a body, rewrites it, and sends it without its coding; what cannot be read passes as it came. */
export class RewritingSink implements Sink {
  readonly #req: IncomingMessage
  readonly #res: ServerResponse
  readonly #answer: AnswerHead
  readonly #pattern: OryPattern
  readonly #rewriting: Rewriting
  readonly #done: (changed: boolean, text?: string) => void
  #chunks: Buffer[] = []
  #size = 0
  /** Where the rest goes, once it is too much to be read. */
  #streaming: Sink | undefined

  /**
   * @param answer with the headers to send where the body passes as it came
   * @param done told whether the text changed, and how it reads now; not where it passes as it came
   */
  constructor(
    req: IncomingMessage,
    res: ServerResponse,
    answer: AnswerHead,
    pattern: OryPattern,
    rewriting: Rewriting,
    done: (changed: boolean, text?: string) => void,
  ) {
    this.#req = req
    this.#res = res
    this.#answer = answer
    this.#pattern = pattern
    this.#rewriting = rewriting
    this.#done = done
  }

  write(chunk: Buffer): boolean {
    if (this.#streaming) return this.#streaming.write(chunk)
    this.#chunks.push(chunk)
    this.#size += chunk.length
    return this.#size <= REWRITE_LIMIT || this.#stream(Buffer.concat(this.#chunks))
  }

  end(trailers: string[]): void | Promise<void> {
    return this.#streaming
      ? this.#streaming.end(trailers)
      : this.#rewrite(Buffer.concat(this.#chunks), trailers)
  }

  async #rewrite(body: Buffer, trailers: string[]): Promise<void> {
    const text = await this.#read(body)
    if (this.#res.destroyed) return
    if (text === undefined) {
      this.#stream(body)
      return this.#streaming!.end(trailers)
    }
    const changed = rewriteText(text, this.#pattern, this.#rewriting)
    const rewritten = Buffer.from(changed)
    const { status, reason, headers } = this.#answer
    begin(this.#res, status, reason, [
      ...withoutBodyHeaders(headers),
      'Content-Length',
      String(rewritten.length),
    ])
    this.#res.end(rewritten)
    this.#done(changed !== text, changed)
  }

  #stream(body: Buffer): boolean {
    this.#chunks = []
    const { status, reason, headers } = this.#answer
    begin(this.#res, status, reason, headers)
    this.#streaming = sinkOf(this.#req, this.#res)
    this.#done(false)
    return this.#streaming.write(body)
  }

  async #read(body: Buffer): Promise<string | undefined> {
    try {
      const encoding = fieldOf(this.#answer, 'content-encoding')
      const decoded = await decodeBody(body, encoding, REWRITE_LIMIT)
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(decoded)
    } catch {
      return undefined // another charset, a broken or unknown coding, a bomb
    }
  }
}
