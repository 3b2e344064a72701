/** What a page hands to the browser: https://www.w3.org/TR/webauthn-2/#sctn-parameterless, in Kratos' order. */

import { randomBytes } from 'node:crypto'
import type { Core } from '../../core.js'
import type { JsonObject } from '../../store/model.js'
import { base64UrlId, type Key, type KeyType } from './credentials.js'
import { relyingParty } from './relying-party.js'

/** What the flow has to remember until the answer is there. */
export interface Ceremony {
  challenge: string
  /** Base64url; absent where the authenticator is to say who it is. */
  userId?: string
  /** Base64url; absent where every key will do. */
  allowed?: string[]
}

/** IANA's numbers of ECDSA, RSA and EdDSA, best first, as Kratos offers them. */
export const ALGORITHMS: readonly number[] = [-7, -35, -36, -257, -258, -259, -37, -38, -39, -8]

const RULES = {
  webauthn: { timeout: 120_000, selection: { userVerification: 'discouraged' } },
  passkey: {
    timeout: 300_000,
    selection: {
      authenticatorAttachment: 'platform',
      requireResidentKey: true,
      residentKey: 'required',
      userVerification: 'preferred',
    },
  },
} as const

export interface Begun {
  options: JsonObject
  ceremony: Ceremony
}

/** For `navigator.credentials.create()`. */
export function beginCreation(core: Core, type: KeyType, handle: Buffer, name?: string): Begun {
  const { id, display_name } = relyingParty(core, type)
  const ceremony: Ceremony = { challenge: newChallenge(), userId: handle.toString('base64url') }
  const called = name || display_name
  return {
    ceremony,
    options: {
      publicKey: {
        rp: { name: display_name, id },
        user: { name: called, displayName: called, id: ceremony.userId ?? '' },
        challenge: ceremony.challenge,
        pubKeyCredParams: ALGORITHMS.map(alg => ({ type: 'public-key', alg })),
        timeout: RULES[type].timeout,
        authenticatorSelection: { ...RULES[type].selection },
      },
    },
  }
}

/** For `navigator.credentials.get()`; without a person, whoever has a key for us. */
export function beginRequest(
  core: Core,
  type: KeyType,
  person?: { handle: Buffer; keys: readonly Key[] },
): Begun {
  const allowed = person?.keys.map(base64UrlId)
  const ceremony: Ceremony = {
    challenge: newChallenge(),
    ...(person && { userId: person.handle.toString('base64url') }),
    ...(allowed && { allowed }),
  }
  return {
    ceremony,
    options: {
      publicKey: {
        challenge: ceremony.challenge,
        timeout: RULES[type].timeout,
        rpId: relyingParty(core, type).id,
        ...(allowed && { allowCredentials: allowed.map(id => ({ type: 'public-key', id })) }),
        userVerification: RULES[type].selection.userVerification,
      },
    },
  }
}

const newChallenge = (): string => randomBytes(32).toString('base64url')
