/** The bodies that create and change identities, as Kratos' API defines them. */
import type { Shape, StructShape } from './body.js'

const config = (struct: string, fields: Record<string, Shape>): StructShape => ({
  struct,
  fields: { config: { struct: `${struct}Config`, fields } },
})

const credentials: StructShape = {
  struct: 'IdentityWithCredentials',
  fields: {
    password: config('AdminIdentityImportCredentialsPassword', {
      hashed_password: 'string',
      password: 'string',
      use_password_migration_hook: 'bool',
    }),
    oidc: config('AdminIdentityImportCredentialsOIDC', {
      providers: {
        go: '[]identity.AdminCreateIdentityImportCredentialsOIDCProvider',
        list: {
          struct: 'AdminCreateIdentityImportCredentialsOIDCProvider',
          fields: { subject: 'string', provider: 'string', use_auto_link: 'bool', organization: 'uuid' },
        },
      },
    }),
    totp: config('AdminIdentityImportCredentialsTOTP', { totp_url: 'string' }),
    lookup_secret: config('AdminIdentityImportCredentialsLookupSecret', {
      codes: {
        go: '[]identity.RecoveryCode',
        list: { struct: 'RecoveryCode', fields: { code: 'string', used_at: 'string' } },
      },
    }),
    saml: { struct: 'AdminIdentityImportCredentialsSAML', fields: { config: 'any' } },
    webauthn: { struct: 'AdminIdentityImportCredentialsWebAuthn', fields: { config: 'any' } },
    passkey: { struct: 'AdminIdentityImportCredentialsPasskey', fields: { config: 'any' } },
  },
}

const recoveryFields: Record<string, Shape> = {
  id: 'uuid',
  value: 'string',
  via: 'string',
  created_at: 'string',
  updated_at: 'string',
}

const common: Record<string, Shape> = {
  schema_id: 'string',
  traits: 'any',
  credentials,
  metadata_public: 'any',
  metadata_admin: 'any',
  state: { named: 'identity.State' },
  external_id: 'string',
  region: 'string',
}

export const CREATE_BODY: StructShape = {
  struct: 'CreateIdentityBody',
  fields: {
    ...common,
    organization_id: 'uuid',
    verifiable_addresses: {
      go: '[]identity.VerifiableAddress',
      list: {
        struct: 'VerifiableAddress',
        fields: {
          ...recoveryFields,
          verified: 'bool',
          status: { named: 'identity.VerifiableAddressStatus' },
          verified_at: 'string',
        },
      },
    },
    recovery_addresses: {
      go: '[]identity.RecoveryAddress',
      list: { struct: 'RecoveryAddress', fields: recoveryFields },
    },
  },
}

export const UPDATE_BODY: StructShape = { struct: 'UpdateIdentityBody', fields: common }

export const BATCH_BODY: StructShape = {
  struct: 'BatchPatchIdentitiesBody',
  fields: {
    identities: {
      go: '[]*identity.BatchIdentityPatch',
      list: { struct: 'BatchIdentityPatch', fields: { create: CREATE_BODY, patch_id: 'uuid' } },
    },
  },
}
