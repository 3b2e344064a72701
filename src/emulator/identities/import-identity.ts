/** Identities that come from outside with their credentials: by the admin API, a seed or a state file. */

import type { Core } from '../core.js'
import { badRequest } from '../http/kratos-errors.js'
import { isoTime } from '../store/clock.js'
import type { Channel, Identity, Json, JsonObject } from '../store/model.js'
import type { ImportedAddress, ImportedCredentials, ImportedProvider } from '../store/seed.js'
import { deriveFromTraits, newIdentity, setCredential } from './identities.js'
import { hashPassword, isKnownHash } from './passwords.js'

/** The body of `POST /admin/identities`; a seed may choose the id. */
export interface IdentityImport {
  id?: string
  schema_id?: string
  external_id?: string
  organization_id?: string | null
  state?: string
  traits?: Json
  credentials?: ImportedCredentials
  verifiable_addresses?: ImportedAddress[]
  recovery_addresses?: ImportedAddress[]
  metadata_public?: Json
  metadata_admin?: Json
}

/** An identity that nobody has stored yet, its traits checked. */
export async function importIdentity(core: Core, body: IdentityImport): Promise<Identity> {
  const state = body.state ? stateOf(body.state) : undefined
  if (body.credentials?.password) requireKnownHash(body.credentials.password.config ?? {})
  const identity = newIdentity(core, schemaIdOf(core, body.schema_id), (body.traits ?? {}) as JsonObject)
  if ('traits' in body) identity.traits = body.traits as JsonObject
  if (body.id) identity.id = body.id
  if (state) identity.state = state
  if (body.external_id) identity.external_id = body.external_id
  identity.organization_id = body.organization_id?.toLowerCase() ?? null
  identity.metadata_public = body.metadata_public ?? null
  identity.metadata_admin = body.metadata_admin ?? null
  identity.verifiable_addresses = listed(body.verifiable_addresses).map(address => verifiable(core, address))
  identity.recovery_addresses = listed(body.recovery_addresses).map(address => {
    const { verified: _, status: __, verified_at: ___, ...rest } = verifiable(core, address)
    return rest
  })
  await importCredentials(core, identity, body.credentials ?? {})
  deriveFromTraits(core, identity)
  return identity
}

/** What a list of Go's holds: `null` in it is one where nothing is filled in. */
const listed = <T extends object>(list: readonly (T | null)[] | null | undefined): Partial<T>[] =>
  (list ?? []).map(item => item ?? {})

/** The configuration's schema of that name, or its default. */
export function schemaIdOf(core: Core, id: string | undefined): string {
  const wanted = id || core.config.identity.default_schema_id
  if (!core.schema(wanted)) throw badRequest(`Unable to find JSON Schema ID: ${wanted}`)
  return wanted
}

export function stateOf(text: string): Identity['state'] {
  if (text !== 'active' && text !== 'inactive') throw badRequest('identity state is not valid')
  return text
}

/** Adds credentials: a password and a TOTP secret replace those there are, others come on top. */
export async function importCredentials(
  core: Core,
  identity: Identity,
  given: ImportedCredentials,
): Promise<void> {
  if (given.password) await importPassword(core, identity, given.password.config ?? {})
  if (given.oidc) importProviders(core, identity, 'oidc', given.oidc.config?.providers ?? [])
  if (given.saml) importProviders(core, identity, 'saml', given.saml.config?.providers ?? [])
  if (given.totp) {
    setCredential(core, identity, 'totp', { totp_url: given.totp.config?.totp_url ?? '' }, [identity.id])
  }
  if (given.lookup_secret) {
    const codes = (given.lookup_secret.config?.codes ?? []).map(({ code, used_at }) => ({
      code,
      used_at: used_at ?? null,
    }))
    const before = (identity.credentials.lookup_secret?.config['recovery_codes'] ?? []) as JsonObject[]
    setCredential(core, identity, 'lookup_secret', { recovery_codes: [...before, ...codes] }, [identity.id])
  }
}

type PasswordImport = NonNullable<ImportedCredentials['password']>['config'] & {
  use_password_migration_hook?: boolean
}

export function requireKnownHash(given: PasswordImport): void {
  if (given.use_password_migration_hook || given.password || isKnownHash(given.hashed_password ?? '')) return
  throw badRequest(
    'The imported password does not match any known hash format. For more information see https://www.ory.sh/dr/2',
  )
}

async function importPassword(core: Core, identity: Identity, given: PasswordImport): Promise<void> {
  requireKnownHash(given)
  if (given.use_password_migration_hook) {
    setCredential(core, identity, 'password', { hashed_password: '', use_password_migration_hook: true })
    return
  }
  const hash = given.password ? await hashPassword(given.password) : (given.hashed_password ?? '')
  setCredential(core, identity, 'password', { hashed_password: hash })
}

export const NO_TOKENS = { initial_id_token: '', initial_access_token: '', initial_refresh_token: '' }

/** SAML needs Ory's licensed edition to sign in with; what is imported is kept all the same. */
function importProviders(
  core: Core,
  identity: Identity,
  type: 'oidc' | 'saml',
  given: readonly ImportedProvider[],
): void {
  const before = identity.credentials[type]
  const named = listed(given).map(({ provider, subject, ...more }) => ({
    ...more,
    provider: provider ?? '',
    subject: subject ?? '',
  }))
  const providers = named.map(({ provider, subject, organization, use_auto_link }) => ({
    ...(type === 'oidc' && NO_TOKENS),
    subject,
    provider,
    ...(organization && { organization }),
    ...(type === 'oidc' && use_auto_link && { use_auto_link }),
  }))
  const old = (before?.config['providers'] ?? []) as JsonObject[]
  const identifiers = [...(before?.identifiers ?? []), ...named.map(p => `${p.provider}:${p.subject}`)]
  // A list that Go never made.
  const none = !before && providers.length === 0
  setCredential(core, identity, type, { providers: none ? null : [...old, ...providers] }, identifiers)
}

function verifiable(core: Core, given: Partial<ImportedAddress>): Identity['verifiable_addresses'][number] {
  const now = isoTime(core.now())
  const verified = given.verified ?? false
  return {
    id: given.id ?? core.ids.uuid(),
    // Kratos: in lower case, or the address of the traits would not be recognised as this one.
    value: (given.value ?? '').toLowerCase(),
    verified,
    via: given.via ?? ('' as Channel),
    status: given.status ?? (verified ? 'completed' : 'pending'),
    ...(verified && { verified_at: given.verified_at ?? now }),
    created_at: given.created_at ?? now,
    updated_at: now,
  }
}
