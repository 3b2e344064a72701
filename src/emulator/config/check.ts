/** Types and defaults of a configuration, and the keys in it that have no effect. */

import { asList, asObject, resolve } from '../schema/fields.js'
import type { Json, JsonObject } from '../store/model.js'
import type { TextDocument } from './document.js'
import { CONFIG_KEYS, DURATION, UNSUPPORTED_HOOKS } from './keys.js'

type Path = (string | number)[]

/**
 * The configuration with every default filled in. The given value is not changed.
 *
 * Walks the schema itself: compiling it with a validator takes longer than all the rest of the start.
 */
export function withDefaults(document: TextDocument): JsonObject {
  return fill(document, document.value ?? {}, CONFIG_KEYS, []) as JsonObject
}

function fill(document: TextDocument, value: Json, named: JsonObject, path: Path): Json {
  const schema = resolve(CONFIG_KEYS, named['$ref']) ?? named
  // A section without anything below its name.
  if (value === null && schema['type'] === 'object') return fill(document, {}, schema, path)
  const problem = mistake(value, schema)
  if (problem) throw document.problem(path, `${nameOf(path)} ${problem}`)
  if (Array.isArray(value)) {
    return value.map((item, i) => fill(document, item, asObject(schema['items']), [...path, i]))
  }
  if (schema['type'] !== 'object') return value
  const object = asObject(value)
  const rules = { ...asObject(schema['properties']), ...conditional(object, schema) }
  const result: JsonObject = {}
  for (const [key, inner] of Object.entries(object)) {
    const rule = rules[key] ?? schema['additionalProperties'] ?? {}
    result[key] = fill(document, inner, asObject(rule), [...path, key])
  }
  for (const [key, rule] of Object.entries(rules)) {
    const byDefault = asObject(rule)['default']
    if (!(key in object) && byDefault !== undefined) {
      result[key] = fill(document, byDefault, asObject(rule), [...path, key])
    }
  }
  return result
}

/** What else is asked of an object when it looks as `if` says; the one condition is a hook's name. */
function conditional(value: JsonObject, schema: JsonObject): JsonObject {
  const [key, rule] = Object.entries(asObject(asObject(schema['if'])['properties']))[0] ?? []
  return key !== undefined && value[key] === asObject(rule)['const']
    ? asObject(asObject(schema['then'])['properties'])
    : {}
}

function mistake(value: Json, schema: JsonObject): string | undefined {
  const type = schema['type'] as string | undefined
  if (type !== undefined && !isType(value, type)) return `must be ${NAMES[type]}, not ${describe(value)}`
  const allowed = schema['enum']
  if (Array.isArray(allowed) && !allowed.includes(value)) {
    return `must be one of ${allowed.join(', ')}, not ${describe(value)}`
  }
  const pattern = schema['pattern'] as string | undefined
  if (pattern !== undefined && !new RegExp(pattern).test(value as string)) {
    return pattern === DURATION
      ? `must be a duration like 30s, 15m or 1h30m, not ${describe(value)}`
      : `cannot be ${describe(value)}`
  }
  if (schema['format'] === 'uri' && !isUri(value as string)) return `is not a URL: ${describe(value)}`
  const missing = asList(schema['required']).find(key => !((key as string) in asObject(value)))
  if (missing !== undefined) return `has no "${missing}"`
  return outOfRange(value, schema)
}

/**
 * Go's parser refuses what browsers let pass in a host, braces of a placeholder that nobody has filled in, and takes
 * the `<…>` of one that browsers refuse.
 */
const isUri = (text: string): boolean =>
  /^[a-z][a-z0-9+.-]*:[^\s{}|^`\\]+$/i.test(text) && URL.canParse(text.replaceAll(/[<>]/g, '-'))

function outOfRange(value: Json, schema: JsonObject): string | undefined {
  const { minimum, maximum, minItems } = schema as { [key: string]: number | undefined }
  if (minItems !== undefined && asList(value).length < minItems) return 'must not be empty'
  if (minimum !== undefined && (value as number) < minimum) return `must be at least ${minimum}, not ${value}`
  if (maximum !== undefined && (value as number) > maximum) return `must be at most ${maximum}, not ${value}`
  return undefined
}

const NAMES: Record<string, string> = {
  object: 'a section',
  array: 'a list',
  string: 'a text',
  boolean: 'true or false',
  integer: 'a whole number',
}

function isType(value: Json, type: string): boolean {
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return value !== null && typeof value === 'object' && !Array.isArray(value)
  return type === 'integer' ? Number.isSafeInteger(value) : typeof value === type
}

const nameOf = (path: Path): string => (path.length === 0 ? 'the configuration' : `"${path.join('.')}"`)

function describe(value: Json): string {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'a section' : JSON.stringify(value)
}

/** One sentence that names every key without effect; undefined if there is none. */
export function idleKeys(value: Json): string | undefined {
  const unknown: string[] = []
  const unsupported: string[] = []
  for (const [path, kind] of walk(value, CONFIG_KEYS, []))
    (kind === 'unknown' ? unknown : unsupported).push(path)
  const parts = [
    unsupported.length > 0 ? `not supported by the emulator: ${unsupported.join(', ')}` : '',
    unknown.length > 0 ? `unknown: ${unknown.join(', ')}` : '',
  ].filter(part => part !== '')
  return parts.length > 0 ? `keys without effect, ${parts.join('; ')}` : undefined
}

function* walk(
  value: Json,
  named: JsonObject,
  path: string[],
): Generator<[string, 'unknown' | 'unsupported']> {
  const schema = resolve(CONFIG_KEYS, named['$ref']) ?? named
  if (schema['unsupported'] === true) {
    if (isOn(value)) yield [path.join('.'), 'unsupported']
    return
  }
  for (const [i, item] of asList(value).entries()) {
    yield* walk(item, asObject(schema['items']), [...path, String(i)])
  }
  const others = schema['additionalProperties']
  if (typeof schema['properties'] !== 'object' && typeof others !== 'object') return
  const hook = asObject(value)['hook']
  if (typeof hook === 'string' && UNSUPPORTED_HOOKS.includes(hook))
    yield [`${path.join('.')} (${hook})`, 'unsupported']
  for (const [key, inner] of Object.entries(asObject(value))) {
    const known = asObject(schema['properties'])[key] ?? (typeof others === 'object' ? others : undefined)
    if (known !== undefined) yield* walk(inner, asObject(known), [...path, key])
    else if (!others) yield [[...path, key].join('.'), 'unknown']
  }
}

function isOn(value: Json): boolean {
  if (value === null || typeof value !== 'object') return Boolean(value)
  if (Array.isArray(value)) return value.length > 0
  if ('enabled' in value) return value['enabled'] === true
  return Object.values(value).some(isOn)
}
