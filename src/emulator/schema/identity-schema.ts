/** Identity schemas: JSON Schema draft 7 with the `ory.sh/kratos` extension, checked and asked as Kratos does. */
import type { ErrorObject, ValidateFunction } from 'ajv'
import { OryProxyError } from '../../errors.js'
import { clearlyFits, DEFAULT_IDENTITY_SCHEMA } from '../config/defaults.js'
import type { Json, JsonObject } from '../store/model.js'
import { validator } from './ajv.js'
import { collect, type Identifiers } from './extension.js'
import { checkExtensions, type SchemaMistake } from './extension-meta.js'
import { type Failure, pointer, toFailures, unpoint } from './failures.js'
import { asObject, keysOf, listContainers, listFields, type TraitField } from './fields.js'
import { type SchemaIssue, toIssues } from './issues.js'
import { isRegex, refusalOf } from './linear-regex.js'
import { inOrder, reasonText } from './reason.js'

export type { Address } from './extension.js'
export { normalizeCodeAddress, normalizeIdentifier } from './normalize.js'

/** A schema that is ready for work. */
export interface CompiledSchema {
  readonly id: string
  readonly schema: JsonObject
  /** The traits that a form asks for, in Kratos' order. */
  readonly fields: readonly TraitField[]
  /** What a form that leaves it out means as `{}`. */
  readonly containers: { readonly objects: readonly string[]; readonly lists: readonly string[] }
  /** Names in the order of the schema's text: Kratos sorts the nodes of a form by the first that is a prefix. */
  readonly keysInOrder: readonly string[]
  /** The one trait people sign in with; undefined if there are several, as no label fits them all. */
  readonly identifierField: TraitField | undefined
  /** What a form says about these traits, or about what somebody sent in their place. Addresses are not looked at here: {@link CompiledSchema.check} does. */
  validate(traits: Json): SchemaIssue[]
  /** Everything Kratos checks before it stores an identity; undefined if all is well. */
  check(traits: JsonObject): IdentityProblem | undefined
  /** How an identity with these traits is found and reached. */
  identifiers(traits: JsonObject): Identifiers
}

/** Why an identity cannot be stored. */
export interface IdentityProblem {
  issues: SchemaIssue[]
  /** The `error.reason` of the admin API. */
  reason: string
}

/**
 * Compiles a schema.
 *
 * @param id the schema's id in the configuration, for messages
 * @throws {InvalidSchema} if it is no schema that Kratos could start with
 */
export function compileSchema(id: string, schema: JsonObject): CompiledSchema {
  const known = compiled.get(schema)
  if (known?.id === id) return known
  const fresh = prepare(id, schema)
  compiled.set(schema, fresh)
  return fresh
}

const compiled = new WeakMap<JsonObject, CompiledSchema>()

function prepare(id: string, schema: JsonObject): CompiledSchema {
  let checker: ValidateFunction | undefined
  const builtIn = schema === DEFAULT_IDENTITY_SCHEMA
  const test = (traits: Json): ErrorObject[] => {
    if (builtIn && clearlyFits(traits)) return []
    checker ??= compile(id, schema)
    return checker({ traits }) ? [] : (checker.errors ?? [])
  }
  // Our own schema is good; leaving it until somebody has traits to check makes the start faster.
  if (!builtIn) checker = compile(id, schema)
  const keysInOrder = keysOf(schema)
  const fields = listFields(schema, keysInOrder)
  const failuresOf = (traits: Json): Failure[] => toFailures(test(traits))
  return {
    id,
    schema,
    fields,
    containers: listContainers(schema),
    keysInOrder,
    identifierField: onlyIdentifier(fields),
    validate: traits => inOrder(failuresOf(traits)).flatMap(toIssues),
    check: traits => {
      const failures = failuresOf(traits)
      const mistyped = new Set(failures.filter(f => f.keyword === 'type').map(f => f.instance.join('/')))
      const extension = collect(schema, traits).failures.filter(f => !mistyped.has(f.instance.join('/')))
      failures.push(...extension)
      const reason = reasonText(failures)
      return reason === undefined ? undefined : { issues: inOrder(failures).flatMap(toIssues), reason }
    },
    identifiers: traits => collect(schema, traits).identifiers,
  }
}

function compile(id: string, schema: JsonObject): ValidateFunction {
  const { $id: _named, ...anonymous } = schema
  if (typeof asObject(asObject(schema['properties'])['traits'])['properties'] !== 'object') {
    const text = 'it has no "properties.traits.properties", which every identity schema of Kratos needs'
    throw new InvalidSchema(id, { path: ['properties', 'traits'], text })
  }
  const misplaced = checkExtensions(anonymous)
  if (misplaced) throw new InvalidSchema(id, misplaced)
  let mistake = patternMistake(anonymous)
  if (mistake) throw new InvalidSchema(id, mistake)
  try {
    mistake = metaMistake(anonymous)
    if (!mistake) return validator().compile(anonymous)
  } catch (cause) {
    throw new InvalidSchema(id, { path: [], text: explain(cause) }, { cause })
  }
  throw new InvalidSchema(id, mistake)
}

/** Words whose value is data, whatever it looks like. */
const DATA: ReadonlySet<string> = new Set(['const', 'default', 'enum', 'examples'])

/** The first pattern that RE2 refuses, in Kratos' words. */
function patternMistake(schema: Json, path: readonly string[] = []): SchemaMistake | undefined {
  for (const [key, value] of Object.entries(asObject(schema))) {
    const patterns = key === 'patternProperties' ? Object.keys(asObject(value)) : [value]
    const wrong = PATTERNS.has(key)
      ? patterns.find(one => typeof one === 'string' && !isRegex(one))
      : undefined
    const at = [...path, key]
    if (typeof wrong === 'string') {
      const why = `RE2, Kratos' engine for regular expressions, says: ${refusalOf(wrong)}`
      return { path: at, text: `${pointer(at)} ${JSON.stringify(wrong)} is not valid "regex" (${why})` }
    }
    const below = Array.isArray(value) ? { ...value } : value
    const mistake = DATA.has(key) ? undefined : patternMistake(below as Json, at)
    if (mistake) return mistake
  }
  return undefined
}

const PATTERNS: ReadonlySet<string> = new Set(['pattern', 'patternProperties'])

/** Where a schema is none by the rules of JSON Schema. */
function metaMistake(schema: JsonObject): SchemaMistake | undefined {
  const ajv = validator()
  if (ajv.validateSchema(schema)) return undefined
  const [error] = ajv.errors ?? []
  const path = unpoint(error?.instancePath ?? '')
  return { path, text: `${pointer(path)} ${error?.message}` }
}

function explain(cause: unknown): string {
  const missing = (cause as { missingRef?: Json }).missingRef
  if (typeof missing === 'string') return `it refers to ${missing}, which is outside of it`
  return (cause as Error).message
}

/** A schema that cannot be worked with, and the place in it. */
export class InvalidSchema extends OryProxyError {
  readonly path: readonly string[]

  constructor(id: string, { path, text }: SchemaMistake, options?: ErrorOptions) {
    super('ORY_PROXY_EMULATOR_CONFIG', `The identity schema "${id}" is not valid: ${text}`, options)
    this.path = path
  }
}

function onlyIdentifier(fields: readonly TraitField[]): TraitField | undefined {
  const marked = fields.filter(({ extension }) => {
    const credentials = asObject(extension?.['credentials'])
    const flags = [
      asObject(credentials['password'])['identifier'],
      asObject(credentials['webauthn'])['identifier'],
      asObject(credentials['passkey'])['display_name'],
      asObject(credentials['totp'])['account_name'],
      asObject(credentials['code'])['identifier'],
    ]
    return flags.includes(true)
  })
  return marked.length === 1 && marked[0]?.title ? marked[0] : undefined
}
