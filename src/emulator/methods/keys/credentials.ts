/** Security keys and passkeys as Kratos keeps them with an identity. */

import type { Core } from '../../core.js'
import { setCredential } from '../../identities/identities.js'
import { asList } from '../../schema/fields.js'
import type { Identity, JsonObject } from '../../store/model.js'

export type KeyType = 'webauthn' | 'passkey'

/** One key; binary values in base64, as Go writes them. */
export interface Key {
  id: string
  public_key: string
  attestation_type: string
  authenticator: { aaguid: string; sign_count: number; clone_warning: boolean }
  display_name: string
  added_at: string
  /** Whether it is enough to sign in; one of a second factor is not. */
  is_passwordless: boolean
  /** Keys from before Kratos knew them have none. */
  flags?: KeyFlags
}

export interface KeyFlags {
  user_present: boolean
  user_verified: boolean
  backup_eligible: boolean
  backup_state: boolean
}

export const keysOf = (identity: Identity, type: KeyType): Key[] =>
  asList(identity.credentials[type]?.config['credentials']) as unknown as Key[]

/** What an authenticator calls the person, as bytes. */
export function userHandleOf(identity: Identity, type: KeyType): Buffer {
  const handle = identity.credentials[type]?.config['user_handle']
  return Buffer.from(typeof handle === 'string' ? handle : '', 'base64')
}

export function keepKeys(
  core: Core,
  identity: Identity,
  type: KeyType,
  { keys, handle, identifiers }: { keys: readonly Key[]; handle: Buffer; identifiers?: string[] },
): void {
  const config = { credentials: keys as unknown as JsonObject[], user_handle: handle.toString('base64') }
  setCredential(core, identity, type, config, identifiers)
  const kept = identity.credentials[type]
  if (kept) kept.version = 1
}

/** How a form names a key that is to be removed. */
export const hexId = ({ id }: Key): string => Buffer.from(id, 'base64').toString('hex')
export const base64UrlId = ({ id }: Key): string => Buffer.from(id, 'base64').toString('base64url')

/** Nothing to sign in with where no identifier leads to the person. */
const isFindable = (identity: Identity, type: KeyType): boolean =>
  (identity.credentials[type]?.identifiers ?? []).join('') !== ''

export function countKeys(identity: Identity, type: KeyType, passwordless: boolean): number {
  const keys = keysOf(identity, type).filter(key => key.is_passwordless === passwordless)
  return passwordless && !isFindable(identity, type) ? 0 : keys.length
}

/** Whom an authenticator means; a security key that can sign in counts as a passkey as well. */
export function personByHandle(
  core: Core,
  handle: Buffer,
): { identity: Identity; type: KeyType } | undefined {
  const identity = core.state.identityByIdentifier('passkey', handle.toString())
  if (identity) return { identity, type: 'passkey' }
  const kept = handle.toString('base64')
  const other = core.state.identities().find(i => i.credentials.webauthn?.config['user_handle'] === kept)
  return other && { identity: other, type: 'webauthn' }
}
