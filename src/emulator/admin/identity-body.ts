/** The bodies that create and change identities, as Kratos' API defines them. */
import type { Shape, StructShape } from './body.js'

const config = (struct: string, fields: Record<string, Shape>): StructShape => ({
  struct,
  fields: { config: { struct: `${struct}Config`, fields } },
})

function providers(name: string, more: Record<string, Shape>): StructShape {
  const struct = `AdminCreateIdentityImportCredentials${name}Provider`
  const fields: Record<string, Shape> = {
    subject: 'string',
    provider: 'string',
    organization: 'uuid',
    ...more,
  }
  return config(`AdminIdentityImportCredentials${name}`, {
    providers: { go: `[]identity.${struct}`, list: { struct, fields } },
  })
}

const credentials: StructShape = {
  struct: 'IdentityWithCredentials',
  fields: {
    password: config('AdminIdentityImportCredentialsPassword', {
      hashed_password: 'string',
      password: 'string',
      use_password_migration_hook: 'bool',
    }),
    oidc: providers('OIDC', { use_auto_link: 'bool' }),
    saml: providers('SAML', {}),
  },
}

const recoveryFields: Record<string, Shape> = {
  id: 'id',
  value: 'string',
  via: 'string',
  created_at: 'time',
  updated_at: 'time',
}

const common: Record<string, Shape> = {
  schema_id: 'string',
  traits: 'any',
  credentials,
  metadata_public: 'any',
  metadata_admin: 'any',
  state: { named: 'identity.State' },
  external_id: 'string',
}

const addresses: Record<string, Shape> = {
  verifiable_addresses: {
    go: '[]identity.VerifiableAddress',
    list: {
      struct: 'VerifiableAddress',
      fields: {
        ...recoveryFields,
        verified: 'bool',
        status: { named: 'identity.VerifiableAddressStatus' },
        verified_at: 'time',
      },
    },
  },
  recovery_addresses: {
    go: '[]identity.RecoveryAddress',
    list: { struct: 'RecoveryAddress', fields: recoveryFields },
  },
}

export const CREATE_BODY: StructShape = {
  struct: 'CreateIdentityBody',
  fields: {
    ...common,
    organization_id: 'uuid',
    ...addresses,
  },
}

export const UPDATE_BODY: StructShape = { struct: 'UpdateIdentityBody', fields: common }

/** An identity as it is when a patch has been applied. */
export const PATCHED: StructShape = {
  struct: 'WithCredentialsAndAdminMetadataInJSON',
  fields: {
    ...common,
    ...addresses,
    id: 'uuid',
    // What it may be is looked at key by key.
    credentials: 'any',
    schema_url: 'string',
    state_changed_at: 'time',
    created_at: 'time',
    updated_at: 'time',
    organization_id: 'uuid',
  },
}

export const BATCH_BODY: StructShape = {
  struct: 'BatchPatchIdentitiesBody',
  fields: {
    identities: {
      go: '[]*identity.BatchIdentityPatch',
      list: { struct: 'BatchIdentityPatch', fields: { create: CREATE_BODY, patch_id: 'uuid' } },
    },
  },
}
