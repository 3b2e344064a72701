/** The form fields of an identity schema, as Kratos derives and orders them. */
import type { Json, JsonObject } from '../store/model.js'

/** One trait a person can fill in. */
export interface TraitField {
  /** `traits.name.first` */
  name: string
  type: 'text' | 'email' | 'number' | 'checkbox' | 'url' | 'date' | 'datetime-local' | 'tel' | 'password'
  /** What a form's text is read as: `numbers` and the like are lists. */
  value: 'string' | 'number' | 'boolean' | 'strings' | 'numbers' | 'booleans'
  title: string | undefined
  required: boolean
  autocomplete: 'email' | 'tel' | 'url' | undefined
  pattern: string | undefined
  /** What the schema says under `ory.sh/kratos`. */
  extension: JsonObject | undefined
}

const IN_PLACE = ['not', 'if', 'then', 'else'] as const
const LISTS = ['allOf', 'anyOf', 'oneOf'] as const

/** All fields, first by name, then in the order in which the schema's text has them. */
export function listFields(schema: JsonObject, keysInOrder: readonly string[]): TraitField[] {
  const found = new Map<string, TraitField>()
  for (const { names, schema: own, parent } of walk(schema, schema, undefined, [], [])) {
    const field = names.length > 0 ? toField(own, parent, names) : undefined
    if (field) found.set(field.name, field)
  }
  const byName = [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  return byName.sort((a, b) => position(keysInOrder, a.name) - position(keysInOrder, b.name))
}

/** What is an empty object to Kratos where a form leaves it out: objects, and, by mistake, lists of them. */
export function listContainers(schema: JsonObject): { objects: string[]; lists: string[] } {
  const objects = new Set(['traits'])
  const lists = new Set<string>()
  for (const { names, schema: own } of walk(schema, schema, undefined, [], [])) {
    if (names.length === 0) continue
    if (isOnly(own['type'], 'object')) objects.add(names.join('.'))
    const items = itemType(own)
    if (isOnly(own['type'], 'array') && items !== undefined && !ofType(items)) lists.add(names.join('.'))
  }
  return { objects: [...objects], lists: [...lists] }
}

const isOnly = (type: Json | undefined, wanted: string): boolean => {
  const types = [type ?? []].flat()
  return types.length === 1 && types[0] === wanted
}

/** The one type that all items have. */
function itemType(schema: JsonObject): Json | undefined {
  const types = new Set([schema['items'] ?? []].flat().map(item => asObject(item)['type'] ?? null))
  const [only] = types
  return types.size === 1 && typeof only === 'string' ? only : undefined
}

/** Where Kratos puts a node: at the first key its name starts with, else behind them all. */
function position(keysInOrder: readonly string[], name: string): number {
  const at = keysInOrder.findIndex(key => name.startsWith(key))
  return at < 0 ? keysInOrder.length : at
}

/** Names of the leaves in the order of the schema's text; combinators and references are not followed. */
export function keysOf(schema: JsonObject, parents: readonly string[] = []): string[] {
  if (schema['type'] !== 'object') return [parents.join('.')]
  return Object.entries(asObject(schema['properties'])).flatMap(([name, child]) =>
    keysOf(asObject(child), [...parents, name.replaceAll('.', '\\.')]),
  )
}

interface Place {
  names: string[]
  schema: JsonObject
  parent: JsonObject | undefined
}

function* walk(
  root: JsonObject,
  schema: JsonObject,
  parent: JsonObject | undefined,
  names: string[],
  seen: JsonObject[],
): Generator<Place> {
  if (seen.includes(schema)) return
  yield { names, schema, parent }
  const within = [...seen, schema]
  const target = resolve(root, schema['$ref'])
  if (target) yield* walk(root, target, schema, names, within)
  for (const keyword of IN_PLACE) {
    if (keyword in schema) yield* walk(root, asObject(schema[keyword]), schema, names, within)
  }
  for (const keyword of LISTS) {
    for (const child of asList(schema[keyword])) yield* walk(root, asObject(child), schema, names, within)
  }
  for (const [name, child] of Object.entries(asObject(schema['properties']))) {
    yield* walk(root, asObject(child), schema, [...names, name], within)
  }
}

function toField(
  schema: JsonObject,
  parent: JsonObject | undefined,
  names: string[],
): TraitField | undefined {
  const value = formValue(schema)
  if (!value) return undefined
  const name = names.join('.')
  return {
    name,
    ...inputOf(schema, value, name),
    value,
    title: text(schema['title']),
    required: asList(parent?.['required']).includes(names.at(-1)!),
    pattern: text(schema['pattern']),
    extension: schema['ory.sh/kratos'] === undefined ? undefined : asObject(schema['ory.sh/kratos']),
  }
}

/** Undefined where Kratos has no field: objects, lists of objects, several types at once. */
function formValue(schema: JsonObject): TraitField['value'] | undefined {
  const types = [schema['type'] ?? []].flat()
  if ('const' in schema) return ofType(typeof schema['const'])
  if (types.length !== 1) return undefined
  if (types[0] !== 'array') return ofType(types[0])
  const item = itemType(schema)
  if (item === undefined) return 'strings'
  const each = ofType(item)
  return each && `${each}s`
}

function ofType(type: Json | undefined): 'string' | 'number' | 'boolean' | undefined {
  if (type === 'integer') return 'number'
  return type === 'string' || type === 'number' || type === 'boolean' ? type : undefined
}

function inputOf(
  schema: JsonObject,
  value: TraitField['value'],
  name: string,
): Pick<TraitField, 'type' | 'autocomplete'> {
  switch (schema['format']) {
    case 'date-time':
      return { type: 'datetime-local', autocomplete: undefined }
    case 'email':
      return { type: 'email', autocomplete: 'email' }
    case 'tel':
      return { type: 'tel', autocomplete: 'tel' }
    case 'date':
      return { type: 'date', autocomplete: undefined }
    case 'uri':
      return { type: 'url', autocomplete: 'url' }
    case 'regex':
      return { type: 'text', autocomplete: undefined }
    default:
      return { type: plainType(value, name), autocomplete: undefined }
  }
}

function plainType(value: TraitField['value'], name: string): TraitField['type'] {
  if (name === 'password') return 'password'
  if (value === 'number') return 'number'
  return value === 'boolean' ? 'checkbox' : 'text'
}

/** A reference within the document; others are refused before anybody asks for fields. */
export function resolve(root: JsonObject, ref: Json | undefined): JsonObject | undefined {
  if (typeof ref !== 'string' || !ref.startsWith('#')) return undefined
  let target: Json = root
  for (const segment of ref.slice(1).split('/').slice(1)) {
    const key = decodeURIComponent(segment).replaceAll('~1', '/').replaceAll('~0', '~')
    target = asObject(target)[key] ?? {}
  }
  return asObject(target)
}

export const asObject = (value: Json | undefined): JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {}
export const asList = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : [])
const text = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined)
