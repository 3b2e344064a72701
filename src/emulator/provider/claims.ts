import type { JsonObject } from '../store/model.js'
import type { ProviderPerson } from './types.js'

/** Thrown with a sentence for the person at the picker. */
export class BadClaims extends Error {}

/**
 * What the provider says about somebody. The address is the subject as well: nothing random, so the same
 * address is the same account after a restart and on another machine.
 *
 * @param extra claims as JSON, as typed into the picker; they win over the rest
 */
export function claimsOf(address: string, people: readonly ProviderPerson[], extra = ''): JsonObject {
  const email = address.trim().toLowerCase()
  const claims = {
    ...(email && { sub: email, email, email_verified: true }),
    ...people.find(person => person.address === email)?.claims,
    ...parse(extra),
  }
  if (typeof claims['sub'] !== 'string' || claims['sub'] === '')
    throw new BadClaims('Give an address, or a "sub" among the claims.')
  return claims
}

/** Set by the provider itself, whatever is typed. */
const OURS = ['iss', 'aud', 'exp', 'iat', 'nbf', 'nonce', 'at_hash', 'azp']

function parse(text: string): JsonObject {
  if (text.trim() === '') return {}
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new BadClaims(`The claims are not JSON: ${(error as Error).message}`)
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new BadClaims('The claims must be a JSON object, like {"name": "Ada"}.')
  return Object.fromEntries(Object.entries(value as JsonObject).filter(([name]) => !OURS.includes(name)))
}
