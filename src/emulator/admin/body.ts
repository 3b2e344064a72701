/** Bodies of the admin API: JSON of a known shape, refused in the words of Kratos' decoder. */

import { decodeJson } from '../go/json.js'
import { timeMistake, uuidValueMistake } from '../go/values.js'
import { requireBody } from '../http/decode.js'
import type { Exchange } from '../http/exchange.js'
import { badRequest, Problem } from '../http/kratos-errors.js'
import type { Json, JsonObject } from '../store/model.js'
import { foldNames } from './names.js'

/** A shape: a Go type by its name, or a struct with fields. */
export type Shape =
  | 'string'
  | 'bool'
  | 'any'
  | 'uuid'
  | 'time'
  /** A UUID that is read from text alone; of `uuid`, Go reads every value as text. */
  | 'id'
  | StructShape
  | { list: Shape; go: string }
  | { named: string }
export interface StructShape {
  /** Go's name, which its messages carry. */
  struct: string
  /** The package it is in; `identity` if not said. */
  package?: string
  fields: Record<string, Shape>
}

/** Strict: a key that is not known is an error. */
export function readStrict(x: Exchange, shape: StructShape): JsonObject {
  const { value, mistake } = read(x, shape, true)
  if (mistake !== undefined) throw new Problem(400, { message: mistake })
  return value
}

/** Tolerant about keys, but only for JSON. */
export function readJson(x: Exchange, shape: StructShape): JsonObject {
  requireBody(x, [x.method], ['application/json'])
  const { value, mistake } = read(x, shape, false)
  if (mistake !== undefined) throw badRequest(`Unable to decode JSON payload: ${mistake}`)
  return value
}

function read(
  x: Exchange,
  shape: StructShape,
  strict: boolean,
): { value: JsonObject; mistake: string | undefined } {
  const decoded = decodeJson(text(x))
  if ('error' in decoded) return { value: {}, mistake: decoded.error }
  const value = fold(decoded.value, shape)
  return {
    value: (value ?? {}) as JsonObject,
    mistake: mistakeIn(value, shape, strict),
  }
}

/** A document that no request held whole, as its struct writes it. */
export function readDocument(
  document: JsonObject,
  shape: StructShape,
): { value: JsonObject; mistake: string | undefined } {
  const value = fold(document, shape) as JsonObject
  return { value, mistake: mistakeIn(value, shape, false) }
}

/** Every name in a body as its struct writes it. */
function fold(value: Json, shape: Shape): Json {
  if (typeof shape !== 'object' || value === null || typeof value !== 'object') return value
  if ('list' in shape) return Array.isArray(value) ? value.map(inner => fold(inner, shape.list)) : value
  if (!('struct' in shape) || Array.isArray(value)) return value
  const named = Object.entries(foldNames(value, Object.keys(shape.fields)))
  return Object.fromEntries(named.map(([key, inner]) => [key, fold(inner, shape.fields[key] ?? 'any')]))
}

function text(x: Exchange): string {
  if (x.tooLarge) throw new Problem(413, { message: 'http: request body too large' })
  return x.body.toString('utf8')
}

const mistakeIn = (value: Json, shape: Shape, strict: boolean): string | undefined =>
  checkValues(value, shape) ?? check(value, shape, [], strict)

/** What no type reads ends Go's decoding at once; of a value of another type it is said when all has been read. */
function checkValues(value: Json, shape: Shape): string | undefined {
  if (shape === 'uuid') return value === null ? undefined : uuidValueMistake(value)
  if (shape === 'id') return typeof value === 'string' ? uuidValueMistake(value) : undefined
  if (shape === 'time') return value === null ? undefined : timeMistake(value)
  if (typeof shape !== 'object' || value === null || typeof value !== 'object') return undefined
  if ('list' in shape)
    return Array.isArray(value) ? first(value, item => checkValues(item, shape.list)) : undefined
  if (!('struct' in shape) || Array.isArray(value)) return undefined
  return first(Object.entries(value), ([key, inner]) =>
    Object.hasOwn(shape.fields, key) ? checkValues(inner, shape.fields[key] ?? 'any') : undefined,
  )
}

/** What Go's decoder says about a value that does not fit; `path` leads there from the outermost struct. */
function check(value: Json, shape: Shape, path: string[], strict: boolean, owner = ''): string | undefined {
  if (value === null || shape === 'any') return undefined
  if (typeof shape === 'object' && 'struct' in shape) return checkStruct(value, shape, path, strict, owner)
  if (typeof shape === 'object' && 'list' in shape) {
    if (!Array.isArray(value)) return mismatch(value, shape.go, path, owner)
    return first(value, item => check(item, shape.list, path, strict, owner))
  }
  if (shape === 'bool') return typeof value === 'boolean' ? undefined : mismatch(value, 'bool', path, owner)
  if (shape === 'uuid' || shape === 'time') return undefined
  if (shape === 'id') return typeof value === 'string' ? undefined : mismatch(value, 'uuid.UUID', path, owner)
  const named = typeof shape === 'object' ? shape.named : 'string'
  return typeof value === 'string' ? undefined : mismatch(value, named, path, owner)
}

function checkStruct(
  value: Json,
  shape: StructShape,
  path: string[],
  strict: boolean,
  owner: string,
): string | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return mismatch(value, `${shape.package ?? 'identity'}.${shape.struct}`, path, owner)
  }
  return first(Object.entries(value), ([key, inner]) => {
    const field = Object.hasOwn(shape.fields, key) ? shape.fields[key] : undefined
    if (field === undefined) return strict ? `json: unknown field ${JSON.stringify(key)}` : undefined
    return check(inner, field, [...path, key], strict, shape.struct)
  })
}

function mismatch(value: Json, type: string, path: string[], owner: string): string {
  const kind =
    value === null ? 'null' : Array.isArray(value) ? 'array' : KINDS[typeof value as keyof typeof KINDS]
  if (path.length === 0) return `json: cannot unmarshal ${kind} into Go value of type ${type}`
  return `json: cannot unmarshal ${kind} into Go struct field ${owner}.${path.join('.')} of type ${type}`
}

const KINDS = { string: 'string', number: 'number', boolean: 'bool', object: 'object' } as const

function first<T>(items: Iterable<T>, test: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = test(item)
    if (found !== undefined) return found
  }
  return undefined
}
