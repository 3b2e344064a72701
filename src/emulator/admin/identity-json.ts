/** Identities as the admin API shows them: with credentials, whose secrets only on request, and admin metadata. */
import type { Core } from '../core.js'
import { identityJson } from '../identities/identities.js'
import { NO_TOKENS } from '../identities/import-identity.js'
import { asList } from '../schema/fields.js'
import type { Credential, Identity, JsonObject } from '../store/model.js'

export interface AdminView {
  /** Whether credentials are listed at all. */
  credentials: boolean
  /** Types that this request has made: Kratos answers before it knows when. */
  fresh?: readonly string[]
  /** Whether the identity itself is one that this request has made. */
  isNew?: boolean
  /** Types whose data is shown. */
  include?: readonly string[]
  /** Kratos leaves it out of answers to requests that do not name it. */
  metadataAdmin?: boolean
}

export function adminIdentityJson(core: Core, identity: Identity, view: AdminView): JsonObject {
  const { metadataAdmin = true } = view
  const shown: JsonObject = {}
  for (const [key, value] of Object.entries(identityJson(core, identity))) {
    if (key === 'schema_id' && view.credentials) shown['credentials'] = credentialsJson(identity, view)
    shown[key] = value
    if (key === 'metadata_public' && metadataAdmin) shown['metadata_admin'] = identity.metadata_admin
  }
  return shown
}

/** Sorted by type, as Go writes maps. */
function credentialsJson(identity: Identity, view: AdminView): JsonObject {
  const sorted = Object.values(identity.credentials).sort((a, b) => (a.type < b.type ? -1 : 1))
  return Object.fromEntries(sorted.map(credential => [credential.type, credentialJson(credential, view)]))
}

/** What Go writes where no time was set. */
export const NO_TIME = '0001-01-01T00:00:00Z'

function credentialJson(credential: Credential, view: AdminView): JsonObject {
  const { include = [], fresh = [], isNew = false } = view
  const { type, identifiers } = credential
  const isFresh = fresh.includes(type)
  const { created_at, updated_at } = isFresh ? { created_at: NO_TIME, updated_at: NO_TIME } : credential
  // Kratos brings these to their present form when it reads them.
  const version = isFresh && type === 'webauthn' ? 0 : credential.version
  const shown = include.includes(type) && shownConfig(credential)
  // A list that Go never made, of accounts or where the schema names none, is null; out of the database it comes empty.
  const named = isNew && /^(oidc|saml|password)$/.test(type) && identifiers.length === 0 ? null : identifiers
  return { type, identifiers: named, ...(shown && { config: shown }), version, created_at, updated_at }
}

/** Of accounts, Kratos shows what it could decrypt: nothing of an empty list, an empty one of a list that never was. */
function shownConfig({ type, config }: Credential): JsonObject | undefined {
  const isSocial = type === 'oidc'
  if (config['providers'] === null)
    return { providers: [{ ...(isSocial && NO_TOKENS), subject: '', provider: '' }] }
  return isSocial && asList(config['providers']).length === 0 ? undefined : config
}

/** The types Kratos has; of some, the emulator has none. */
const TYPES: readonly string[] = [
  ...['password', 'oidc', 'saml', 'totp', 'lookup_secret', 'webauthn', 'code', 'link_recovery'],
  ...['code_recovery', 'deviceauthn', 'passkey'],
]
export const isCredentialsType = (text: string): boolean => TYPES.includes(text)
