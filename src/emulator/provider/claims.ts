import type { Json, JsonObject } from '../store/model.js'
import { sampleOf } from './samples.js'
import type { ProviderSetup } from './types.js'

/** Thrown with a sentence for the person at the picker. */
export class BadClaims extends Error {}

/** What a provider says about somebody, and what it gives the browser to carry beside the code. */
export interface Said {
  claims: JsonObject
  beside: Record<string, string>
}

/**
 * What the provider says about somebody. The address decides: nothing random, so the same address is the same account
 * after a restart and on another machine.
 *
 * @param address whose sample it starts from; without one the claims are all there is
 * @param typed claims as JSON; they win over the sample
 */
export function claimsOf(setup: ProviderSetup, address: string, typed = ''): Said {
  const { user, ...claims } = sentAbout(setup, address, typed)
  // GitHub's account has a number; whoever speaks OpenID Connect wants a subject.
  if (setup.kind === 'github' && claims['sub'] === undefined) claims['sub'] = subjectOf(claims['id'])
  if (typeof claims['sub'] !== 'string' || claims['sub'] === '')
    throw new BadClaims('Give an address, or a "sub" among the claims.')
  if (user === undefined) return { claims, beside: {} }
  if (setup.kind === 'apple') return { claims, beside: { user: JSON.stringify(user) } }
  return { claims: { ...claims, user }, beside: {} }
}

/** All of it, as the provider sends it. */
export const sentAbout = (setup: ProviderSetup, address: string, typed: string): JsonObject => ({
  ...sampleOf(setup, address),
  ...parse(typed),
})

const subjectOf = (id: Json | undefined): Json => (typeof id === 'number' ? String(id) : '')

/** Set by the provider itself, whatever is typed. */
const OURS = ['iss', 'aud', 'exp', 'iat', 'nbf', 'nonce', 'at_hash']

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
