import { randomBytes } from 'node:crypto'
import type { Grant } from './types.js'

const LIFESPAN = 60_000
const MOST = 1_000

/** What was granted and not yet taken, by a secret that is good once. */
export class Grants {
  readonly #grants = new Map<string, Grant>()

  /** @returns the code or token that stands for the grant */
  issue(grant: Omit<Grant, 'expiresAt'>, now: number, lifespan: number = LIFESPAN): string {
    const secret = randomBytes(32).toString('base64url')
    this.#grants.set(secret, { ...grant, expiresAt: now + lifespan })
    // Codes that nobody comes back for must not pile up: the oldest goes first.
    if (this.#grants.size > MOST) this.#grants.delete(this.#grants.keys().next().value ?? '')
    return secret
  }

  read(secret: string, now: number): Grant | undefined {
    const grant = this.#grants.get(secret)
    return grant && grant.expiresAt > now ? grant : undefined
  }

  /** RFC 6749 section 4.1.2: a code must not be used more than once. */
  take(secret: string, now: number): Grant | undefined {
    const grant = this.read(secret, now)
    this.#grants.delete(secret)
    return grant
  }
}
