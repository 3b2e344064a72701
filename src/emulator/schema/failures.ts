/**
 * What ajv finds, as Kratos' JSON Schema validator says it: one failure per broken rule, in that
 * validator's order and words. `schemaPath` and `instancePath` are lists of unescaped segments.
 */
import type { ErrorObject } from 'ajv'
import { goQuote } from '../go/quote.js'
import type { Json, JsonObject } from '../store/model.js'

export interface Failure {
  instance: string[]
  /** The path to the schema that failed, without the keyword. */
  schema: string[]
  keyword: string
  message: string
  /** Numbers and names the message is made of, for the texts people read. */
  params: JsonObject
}

/** Failures that ajv reports beside the ones they consist of; the tree of reasons names them itself. */
const SUMMARIES = new Set(['anyOf', 'if', 'contains', 'propertyNames'])

export function toFailures(errors: readonly ErrorObject[]): Failure[] {
  const failures = mergeProperties(errors.flatMap(toFailure))
  // Kratos looks no further into a value of the wrong type.
  const mistyped = new Set(failures.filter(f => f.keyword === 'type').map(place))
  return failures.filter(f => f.keyword === 'type' || !mistyped.has(place(f)))
}

/** ajv counts every property that is missing or too many, Kratos every object. */
function mergeProperties(failures: Failure[]): Failure[] {
  const merged = new Map<string, Failure>()
  return failures.filter(failure => {
    const describeAll = PER_OBJECT.get(failure.keyword)
    if (!describeAll) return true
    const key = `${failure.keyword} ${place(failure)}`
    const first = merged.get(key)
    if (!first) merged.set(key, failure)
    else Object.assign(first, describeAll([first, failure].flatMap(f => f.params['properties'] as string[])))
    return !first
  })
}

const PER_OBJECT = new Map<string, (properties: string[]) => Described>([
  [
    'required',
    properties => ({ message: `missing properties: ${quoteAll(properties)}`, params: { properties } }),
  ],
  [
    'additionalProperties',
    properties => ({
      message: `additionalProperties ${quoteAll(properties)} not allowed`,
      params: { properties },
    }),
  ],
])

/** Which value of the traits failed which schema. */
const place = (f: Failure): string => `${pointer(f.schema)} ${pointer(f.instance)}`

function toFailure(error: ErrorObject): Failure[] {
  const passing = error.keyword === 'oneOf' ? (error.params['passingSchemas'] as number[] | null) : undefined
  if (SUMMARIES.has(error.keyword) || (error.keyword === 'oneOf' && !passing)) return []
  const segments = unpoint(error.schemaPath)
  const described = describe(error)
  const own = { instance: unpoint(error.instancePath), keyword: error.keyword, ...described }
  // Draft 7's `dependencies` name the property behind the keyword; everything else ends in the keyword.
  const schema = segments.slice(0, segments.lastIndexOf(error.keyword))
  return [{ ...own, schema }]
}

type Described = Pick<Failure, 'message' | 'params'>

function describe(error: ErrorObject): Described {
  const { data, keyword } = error
  const limit = error.params['limit'] as number
  const rule = error.schema as Json
  switch (keyword) {
    case 'required':
      return PER_OBJECT.get(keyword)!([error.params['missingProperty'] as string])
    case 'minLength':
      return sized(`length must be >= ${limit}, but got`, limit, [...(data as string)].length)
    case 'maxLength':
      return sized(`length must be <= ${limit}, but got`, limit, [...(data as string)].length)
    case 'minItems':
      return counted('minimum', 'items', limit, (data as Json[]).length)
    case 'maxItems':
      return counted('maximum', 'items', limit, (data as Json[]).length)
    case 'minProperties':
      return counted('minimum', 'properties', limit, Object.keys(data as JsonObject).length)
    case 'maxProperties':
      return counted('maximum', 'properties', limit, Object.keys(data as JsonObject).length)
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return sized(`must be ${COMPARISON[keyword]} ${limit} but found`, limit, data as number)
    case 'multipleOf':
      return { message: `${data} not multipleOf ${rule}`, params: { limit: rule, actual: data as Json } }
    case 'uniqueItems':
      return unique(error.params['j'] as number, error.params['i'] as number)
    default:
      return describeValue(error)
  }
}

const COMPARISON = { minimum: '>=', maximum: '<=', exclusiveMinimum: '>', exclusiveMaximum: '<' } as const

function describeValue(error: ErrorObject): Described {
  const rule = error.schema as Json
  const data = error.data as Json
  switch (error.keyword) {
    case 'type': {
      const allowed = [rule].flat().map(String)
      const actual = jsonType(data)
      return { message: `expected ${allowed.join(' or ')}, but got ${actual}`, params: { allowed, actual } }
    }
    case 'format':
      return { message: `${quote(data)} is not valid ${quote(rule)}`, params: { value: data, format: rule } }
    case 'pattern':
      return { message: `does not match pattern ${quote(rule)}`, params: { pattern: rule } }
    case 'const':
      return {
        message: isPrimitive(rule) ? `value must be ${goSyntax(rule)}` : 'const failed',
        params: { expected: goSyntax(rule), generic: !isPrimitive(rule) },
      }
    case 'enum':
      return { message: enumMessage(rule as Json[]), params: {} }
    case 'additionalProperties':
      return PER_OBJECT.get(error.keyword)!([error.params['additionalProperty'] as string])
    case 'additionalItems':
      return {
        message: `only ${error.params['limit']} items are allowed, but found ${(data as Json[]).length} items`,
        params: {},
      }
    case 'dependencies':
      return {
        message: `property ${quote(error.params['missingProperty'])} is required, if ${quote(error.params['property'])} property exists`,
        params: {},
      }
    case 'oneOf': {
      const [first, second] = error.params['passingSchemas'] as [number, number]
      return { message: `valid against schemas at indexes ${first} and ${second}`, params: {} }
    }
    case 'false schema':
      return { message: 'always fail', params: {} }
    default:
      return { message: `${error.keyword} failed`, params: {} }
  }
}

function sized(start: string, limit: number, actual: number): Described {
  return { message: `${start} ${actual}`, params: { limit, actual } }
}

function counted(bound: string, what: string, limit: number, actual: number): Described {
  return {
    message: `${bound} ${limit} ${what} allowed, but found ${actual} ${what}`,
    params: { limit, actual },
  }
}

function unique(first: number, second: number): Described {
  const [a, b] = first < second ? [first, second] : [second, first]
  return { message: `items at index ${a} and ${b} are equal`, params: { a, b } }
}

function enumMessage(values: Json[]): string {
  if (!values.every(isPrimitive)) return 'enum failed'
  if (values.length === 1) return `value must be ${goSyntax(values[0]!)}`
  return `value must be one of ${values.map(goSyntax).join(', ')}`
}

/** Values as Go's `%#v` prints them: numbers of a schema are strings to its decoder. */
function goSyntax(value: Json): string {
  if (value === null) return '<nil>'
  return typeof value === 'boolean' ? String(value) : quote(String(value))
}

const isPrimitive = (value: Json): boolean => value === null || typeof value !== 'object'

export function jsonType(value: Json): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

const quote = (value: unknown): string => (typeof value === 'string' ? goQuote(value) : JSON.stringify(value))
const quoteAll = (values: string[]): string => values.map(quote).join(', ')

/** `#/a~1b` or `/a~1b` as segments. */
export function unpoint(text: string): string[] {
  return text
    .replace(/^#/, '')
    .split('/')
    .slice(1)
    .map(segment => decode(segment).replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** Segments as `#/a~1b`. */
export function pointer(segments: readonly string[]): string {
  return ['#', ...segments.map(s => s.replaceAll('~', '~0').replaceAll('/', '~1'))].join('/')
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
