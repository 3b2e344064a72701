/** What templates compute with. Go tells whole numbers from others, and a missing key from an empty one. */

/** A struct: asking for a field that it does not have is a mistake, where a map has no value. */
export class Struct {
  readonly name: string
  readonly fields: ReadonlyMap<string, Value>

  constructor(name: string, fields: ReadonlyMap<string, Value>) {
    this.name = name
    this.fields = fields
  }
}

export type Value =
  | undefined
  | null
  | boolean
  | string
  /** A whole number. */
  | bigint
  /** A floating one: every number of JSON. */
  | number
  | readonly Value[]
  | Map<string, Value>
  | Struct

/** JSON as Go reads it into an empty interface. */
export function fromJson(json: unknown): Value {
  if (Array.isArray(json)) return json.map(fromJson)
  if (json !== null && typeof json === 'object')
    return new Map(Object.entries(json).map(([key, one]) => [key, fromJson(one)]))
  return json as Value
}

export function toJson(value: Value): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(toJson)
  if (value instanceof Map)
    return Object.fromEntries(sortedEntries(value).map(([key, one]) => [key, toJson(one)]))
  if (value instanceof Struct)
    return Object.fromEntries([...value.fields].map(([key, one]) => [key, toJson(one)]))
  return value ?? null
}

const order = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)
export const sortedEntries = (map: Map<string, Value>): [string, Value][] =>
  [...map].sort(([one], [other]) => order(one, other))

/** What `if` takes for true. */
export function truth(value: Value): boolean {
  if (value === undefined || value === null) return false
  if (Array.isArray(value)) return value.length > 0
  if (value instanceof Map) return value.size > 0
  if (value instanceof Struct) return true
  return Boolean(value)
}

/** Go's name of a type, for messages. */
export function kindOf(value: Value): string {
  if (value === undefined || value === null) return 'nil'
  if (typeof value === 'bigint') return 'int'
  if (typeof value === 'number') return 'float64'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'string') return 'string'
  if (Array.isArray(value)) return '[]interface {}'
  return value instanceof Struct ? value.name : 'map[string]interface {}'
}

/** `%v`. */
export function shown(value: Value): string {
  if (value === undefined || value === null) return '<nil>'
  if (typeof value === 'number') return shownFloat(value)
  if (Array.isArray(value)) return `[${value.map(shown).join(' ')}]`
  if (value instanceof Map)
    return `map[${sortedEntries(value)
      .map(([key, one]) => `${key}:${shown(one)}`)
      .join(' ')}]`
  if (value instanceof Struct) return `{${[...value.fields.values()].map(shown).join(' ')}}`
  return String(value)
}

/** `%g`: with an exponent from a million on. */
function shownFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
  const [digits = '', power = '0'] = value.toExponential().split('e')
  const exponent = Number(power)
  if (exponent >= -4 && exponent < 6) return String(value)
  return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}
