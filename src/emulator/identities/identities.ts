/** Making and changing identities: what their traits mean, and what must be unique. */

import { type Core, ownUrl, schemaOf } from '../core.js'
import { duplicateWithHints, INVALID } from '../flows/messages.js'
import { Invalid, NeedsRefresh } from '../http/kratos-errors.js'
import { asList, asObject } from '../schema/fields.js'
import type { Address } from '../schema/identity-schema.js'
import { isoTime } from '../store/clock.js'
import type {
  Credential,
  CredentialsType,
  Identity,
  Json,
  JsonObject,
  RecoveryAddress,
  VerifiableAddress,
} from '../store/model.js'

export function newIdentity(core: Core, schemaId: string, traits: JsonObject): Identity {
  const now = isoTime(core.now())
  return {
    id: core.ids.uuid(),
    schema_id: schemaId,
    state: 'active',
    state_changed_at: now,
    traits,
    verifiable_addresses: [],
    recovery_addresses: [],
    metadata_public: null,
    metadata_admin: null,
    credentials: {},
    created_at: now,
    updated_at: now,
    organization_id: null,
  }
}

/** Traits that break their schema. `reason` is how the admin API says it. */
export class InvalidTraits extends Invalid {
  readonly reason: string

  constructor(issues: ConstructorParameters<typeof Invalid>, reason: string) {
    super(...issues)
    this.reason = reason
  }
}

/** Checks the traits and derives identifiers and addresses from them. What an address has lived through stays. */
export function deriveFromTraits(core: Core, identity: Identity): void {
  const schema = schemaOf(core, identity.schema_id)
  const problem = schema.check(identity.traits)
  if (problem) throw new InvalidTraits(problem.issues, problem.reason)
  const found = schema.identifiers(identity.traits)
  if (found.password.length > 0) setIdentifiers(core, identity, 'password', found.password)
  if (found.webauthn.length > 0) {
    const keys = setIdentifiers(core, identity, 'webauthn', found.webauthn)
    // Kratos fills this in when it reads a credential that no key was ever added to.
    if (keys.version === 0) keys.config = { user_handle: handleOf(identity) }
    keys.version = 1
  }
  if (found.code.length > 0) {
    const code = setIdentifiers(core, identity, 'code', [...new Set(found.code.map(a => a.value))])
    code.version = 1
    code.config = { addresses: found.code.map(({ via, value }) => ({ channel: via, address: value })) }
  }
  identity.verifiable_addresses = found.verification.map(
    address => existing(identity.verifiable_addresses, address) ?? newVerifiable(core, address),
  )
  identity.recovery_addresses = found.recovery.map(
    address => existing(identity.recovery_addresses, address) ?? newRecovery(core, address),
  )
}

const existing = <T extends Address>(list: readonly T[], address: Address): T | undefined =>
  list.find(other => other.via === address.via && other.value === address.value)

function newVerifiable(core: Core, { value, via }: Address): VerifiableAddress {
  const now = isoTime(core.now())
  return {
    id: core.ids.uuid(),
    value,
    verified: false,
    via,
    status: 'pending',
    created_at: now,
    updated_at: now,
  }
}
function newRecovery(core: Core, { value, via }: Address): RecoveryAddress {
  const now = isoTime(core.now())
  return { id: core.ids.uuid(), value, via, created_at: now, updated_at: now }
}

function setIdentifiers(
  core: Core,
  identity: Identity,
  type: CredentialsType,
  identifiers: string[],
): Credential {
  const credential = identity.credentials[type] ?? newCredential(core, type)
  // Kratos' database gives them in this order: the first one prefills forms.
  credential.identifiers = identifiers.toSorted()
  identity.credentials[type] = credential
  return credential
}

const handleOf = ({ id }: Identity): string => Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64')

function newCredential(core: Core, type: CredentialsType): Credential {
  const now = isoTime(core.now())
  return { type, identifiers: [], config: {}, version: 0, created_at: now, updated_at: now }
}

/** Sets a method's own data, keeping its identifiers unless new ones are given. */
export function setCredential(
  core: Core,
  identity: Identity,
  type: CredentialsType,
  config: JsonObject,
  identifiers?: string[],
): void {
  const old = identity.credentials[type] ?? newCredential(core, type)
  const updated_at = isoTime(core.now())
  identity.credentials[type] = { ...old, config, identifiers: identifiers ?? old.identifiers, updated_at }
}

/** An identifier or address that belongs to somebody else. */
export class Duplicate extends Invalid {}

function requireUnique(core: Core, identity: Identity, hints: boolean): void {
  const conflict = core.state.conflict(identity)
  if (!conflict) return
  if (!hints || !core.config.selfservice.flows.registration.login_hints)
    throw new Duplicate({ text: INVALID.duplicate() })
  const { owner, value, kind } = conflict
  const types = Object.values(owner.credentials)
    .filter(c => c.type === 'code' || c.type === 'oidc' || 'hashed_password' in c.config || signsInByKey(c))
    .map(c => c.type as string)
  const providers = owner.credentials.oidc?.config['providers']
  const names = (Array.isArray(providers) ? providers : []).map(p => String((p as JsonObject)['provider']))
  throw new Duplicate({ text: duplicateWithHints(types.sort(), names.sort(), kind === 'oidc' ? '' : value) })
}

const signsInByKey = ({ config }: Credential): boolean =>
  asList(config['credentials']).some(key => asObject(key)['is_passwordless'] === true)

/** Stores a new identity whose traits were derived. */
export function insertIdentity(core: Core, identity: Identity): void {
  requireUnique(core, identity, true)
  core.state.putIdentity(identity)
}

/**
 * Stores a change. Without a fresh sign-in, what a person signs in with and is reached at cannot change:
 * a stolen session must not be enough to take over an account.
 */
export function replaceIdentity(core: Core, identity: Identity, privileged: boolean): void {
  deriveFromTraits(core, identity)
  const before = core.state.identity(identity.id)
  if (!privileged && before && touchesSignIn(before, identity)) throw new NeedsRefresh()
  requireUnique(core, identity, false)
  identity.updated_at = isoTime(core.now())
  core.state.putIdentity(identity)
}

export function touchesSignIn(before: Identity, after: Identity): boolean {
  return JSON.stringify(signInParts(before)) !== JSON.stringify(signInParts(after))
}

function signInParts({ credentials, verifiable_addresses, recovery_addresses }: Identity): Json {
  const methods = Object.values(credentials)
    .sort((a, b) => (a.type < b.type ? -1 : 1))
    .map(({ type, identifiers, config }) => [type, identifiers, config])
  const addresses = [...verifiable_addresses, ...recovery_addresses].map(a => [a.via, a.value])
  return [methods, addresses]
}

/** Marks an address as the person's own: they read what we sent there. */
export function verifyAddress(core: Core, identityId: string, value: string, onlyVia?: string): boolean {
  const identity = core.state.identity(identityId)
  const address = identity?.verifiable_addresses.find(
    a => a.value === value && (onlyVia === undefined || a.via === onlyVia),
  )
  if (!identity || !address) return false
  const now = isoTime(core.now())
  Object.assign(address, { verified: true, verified_at: now, status: 'completed', updated_at: now })
  core.state.putIdentity(identity)
  return true
}

export function markSent(core: Core, identityId: string, value: string): void {
  const identity = core.state.identity(identityId)
  const address = identity?.verifiable_addresses.find(a => a.value === value)
  if (!identity || !address) return
  Object.assign(address, { status: 'sent', updated_at: isoTime(core.now()) })
  core.state.putIdentity(identity)
}

const schemaUrl = (core: Core, schemaId: string): string =>
  ownUrl(core, `/schemas/${Buffer.from(schemaId).toString('base64url')}`)

/** As the public API shows a person; credentials and admin metadata stay inside. */
export function identityJson(core: Core, identity: Identity): JsonObject {
  return {
    id: identity.id,
    ...(identity.external_id && { external_id: identity.external_id }),
    schema_id: identity.schema_id,
    schema_url: schemaUrl(core, identity.schema_id),
    state: identity.state,
    ...(identity.state_changed_at && { state_changed_at: identity.state_changed_at }),
    traits: identity.traits,
    ...(identity.verifiable_addresses.length > 0 && {
      verifiable_addresses: identity.verifiable_addresses.map(addressJson),
    }),
    ...(identity.recovery_addresses.length > 0 && {
      recovery_addresses: identity.recovery_addresses.map(({ ...address }) => address),
    }),
    metadata_public: identity.metadata_public,
    created_at: identity.created_at,
    updated_at: identity.updated_at,
    organization_id: identity.organization_id,
  }
}

function addressJson({
  id,
  value,
  verified,
  via,
  status,
  verified_at,
  ...times
}: VerifiableAddress): JsonObject {
  return { id, value, verified, via, status, ...(verified_at && { verified_at }), ...times }
}
