import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'
import { OryProxyError } from '../errors.js'
import { decodeBody } from './decode.js'
import { type OryPattern, type Rewriting, rewriteText } from './rewrite.js'

/** Bodies above this size, as sent or decoded, stream through as they came. */
const REWRITE_LIMIT = 16 * 1024 * 1024

/** The headers of an answer of ours. */
export type AnswerHeaders = Record<string, string | string[]>

/** JSON and HTML speak of Ory's address; scripts must not change (webauthn.js has an integrity hash). */
const REWRITTEN_TYPES = /^\s*(?:application\/(?:[\w.-]+\+)?json|text\/html)\s*(?:;|$)/i

/** Whether an answer may speak of Ory's address, and is small enough to be read first. */
export function isRewritable(req: IncomingMessage, upstream: IncomingMessage): boolean {
  const { statusCode = 0, headers } = upstream
  if (req.method === 'HEAD' || statusCode === 204 || statusCode === 304) return false
  if (Number(headers['content-length'] ?? 0) > REWRITE_LIMIT) return false
  return REWRITTEN_TYPES.test(headers['content-type'] ?? '')
}

/**
 * Reads the body, rewrites it, and sends it without its coding; what cannot be read passes as it came.
 *
 * @returns whether the text changed
 */
export async function rewriteBody(
  upstream: IncomingMessage,
  res: ServerResponse,
  headers: AnswerHeaders,
  pattern: OryPattern,
  rewriting: Rewriting,
): Promise<boolean> {
  const { body, whole } = await readUpTo(upstream, REWRITE_LIMIT).catch(() => {
    throw new OryProxyError('ORY_PROXY_UNREACHABLE', `Ory at ${rewriting.ory.origin} broke off its answer.`)
  })
  const text = whole ? await readText(body, upstream) : undefined
  if (text === undefined) {
    res.writeHead(upstream.statusCode!, headers)
    res.write(body)
    if (whole) res.end()
    else stream(upstream, res)
    return false
  }
  const changed = rewriteText(text, pattern, rewriting)
  const rewritten = Buffer.from(changed)
  delete headers['content-encoding']
  delete headers['etag'] // names other bytes
  headers['content-length'] = String(rewritten.length)
  res.writeHead(upstream.statusCode!, headers)
  res.end(rewritten)
  return changed !== text
}

async function readText(body: Buffer, { headers }: IncomingMessage): Promise<string | undefined> {
  try {
    const decoded = await decodeBody(body, headers['content-encoding'], REWRITE_LIMIT)
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(decoded)
  } catch {
    return undefined // another charset, a broken or unknown coding, a bomb
  }
}

async function readUpTo(stream: IncomingMessage, limit: number): Promise<{ body: Buffer; whole: boolean }> {
  const chunks: Buffer[] = []
  let size = 0
  // Not destroyed on leaving: above the limit the rest is streamed.
  for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size > limit) return { body: Buffer.concat(chunks), whole: false }
  }
  return { body: Buffer.concat(chunks), whole: true }
}

/** Streams on; whichever side breaks off takes the other with it, so that a cut answer never looks whole. */
export function stream(from: IncomingMessage, to: ServerResponse): void {
  pipeline(from, to, () => {})
}
