/** What Go's decoders say about texts that stand for something else. */
import type { Json } from '../store/model.js'

const RFC3339: readonly (readonly [string, RegExp])[] = [
  ['2006', /^\d{4}/],
  ['-', /^-/],
  ['01', /^\d\d/],
  ['-', /^-/],
  ['02', /^\d\d/],
  ['T', /^T/],
  ['15', /^\d\d/],
  [':', /^:/],
  ['04', /^\d\d/],
  [':', /^:/],
  ['05', /^\d\d([.,]\d+)?/],
  ['Z07:00', /^(Z|[+-]\d\d:\d\d)/],
]
const LAYOUT = RFC3339.map(([part]) => part).join('')

/** Undefined for a point in time (RFC 3339). */
export function timeMistake(value: Json): string | undefined {
  if (typeof value !== 'string') return 'Time.UnmarshalJSON: input is not a JSON string'
  const quoted = JSON.stringify(value)
  let rest = value
  for (const [part, pattern] of RFC3339) {
    const found = pattern.exec(rest)?.[0]
    if (found === undefined)
      return `parsing time ${quoted} as "${LAYOUT}": cannot parse ${JSON.stringify(rest)} as "${part}"`
    rest = rest.slice(found.length)
  }
  if (rest) return `parsing time ${quoted}: extra text: ${JSON.stringify(rest)}`
  return Number.isNaN(Date.parse(value)) ? `parsing time ${quoted}: day out of range` : undefined
}

export function uuidValueMistake(value: Json): string | undefined {
  if (typeof value === 'string') return uuidMistake(value)
  return `uuid: incorrect UUID length ${JSON.stringify(value).length} in string ${JSON.stringify(JSON.stringify(value))}`
}

/** What Go's UUID parser says; undefined for a UUID. */
export function uuidMistake(text: string): string | undefined {
  const plain = text.replace(/^urn:uuid:/, '').replace(/^\{(.*)\}$/, '$1')
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$|^[0-9a-f]{32}$/i.test(plain))
    return undefined
  if (![32, 36, 38, 41, 45].includes(text.length)) {
    return `uuid: incorrect UUID length ${text.length} in string ${JSON.stringify(text)}`
  }
  return `uuid: incorrect UUID format in string ${JSON.stringify(text)}`
}
