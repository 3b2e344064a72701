/**
 * What a form says. Kratos takes JSON and form bodies as the same flat list of names and values, and makes
 * of each what the method's schema has under that name; what no schema knows is dropped.
 */

import { decodeJson } from '../go/json.js'
import type { CompiledSchema } from '../schema/identity-schema.js'
import type { Json, JsonObject } from '../store/model.js'
import type { Exchange } from './exchange.js'
import { badRequest, PlainFailure, Problem } from './kratos-errors.js'

export type FieldType =
  | 'string'
  | 'boolean'
  | 'number'
  | 'object'
  | 'list'
  | 'strings'
  | 'numbers'
  | 'booleans'
export interface PayloadField {
  name: string
  type: FieldType
  required?: boolean
}

export const fields = (type: FieldType, ...names: string[]): PayloadField[] =>
  names.map(name => ({ name, type }))

/** `traits` as a whole, every object in it, and every single trait. */
export function traitFields(schema: CompiledSchema): PayloadField[] {
  const leaves = schema.fields.map(({ name, value, required }) => ({ name, type: value, required }))
  const { objects, lists } = schema.containers
  return [...fields('object', ...objects), ...fields('list', ...lists), ...leaves]
}

export interface DecodeOptions {
  /** HTTP methods this payload may come with. */
  methods?: readonly string[]
  /** Whether the query counts as well. */
  query?: boolean
}

const CONTENT_TYPES = ['multipart/form-data', 'application/x-www-form-urlencoded', 'application/json']

export function decode(x: Exchange, known: readonly PayloadField[], options: DecodeOptions = {}): JsonObject {
  const { methods = ['POST', 'PUT', 'PATCH'], query = false } = options
  const { method } = x
  requireBody(x, methods, CONTENT_TYPES)
  const values = rawValues(x)
  if (query || method === 'GET')
    for (const name of new Set(x.query.keys()))
      values.set(name, merge(x, values.get(name), x.query.getAll(name)))
  return assembleFor(x, values, known)
}

/** In a form its own value comes first; over JSON the query wins. */
const merge = (x: Exchange, own: string[] = [], asked: string[]): string[] =>
  isJsonBody(x) ? asked : [...own, ...asked]

const isJsonBody = (x: Exchange): boolean => x.method !== 'GET' && mimeTypes(x).includes('application/json')

function mimeTypes(x: Exchange): string[] {
  return x
    .header('content-type')
    .split(',')
    .map(part => part.split(';')[0]?.trim().toLowerCase() ?? '')
}

export function requireBody(x: Exchange, methods: readonly string[], types: readonly string[]): void {
  if (!methods.includes(x.method))
    throw badRequest(
      `Unable to decode body because HTTP Request Method was "${x.method}" but only [${methods.join(' ')}] are supported.`,
    )
  if (x.method === 'GET') return
  if (x.header('content-length') === '0' || (!x.headers['content-length'] && !x.headers['transfer-encoding']))
    throw badRequest('Unable to decode HTTP Request Body because its HTTP Header "Content-Length" is zero.')
  if (!mimeTypes(x).some(type => types.includes(type)))
    throw badRequest(
      `HTTP ${x.method} Request used unknown HTTP Header "Content-Type: ${x.header('content-type')}", only [${types.join(' ')}] are supported.`,
    )
  // A body that was cut off is no form; Kratos says what its HTTP server says.
  if (x.tooLarge) throw new PlainFailure('unable to read body: http: request body too large')
}

function rawValues(x: Exchange): Map<string, string[]> {
  if (x.method === 'GET') return new Map()
  if (isJsonBody(x)) return jsonValues(x)
  // Kratos accepts multipart bodies and then reads nothing from them.
  return mimeTypes(x).includes('application/x-www-form-urlencoded') ? formValues(x) : new Map()
}

function formValues(x: Exchange): Map<string, string[]> {
  const text = x.body.toString('utf8')
  const broken = /%(?![0-9a-f]{2}).{0,2}/i.exec(text)
  if (broken)
    throw badRequest(
      `Unable to decode HTTP ${x.method} form body: invalid URL escape ${JSON.stringify(broken[0])}`,
    )
  if (text.includes(';'))
    throw badRequest(`Unable to decode HTTP ${x.method} form body: invalid semicolon separator in query`)
  const params = new URLSearchParams(text)
  return new Map([...new Set(params.keys())].map(name => [name, params.getAll(name)]))
}

function jsonValues(x: Exchange): Map<string, string[]> {
  const parsed = parseJson(x.body.toString('utf8'))
  if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed))
    throw badRequest(`Expected JSON sent in request body to be an object but got: ${goType(parsed)}`)
  return new Map(Object.entries(parsed).map(([name, value]) => [name, [asText(value)]]))
}

function parseJson(text: string): Json {
  const decoded = decodeJson(text)
  if ('value' in decoded) return decoded.value
  throw new Problem(400, { message: decoded.error, reason: 'Unable to decode form as JSON.' })
}

const asText = (value: Json): string =>
  value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value)

function goType(value: Json): string {
  if (value === null) return 'Null'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return { number: 'Number', string: 'String' }[typeof value as string] ?? 'JSON'
}

function assemble(values: Map<string, string[]>, known: readonly PayloadField[]): JsonObject {
  const out: JsonObject = {}
  // Whole objects before their parts: `traits` and `traits.email` may both be there.
  const ordered = [...known].sort((a, b) => a.name.length - b.name.length)
  for (const field of ordered) {
    const given = values.get(field.name)
    const value =
      given && (isLiteral(given) && isFilled(field, ordered, values) ? null : convert(given, field))
    if (value !== undefined) setPath(out, field.name, value)
  }
  for (const { name } of ordered.filter(({ type }) => type === 'object' || type === 'list'))
    if (getPath(out, name) === undefined) setPath(out, name, {})
  return out
}

/** Kratos' JSON reader takes any word with these first letters for a literal or a number. */
const isLiteral = ([first = '']: readonly string[]): boolean =>
  /^\s*(?:[tf][a-z]*|[-+\diInN][^\s,\]}]*)\s*$/.test(first)

/** Whether parts are put into it afterwards, which replace what it was. */
const isFilled = (
  { name, type }: PayloadField,
  all: readonly PayloadField[],
  values: Map<string, string[]>,
): boolean =>
  type === 'object' &&
  all.some(
    part =>
      part.name.startsWith(`${name}.`) &&
      (part.type === 'object' || part.type === 'list' || values.has(part.name)),
  )

function convert(given: readonly string[], { type, required }: PayloadField): Json | undefined {
  const first = given[0] ?? ''
  switch (type) {
    case 'string':
      return first === '' ? undefined : first
    case 'object':
      return first === '' && !required ? undefined : parseObject(first)
    case 'boolean': {
      // The last one: a checkbox is often preceded by a hidden "false".
      const last = given.at(-1) ?? ''
      return last === '' ? (required ? false : undefined) : toBoolean(last)
    }
    case 'number':
      return first === '' ? (required ? 0 : undefined) : toNumber(first)
    case 'list':
    case 'strings':
      return [...given]
    case 'numbers':
      return given.map(toNumber)
    case 'booleans':
      return given.map(toBoolean)
  }
}

/** Kratos puts the text into a document as it is, and then reads that. */
function parseObject(text: string): Json {
  const decoded = decodeJson(`{"":${text}}`)
  if ('error' in decoded) throw new Unreadable(decoded.error)
  return (decoded.value as JsonObject)[''] ?? null
}

class Unreadable extends Error {}

/** What Go cannot read: Kratos says so in a form, and where the whole body was JSON, it fails. */
export const unreadable = (x: Exchange, why: string): Error =>
  isJsonBody(x) ? new PlainFailure(why) : badRequest(`Unable to decode JSON payload: ${why}`)

function assembleFor(x: Exchange, values: Map<string, string[]>, known: readonly PayloadField[]): JsonObject {
  try {
    return assemble(values, known)
  } catch (error) {
    throw error instanceof Unreadable ? unreadable(x, error.message) : error
  }
}

/** What does not convert stays text, for the schema to complain about. */
function toBoolean(text: string): Json {
  if (/^(1|t|T|TRUE|true|True)$/.test(text)) return true
  return /^(0|f|F|FALSE|false|False)$/.test(text) ? false : text
}
function toNumber(text: string): Json {
  return /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text
}

export function isObject(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

function getPath(from: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = from
  for (const key of path.split('.')) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined
    value = value[key]
  }
  return value
}

function setPath(into: JsonObject, path: string, value: Json): void {
  const keys = path.split('.')
  let target = into
  for (const [at, key] of keys.slice(0, -1).entries()) {
    const next = Object.hasOwn(target, key) ? target[key] : undefined
    if (Array.isArray(next))
      throw new PlainFailure(`cannot set array element for non-numeric key '${keys[at + 1]}'`)
    if (!isObject(next)) target[key] = {}
    target = target[key] as JsonObject
  }
  target[keys.at(-1) ?? ''] = value
}

/** A string of a payload; empty if it is not there. */
export const str = (payload: JsonObject, name: string): string => {
  const value = payload[name]
  return typeof value === 'string' ? value : ''
}
export const obj = (payload: JsonObject, name: string): JsonObject => {
  const value = payload[name]
  return isObject(value) ? value : {}
}
