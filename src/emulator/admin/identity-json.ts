/** Identities as the admin API shows them: with credentials, whose secrets only on request, and admin metadata. */
import type { Core } from '../core.js'
import { identityJson } from '../identities/identities.js'
import { asList } from '../schema/fields.js'
import type { Credential, Identity, JsonObject } from '../store/model.js'

export interface AdminView {
  /** Whether credentials are listed at all. */
  credentials: boolean
  /** Types that this request has made: Kratos answers before it knows when. */
  fresh?: readonly string[]
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

const NO_TIME = '0001-01-01T00:00:00Z'

function credentialJson(credential: Credential, { include = [], fresh = [] }: AdminView): JsonObject {
  const { type, identifiers, config } = credential
  const isFresh = fresh.includes(type)
  const { created_at, updated_at } = isFresh ? { created_at: NO_TIME, updated_at: NO_TIME } : credential
  // Kratos brings these to their present form when it reads them.
  const version = isFresh && type === 'webauthn' ? 0 : credential.version
  // Of providers, Kratos shows what it could decrypt: nothing, if there are none.
  const shown = include.includes(type) && !(type === 'oidc' && asList(config['providers']).length === 0)
  return { type, identifiers, ...(shown && { config }), version, created_at, updated_at }
}

/** The types Kratos has; of some, the emulator has none. */
const TYPES: readonly string[] = [
  ...['password', 'oidc', 'saml', 'totp', 'lookup_secret', 'webauthn', 'code', 'link_recovery'],
  ...['code_recovery', 'deviceauthn', 'passkey'],
]
export const isCredentialsType = (text: string): boolean => TYPES.includes(text)
