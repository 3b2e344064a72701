/** A key that was just made. */

import type { Core } from '../../core.js'
import { badRequest, Problem } from '../../http/kratos-errors.js'
import { isoTime } from '../../store/clock.js'
import { checkAuthenticator, checkClientData } from './check.js'
import type { Key, KeyType } from './credentials.js'
import { nameOfModel } from './models.js'
import { ALGORITHMS, type Ceremony } from './options.js'
import { type AuthenticatorData, helpers, Malformed, parseClientData, parseSent, type Sent } from './parse.js'
import { relyingParty } from './relying-party.js'

const UNREADABLE = 'Error parsing attestation response'
const FORMATS = ['none', 'fido-u2f', 'packed', 'android-safetynet', 'android-key', 'tpm', 'apple']

/** @throws {Problem} as Kratos: 400 for what cannot be read, 500 for what is not right */
export async function readNewKey(
  core: Core,
  type: KeyType,
  text: string,
  ceremony: Ceremony | undefined,
  passwordless: boolean,
): Promise<Key> {
  if (!ceremony) throw unusable('Expected WebAuthN in internal context to be an object.')
  const { sent, data, format } = await parse(text)
  try {
    const clientData = parseClientData(sent, UNREADABLE)
    const expected = { type: 'webauthn.create', challenge: ceremony.challenge }
    const origin = checkClientData(core, type, clientData, expected)
    checkAuthenticator(core, type, data)
    if (!FORMATS.includes(format)) throw new Malformed('Invalid attestation format')
    await verify(sent, { origin, challenge: ceremony.challenge, rpId: relyingParty(core, type).id })
    return keyOf(core, data, format, passwordless)
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    throw unusable(`Unable to create WebAuthn credential: ${error.message}`)
  }
}

const unusable = (reason: string): Problem => new Problem(500, { reason })

interface Parsed {
  sent: Sent
  data: AuthenticatorData
  format: string
}

async function parse(text: string): Promise<Parsed> {
  try {
    const sent = parseSent(text, 'Parse error for Registration')
    parseClientData(sent, UNREADABLE)
    return { sent, ...(await parseAttestation(sent)) }
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    throw badRequest(`Unable to parse WebAuthn response: ${error.message}`)
  }
}

async function parseAttestation({ response }: Sent): Promise<Omit<Parsed, 'sent'>> {
  const { decodeAttestationObject, parseAuthenticatorData } = await helpers()
  try {
    const bytes = new Uint8Array(Buffer.from(response['attestationObject'] ?? '', 'base64url'))
    const attestation = decodeAttestationObject(bytes)
    const data = parseAuthenticatorData(attestation.get('authData'))
    if (data.credentialID && data.credentialPublicKey) return { data, format: attestation.get('fmt') }
  } catch {
    // The library's words are its own; Kratos has one sentence for all that is no attestation.
  }
  throw new Malformed(UNREADABLE)
}

/** What is left: the attestation statement and the key itself. */
async function verify(
  sent: Sent,
  { origin, challenge, rpId }: { origin: string; challenge: string; rpId: string },
): Promise<void> {
  const { verifyRegistrationResponse } = await import('@simplewebauthn/server')
  const { clientDataJSON = '', attestationObject = '' } = sent.response
  try {
    const { verified } = await verifyRegistrationResponse({
      response: {
        id: sent.id,
        rawId: sent.rawId,
        type: sent.type,
        response: { clientDataJSON, attestationObject },
        clientExtensionResults: {},
      },
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      requireUserVerification: false,
      supportedAlgorithmIDs: [...ALGORITHMS],
    })
    if (verified) return
  } catch {
    // As above.
  }
  throw new Malformed('Invalid attestation data')
}

function keyOf(core: Core, data: AuthenticatorData, format: string, passwordless: boolean): Key {
  const base64 = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('base64')
  const { up, uv, be, bs } = data.flags
  return {
    id: base64(data.credentialID),
    public_key: base64(data.credentialPublicKey),
    attestation_type: format,
    authenticator: { aaguid: base64(data.aaguid), sign_count: data.counter, clone_warning: false },
    display_name: nameOfModel(data.aaguid),
    added_at: `${isoTime(core.now()).slice(0, 19)}Z`,
    is_passwordless: passwordless,
    flags: { user_present: up, user_verified: uv, backup_eligible: be, backup_state: bs },
  }
}
