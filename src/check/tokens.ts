/** The JWT that a request brought to the app. */
import {
  createLocalJWKSet,
  decodeJwt,
  type JSONWebKeySet,
  jwtVerify,
  type ProtectedHeaderParameters,
} from 'jose'
import { parsed } from './people.js'
import type { Received, Subject } from './types.js'
import { holds, Wrong } from './wrong.js'

/** The claims of the contract. */
export interface Claims {
  readonly iss: string
  readonly sub: string
  readonly session: {
    readonly id?: string
    readonly identity?: { readonly id?: string; readonly traits?: unknown }
  }
  readonly iat: number
  readonly nbf: number
  readonly exp: number
  readonly jti: string
}

/** The token; no where there is none. */
export function tokenOf({ headers }: Received): string {
  const { authorization } = headers
  holds(typeof authorization === 'string', 'no Authorization arrived')
  const token = /^Bearer (ey[\w-]+\.[\w-]+\.[\w-]+)$/.exec(authorization)?.[1]
  holds(token !== undefined, 'an Authorization arrived that is no bearer JWT')
  return token
}

/** Its claims, unverified. */
export function claimsOf(received: Received): Claims {
  const token = tokenOf(received)
  try {
    return decodeJwt(token) as unknown as Claims
  } catch {
    throw new Wrong('what arrived cannot be read as a JWT')
  }
}

/** Verifies it with the keys that the gateway publishes. */
export async function verified(x: Subject, received: Received): Promise<ProtectedHeaderParameters> {
  const token = tokenOf(received)
  const keys = parsed(await x.ask('/.ory/jwks.json')) as JSONWebKeySet
  try {
    return (await jwtVerify(token, createLocalJWKSet(keys))).protectedHeader
  } catch (error) {
    throw new Wrong(`it does not verify: ${(error as Error).message}`)
  }
}

/** What a request without an identity must look like at the app. */
export function isAnonymous({ headers, rawHeaders = [] }: Received): void {
  holds(headers['authorization'] === undefined, 'an Authorization arrived')
  const names = rawHeaders.filter((_, i) => i % 2 === 0).map(name => name.trim().toLowerCase())
  holds(!names.includes('authorization'), 'an Authorization arrived')
}
