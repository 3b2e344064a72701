/** Identities in Kratos' import shape: seeds and `POST /admin/identities`. */
import { type Core, isoTime } from './core.js'
import { deriveFromTraits, newIdentity, setCredential } from './identities.js'
import type { Identity, JsonObject, VerifiableAddress } from './model.js'
import { hashPassword } from './passwords.js'
import type { ImportedAddress, SeedIdentity } from './seed.js'

/** Builds an identity; nothing is stored yet. An id that is not given is made. */
export async function importIdentity(
  core: Core,
  given: Omit<SeedIdentity, 'id'> & { id?: string },
): Promise<Identity> {
  const schemaId = given.schema_id ?? core.config.identity.default_schema_id
  const identity = newIdentity(core, schemaId, given.traits)
  if (given.id) identity.id = given.id
  if (given.external_id) identity.external_id = given.external_id
  if (given.state) identity.state = given.state
  identity.metadata_public = given.metadata_public ?? null
  identity.metadata_admin = given.metadata_admin ?? null
  await importCredentials(core, identity, given.credentials ?? {})
  deriveFromTraits(core, identity)
  for (const address of given.verifiable_addresses ?? []) importVerifiable(core, identity, address)
  for (const address of given.recovery_addresses ?? []) {
    const own = identity.recovery_addresses.find(a => a.via === address.via && a.value === address.value)
    if (own && address.id) own.id = address.id
  }
  return identity
}

async function importCredentials(
  core: Core,
  identity: Identity,
  { password, oidc, totp, lookup_secret }: NonNullable<SeedIdentity['credentials']>,
): Promise<void> {
  if (password) {
    const { hashed_password, password: clear } = password.config
    const hash = hashed_password ?? (clear === undefined ? undefined : await hashPassword(clear))
    if (hash !== undefined) setCredential(core, identity, 'password', { hashed_password: hash })
  }
  if (oidc) {
    const { providers } = oidc.config
    const identifiers = providers.map(({ provider, subject }) => `${provider}:${subject}`)
    setCredential(core, identity, 'oidc', { providers: providers as unknown as JsonObject[] }, identifiers)
  }
  if (totp) setCredential(core, identity, 'totp', { totp_url: totp.config.totp_url }, [identity.id])
  if (lookup_secret) {
    const codes = lookup_secret.config.codes as unknown as JsonObject[]
    setCredential(core, identity, 'lookup_secret', { recovery_codes: codes }, [identity.id])
  }
}

/** What the import says about an address that the traits name. */
function importVerifiable(core: Core, identity: Identity, given: ImportedAddress): void {
  const own = identity.verifiable_addresses.find(
    a => a.via === given.via && a.value === given.value.trim().toLowerCase(),
  )
  if (!own) return
  const verified: Partial<VerifiableAddress> = given.verified
    ? { verified: true, verified_at: isoTime(core.now()) }
    : {}
  const status = given.status ?? (given.verified ? 'completed' : own.status)
  Object.assign(own, verified, { status }, given.id && { id: given.id })
}
