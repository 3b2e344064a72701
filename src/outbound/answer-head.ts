import type { IncomingMessage, ServerResponse } from 'node:http'
import { HOP_BY_HOP } from '../common/hop-by-hop.js'

/** The head of an answer as it came. */
export interface AnswerHead {
  readonly status: number
  /** The reason phrase; often empty. */
  readonly reason: string
  /** Names and values in turn, as they were written. */
  readonly headers: readonly string[]
}

/** Headers as text, byte for byte. */
export function textOf(raw: unknown): string[] {
  if (!Array.isArray(raw)) return []
  const text: string[] = new Array(raw.length)
  for (let i = 0; i < raw.length; i++) text[i] = (raw[i] as Buffer).toString('latin1')
  return text
}

/** The value of a header, all of its fields joined (RFC 9110, section 5.3). */
export function fieldOf({ headers }: Pick<AnswerHead, 'headers'>, name: string): string | undefined {
  let value: string | undefined
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i]!.length !== name.length || headers[i]!.toLowerCase() !== name) continue
    value = value === undefined ? headers[i + 1]! : `${value}, ${headers[i + 1]}`
  }
  return value
}

const EARLY_HINTS = 103

/** What comes before an answer: hints are passed on, and what else there is concerns one connection. */
export function interim(
  { httpVersionMajor, httpVersionMinor }: IncomingMessage,
  res: ServerResponse,
  status: number,
  headers: readonly string[],
): void {
  if (status !== EARLY_HINTS || res.headersSent) return
  if (httpVersionMajor === 1 && httpVersionMinor === 0) return // RFC 9110, section 15.2
  const hints: Record<string, string | string[]> = {}
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!.toLowerCase()
    if (HOP_BY_HOP.has(name) || name === 'content-length') continue // over HTTP/2 they would end the request
    const before = hints[name]
    hints[name] = before === undefined ? headers[i + 1]! : [before, headers[i + 1]!].flat()
  }
  try {
    res.writeEarlyHints(hints)
  } catch {
    // node:http takes links of one form only; a hint is no part of the answer
  }
}
