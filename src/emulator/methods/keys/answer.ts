/** A challenge that a key has signed. */

import { printable } from '../../../log.js'
import type { Core } from '../../core.js'
import { badRequest } from '../../http/kratos-errors.js'
import { checkAuthenticator, checkClientData } from './check.js'
import { base64UrlId, type Key, type KeyType } from './credentials.js'
import type { Ceremony } from './options.js'
import { type AuthenticatorData, helpers, Malformed, parseClientData, parseSent, type Sent } from './parse.js'
import { relyingParty } from './relying-party.js'

export interface KeyAnswer {
  sent: Sent
  data: AuthenticatorData
  /** Who the authenticator says it is; empty where it says nothing. */
  handle: Buffer
}

/** @throws {Problem} 400 for what cannot be read */
export async function parseAnswer(text: string): Promise<KeyAnswer> {
  const { parseAuthenticatorData } = await helpers()
  try {
    const sent = parseSent(text, 'not an answer')
    parseClientData(sent, 'no client data')
    const bytes = Buffer.from(sent.response['authenticatorData'] ?? '', 'base64url')
    const data = parseAuthenticatorData(new Uint8Array(bytes))
    return { sent, data, handle: Buffer.from(sent.response['userHandle'] ?? '', 'base64url') }
  } catch {
    throw badRequest('Unable to parse WebAuthn response.')
  }
}

export interface Expected {
  ceremony: Ceremony
  /** The keys that this person may use here. */
  keys: readonly Key[]
  handle: Buffer
}

/** Whether one of a person's keys has signed our challenge. */
export async function isRightAnswer(
  core: Core,
  type: KeyType,
  answer: KeyAnswer,
  expected: Expected,
): Promise<boolean> {
  try {
    const key = keyInQuestion(answer, expected)
    const { challenge } = expected.ceremony
    const clientData = parseClientData(answer.sent, 'no client data')
    const origin = checkClientData(core, type, clientData, { type: 'webauthn.get', challenge })
    checkAuthenticator(core, type, answer.data)
    await verifySignature(answer, key, { origin, challenge, rpId: relyingParty(core, type).id })
    checkBackup(key, answer.data)
    watchCounter(core, key, answer.data.counter)
    return true
  } catch (error) {
    if (error instanceof Malformed) return false
    throw error
  }
}

function keyInQuestion({ sent, handle }: KeyAnswer, { ceremony, keys, handle: owner }: Expected): Key {
  if (ceremony.allowed && !ceremony.allowed.includes(sent.rawId)) throw new Malformed('another key')
  if (handle.length > 0 && !handle.equals(owner)) throw new Malformed('somebody else’s key')
  const key = keys.find(candidate => base64UrlId(candidate) === sent.rawId)
  if (!key) throw new Malformed('an unknown key')
  return key
}

async function verifySignature(
  { sent }: KeyAnswer,
  key: Key,
  { origin, challenge, rpId }: { origin: string; challenge: string; rpId: string },
): Promise<void> {
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server')
  const { clientDataJSON = '', authenticatorData = '', signature = '', userHandle } = sent.response
  try {
    const { verified } = await verifyAuthenticationResponse({
      response: {
        id: sent.rawId,
        rawId: sent.rawId,
        type: sent.type,
        response: { clientDataJSON, authenticatorData, signature, ...(userHandle && { userHandle }) },
        clientExtensionResults: {},
      },
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      // The counter is looked at in watchCounter: Kratos lets a lower one in.
      credential: {
        id: sent.rawId,
        publicKey: new Uint8Array(Buffer.from(key.public_key, 'base64')),
        counter: 0,
      },
      requireUserVerification: false,
    })
    if (verified) return
  } catch {
    // Kratos says no more than that it was wrong.
  }
  throw new Malformed('a wrong signature')
}

/** Whether a key can be copied never changes (WebAuthn level 3, 6.1.3). */
function checkBackup({ flags }: Key, { flags: now }: AuthenticatorData): void {
  if (flags && flags.backup_eligible !== now.be) throw new Malformed('another eligibility for backup')
  if (!now.be && now.bs) throw new Malformed('a backup of what cannot be backed up')
}

/** A copy of a key falls behind the original. Kratos notices and does nothing, so this only says it. */
function watchCounter(core: Core, key: Key, counter: number): void {
  const { sign_count } = key.authenticator
  if (counter > sign_count || (counter === 0 && sign_count === 0)) return
  core.log.warn(
    `The counter of the key "${printable(key.display_name || 'unnamed')}" is ${counter}, and was ${sign_count} when it was added: somebody may have copied it. Kratos signs people in all the same.`,
  )
}
