/** Passwords: how they are kept and which ones are good enough. Hashes from elsewhere are read in `password-hashes.ts`. */
import { randomBytes } from 'node:crypto'
import { distance } from 'fastest-levenshtein'
import type { UiText } from '../store/model.js'
import { isLeaked, LEAKS } from './leaked-passwords.js'
import { deriveScrypt } from './password-hashes.js'

export { isKnownHash, verifyPassword } from './password-hashes.js'

/**
 * Far below what OWASP asks for: these are test passwords in memory, and test suites sign in hundreds
 * of times a second. Salted all the same, so that nothing here teaches the wrong lesson.
 */
const COST = { N: 16, r: 8, p: 1 } as const
const SALT_BYTES = 16
const KEY_BYTES = 32

/** A salted hash in Kratos' own scrypt notation, so a Kratos could import what we export. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const key = await deriveScrypt(password, salt, KEY_BYTES, COST)
  const { N, r, p } = COST
  return `$scrypt$ln=${N},r=${r},p=${p}$${salt.toString('base64')}$${key.toString('base64')}`
}

export interface PasswordPolicy {
  min_password_length: number
  identifier_similarity_check_enabled: boolean
  haveibeenpwned_enabled: boolean
  max_breaches: number
}

/** What bcrypt can hash, which Kratos takes by default. */
const MAX_BYTES = 72
/** Longer texts are not compared: the work grows with the product of the lengths (Kratos' limit, in bytes). */
const MAX_COMPARED = 256
/** Kratos' idea of "too similar": fewer edits than this, or more than half of the password in one piece. */
const MIN_DISTANCE = 5
const MAX_SHARED = 0.5

/**
 * Kratos' password policy, in its order. Leaked passwords are looked up in a short list of our own.
 *
 * @returns the message for the password field, or undefined if the password will do
 */
export function checkPassword(
  password: string,
  identifiers: readonly string[],
  policy: PasswordPolicy,
): UiText | undefined {
  const length = Buffer.byteLength(password)
  if (length < policy.min_password_length) return tooShort(policy.min_password_length, length)
  if (length > MAX_BYTES) return tooLong(length)
  if (policy.identifier_similarity_check_enabled && identifiers.some(one => tooSimilar(password, one))) {
    return TOO_SIMILAR
  }
  const isKnown = policy.haveibeenpwned_enabled && LEAKS > policy.max_breaches && isLeaked(password)
  return isKnown ? TOO_WELL_KNOWN : undefined
}

const TOO_WELL_KNOWN: UiText = {
  id: 4000034,
  text: 'The password has been found in data breaches and must no longer be used.',
  type: 'error',
  context: { breaches: LEAKS },
}

const TOO_SIMILAR: UiText = {
  id: 4000031,
  text: 'The password can not be used because it is too similar to the identifier.',
  type: 'error',
}

function tooShort(min: number, actual: number): UiText {
  return {
    id: 4000032,
    text: `The password must be at least ${min} characters long, but got ${actual}.`,
    type: 'error',
    context: { min_length: min, actual_length: actual },
  }
}

function tooLong(actual: number): UiText {
  return {
    id: 4000033,
    text: `The password must be at most ${MAX_BYTES} characters long, but got ${actual}.`,
    type: 'error',
    context: { max_length: MAX_BYTES, actual_length: actual },
  }
}

function tooSimilar(password: string, identifier: string): boolean {
  const a = identifier.toLowerCase()
  const b = password.toLowerCase()
  const longest = Math.max(...[identifier, password, a, b].map(text => Buffer.byteLength(text)))
  if (identifier === '' || longest > MAX_COMPARED) return false
  return distance(a, b) < MIN_DISTANCE || sharedLength(a, b) / Buffer.byteLength(b) > MAX_SHARED
}

/**
 * Length of the longest common substring. Kratos keeps places in bytes and compares characters, so
 * behind a character of several bytes its count starts anew; the same passwords pass only if ours does.
 */
function sharedLength(a: string, b: string): number {
  const inB = places(b)
  let longest = 0
  let before = new Map<number, number>()
  let expected = 0
  for (const [place, char] of places(a)) {
    const previous = place === expected ? before : new Map<number, number>()
    const current = new Map<number, number>()
    for (const [other, otherChar] of inB) {
      if (char !== otherChar) continue
      const run = (previous.get(other - 1) ?? 0) + 1
      current.set(other, run)
      longest = Math.max(longest, run)
    }
    before = current
    expected = place + 1
  }
  return longest
}

/** Every character with the byte it starts at. */
function places(text: string): [number, string][] {
  let at = 0
  return [...text].map(char => {
    const place: [number, string] = [at, char]
    at += Buffer.byteLength(char)
    return place
  })
}
