/** Types and defaults of a configuration, and the keys in it that have no effect. */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import type { DocumentPath, TextDocument } from '../document.js'
import type { Json, JsonObject } from '../model.js'
import { unpoint } from '../schema/failures.js'
import { asList, asObject } from '../schema/fields.js'
import { CONFIG_KEYS, DURATION, UNSUPPORTED_HOOKS } from './keys.js'

let validate: ValidateFunction | undefined

/** The configuration with every default filled in. The given value is not changed. */
export function withDefaults(document: TextDocument): JsonObject {
  validate ??= new Ajv({ strict: false, useDefaults: true, verbose: true }).compile(CONFIG_KEYS)
  const value = structuredClone(document.value ?? {}) as JsonObject
  if (validate(value)) return value
  const error = validate.errors![0]!
  const path = unpoint(error.instancePath)
  throw document.problem(path, describe(path, error))
}

function describe(path: DocumentPath, error: ErrorObject): string {
  const name = path.length === 0 ? 'the configuration' : `"${path.join('.')}"`
  const params = error.params
  switch (error.keyword) {
    case 'required':
      return `${name} has no "${params['missingProperty']}"`
    case 'enum':
      return `${name} must be one of ${(params['allowedValues'] as string[]).join(', ')}, not ${JSON.stringify(error.data)}`
    case 'pattern':
      return params['pattern'] === DURATION
        ? `${name} must be a duration like 30s, 15m or 1h30m, not ${JSON.stringify(error.data)}`
        : `${name} cannot be ${JSON.stringify(error.data)}`
    default:
      return `${name} ${error.message}, not ${nameOf(error.data as Json)}`
  }
}

function nameOf(value: Json): string {
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
  schema: JsonObject,
  path: string[],
): Generator<[string, 'unknown' | 'unsupported']> {
  if (schema['unsupported'] === true) {
    if (isOn(value)) yield [path.join('.'), 'unsupported']
    return
  }
  for (const [i, item] of asList(value).entries()) {
    yield* walk(item, asObject(schema['items']), [...path, String(i)])
  }
  if (typeof schema['properties'] !== 'object') return
  const hook = asObject(value)['hook']
  if (typeof hook === 'string' && UNSUPPORTED_HOOKS.includes(hook))
    yield [`${path.join('.')} (${hook})`, 'unsupported']
  for (const [key, inner] of Object.entries(asObject(value))) {
    const known = asObject(schema['properties'])[key]
    if (known !== undefined) yield* walk(inner, asObject(known), [...path, key])
    else if (!schema['additionalProperties']) yield [[...path, key].join('.'), 'unknown']
  }
}

function isOn(value: Json): boolean {
  if (value === null || typeof value !== 'object') return Boolean(value)
  if (Array.isArray(value)) return value.length > 0
  if ('enabled' in value) return value['enabled'] === true
  return Object.values(value).some(isOn)
}
