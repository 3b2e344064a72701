/** What holds for new keys and answers alike, in the order in which Kratos checks it (WebAuthn level 2, 7.1 and 7.2). */

import { createHash } from 'node:crypto'
import type { Core } from '../../core.js'
import type { JsonObject } from '../../store/model.js'
import type { KeyType } from './credentials.js'
import { type AuthenticatorData, Malformed } from './parse.js'
import { explainOrigin, isAllowedOrigin, relyingParty } from './relying-party.js'

/** @returns the origin as it was signed */
export function checkClientData(
  core: Core,
  type: KeyType,
  data: JsonObject,
  expected: { type: string; challenge: string },
): string {
  if (data['type'] !== expected.type) throw new Malformed('Error validating ceremony type')
  if (data['challenge'] !== expected.challenge) throw new Malformed('Error validating challenge')
  const origin = String(data['origin'] ?? '')
  if (!URL.canParse(origin) || new URL(origin).host === '')
    throw new Malformed('Error decoding clientData origin as URL')
  if (isAllowedOrigin(core, type, new URL(origin))) return origin
  explainOrigin(core, type, origin)
  throw new Malformed('Error validating origin')
}

export function checkAuthenticator(core: Core, type: KeyType, data: AuthenticatorData): void {
  const ours = createHash('sha256').update(relyingParty(core, type).id).digest()
  if (!ours.equals(data.rpIdHash) || !data.flags.up)
    throw new Malformed('Error validating the authenticator response')
}
