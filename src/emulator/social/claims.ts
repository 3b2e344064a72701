/** From what a provider says about somebody to their traits. */
import type { CompiledSchema } from '../schema/identity-schema.js'
import type { Json, JsonObject } from '../store/model.js'

/** OpenID Connect Core 1.0, section 5.1, by the usual names of traits; any other is looked for as it is. */
const STANDARD: Record<string, string> = {
  'name.first': 'given_name',
  'name.last': 'family_name',
  'name.given': 'given_name',
  'name.family': 'family_name',
  first_name: 'given_name',
  last_name: 'family_name',
  firstName: 'given_name',
  lastName: 'family_name',
  username: 'preferred_username',
  phone: 'phone_number',
  avatar: 'picture',
}

/**
 * For a provider without a mapper, which Kratos would not start with: a trait gets the claim of its name. Only what
 * fits the type of the trait is taken, as the claims are somebody else's.
 */
export function traitsFromClaims(claims: JsonObject, schema: CompiledSchema): JsonObject {
  const traits: JsonObject = {}
  for (const { name, value: type } of schema.fields) {
    const path = name.slice('traits.'.length)
    const claim = claims[STANDARD[path] ?? path]
    if (claim !== undefined && claim !== null && fits(claim, type)) assign(traits, path.split('.'), claim)
  }
  return traits
}

function fits(claim: Json, type: CompiledSchema['fields'][number]['value']): boolean {
  return type === typeof claim || (type === 'strings' && Array.isArray(claim))
}

function assign(into: JsonObject, [key = '', ...rest]: string[], value: Json): void {
  if (rest.length === 0) {
    into[key] = value
    return
  }
  const inner = into[key]
  const next: JsonObject = inner !== null && typeof inner === 'object' && !Array.isArray(inner) ? inner : {}
  into[key] = next
  assign(next, rest, value)
}

const isObject = (value: Json | undefined): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

/** What the person has typed wins over what the provider says, even where it is nothing. Keys are sorted, as Kratos stores them. */
export function mergeTraits(typed: JsonObject, mapped: JsonObject): JsonObject {
  if (Object.keys(typed).length === 0) return mapped
  const merged = new Map(Object.entries(mapped))
  for (const [name, value] of Object.entries(typed)) {
    const other = merged.get(name)
    merged.set(name, isObject(value) && isObject(other) ? mergeTraits(value, other) : value)
  }
  return Object.fromEntries([...merged].sort(([a], [b]) => (a < b ? -1 : 1)))
}
