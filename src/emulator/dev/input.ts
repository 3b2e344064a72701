/** What a dev tool is told: JSON or a form. */
import { milliseconds } from '../config/build.js'
import type { Exchange } from '../http/exchange.js'
import { badRequest, Problem } from '../http/kratos-errors.js'
import { asObject } from '../schema/fields.js'
import type { Json, JsonObject } from '../store/model.js'

/** Fields of the body, those of the query beside them. */
export function inputOf(x: Exchange): JsonObject {
  const query = Object.fromEntries(x.query)
  const type = x.header('content-type').split(';')[0]?.trim().toLowerCase()
  const text = x.body.toString('utf8')
  if (x.tooLarge) throw new Problem(413, { reason: 'The body is larger than 5 MiB.' })
  if (text.trim() === '') return query // clients that always name a type send it without a body, too
  // `curl -d '{…}'` calls its JSON a form.
  if (type === 'application/json' || text.startsWith('{')) return { ...query, ...parse(text) }
  return { ...query, ...Object.fromEntries(new URLSearchParams(text)) }
}

function parse(text: string): JsonObject {
  try {
    return asObject(JSON.parse(text) as Json)
  } catch (error) {
    throw badRequest(`The body is not JSON: ${(error as Error).message}`)
  }
}

export function textOf(input: JsonObject, ...names: string[]): string {
  const value = names.map(name => input[name]).find(one => one !== undefined && one !== '')
  return typeof value === 'string' ? value : value === undefined ? '' : String(value)
}

/** `90m` or a number of milliseconds; `-1h` goes back. */
export function durationOf(value: Json | undefined, name: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  const match = /^(-?)((?:\d+(?:ms|s|m|h))+)$/.exec(String(value))
  if (match) return (match[1] === '-' ? -1 : 1) * milliseconds(match[2])
  if (/^-?\d+$/.test(String(value))) return Number(value)
  throw badRequest(
    `"${name}" must be a duration like 15m or 1h30m, or milliseconds, not ${JSON.stringify(value)}`,
  )
}

/** The other way round, to the second: `26h5m`. */
export function durationText(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1000)
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ]
  const text = parts.map(([count, unit]) => (count === 0 ? '' : `${count}${unit}`)).join('')
  return text === '' ? '0s' : `${ms < 0 ? '-' : ''}${text}`
}
