// What an identity is made of, well and not so well.
import { ODD_JSON, PASSWORD } from './inputs.mjs'

export const CREDENTIALS = r =>
  r.pick([
    { password: { config: { password: PASSWORD } } },
    {
      password: {
        config: { hashed_password: '$2a$04$9xnC.pJwyfnpeTjM6Ro6GeSV1WJ2wZjdsA6RpnW1jmTqW5NKJpxZa' },
      },
    },
    { password: { config: { hashed_password: 'nope' } } },
    {
      password: {
        config: {
          hashed_password: '$argon2id$v=19$m=32,t=2,p=4$cm94YnRVOW5jZzFzcVE4bQ$MNzk5BtR2vUhrp6qQEjRNw',
        },
      },
    },
    { password: { config: { use_password_migration_hook: true } } },
    { password: { config: { password: '' } } },
    { password: {} },
    { password: null },
    { oidc: { config: { providers: [{ provider: 'mock', subject: 's-{{run}}' }] } } },
    {
      oidc: {
        config: {
          providers: [{ provider: 'mock', subject: 's-{{run}}', organization: null, use_auto_link: true }],
        },
      },
    },
    { oidc: { config: { providers: [] } } },
    { oidc: { config: {} } },
    {
      oidc: {
        config: {
          providers: [
            { provider: 'nope', subject: 'x-{{run}}' },
            { provider: 'mock', subject: '' },
          ],
        },
      },
    },
    { oidc: { config: { providers: 'x' } } },
    { saml: { config: { providers: [{ provider: 'mock', subject: 's-{{run}}' }] } } },
    { totp: { config: { totp_url: 'otpauth://totp/x?secret=AAAA' } } },
    { lookup_secret: { config: {} } },
    { code: { config: {} } },
    { nope: {} },
    {},
    [],
    'x',
    null,
    {
      password: { config: { password: PASSWORD } },
      oidc: { config: { providers: [{ provider: 'mock', subject: 's-{{run}}' }] } },
    },
  ])

export const ADDRESSES = r =>
  r.pick([
    { verifiable_addresses: [{ value: '{{e1}}', via: 'email', verified: true, status: 'completed' }] },
    {
      verifiable_addresses: [
        {
          value: '{{e1}}',
          via: 'email',
          verified: true,
          status: 'pending',
          verified_at: '2020-01-01T00:00:00Z',
        },
      ],
    },
    { verifiable_addresses: [{ value: '{{e2}}', via: 'email', verified: true, status: 'completed' }] },
    { verifiable_addresses: [{ value: '{{E1}}', via: 'email', verified: true, status: 'completed' }] },
    { verifiable_addresses: [{ value: '{{p1}}', via: 'sms', verified: true, status: 'completed' }] },
    { verifiable_addresses: [{}] },
    { verifiable_addresses: [{ value: '{{e1}}' }] },
    { verifiable_addresses: [{ value: '{{e1}}', via: 'fax' }] },
    { verifiable_addresses: [] },
    { verifiable_addresses: {} },
    { verifiable_addresses: null },
    { recovery_addresses: [{ value: '{{e2}}', via: 'email' }] },
    { recovery_addresses: [{ value: 'nope', via: 'email' }] },
    { recovery_addresses: [{ value: '{{p1}}', via: 'sms' }] },
    {
      recovery_addresses: [
        {
          value: '{{e1}}',
          via: 'email',
          created_at: '2020-01-01T00:00:00Z',
        },
      ],
    },
    { recovery_addresses: 'x' },
  ])

/** No bare numbers: with SQLite, Kratos cannot read them again. */
const METADATA = ODD_JSON.filter(value => typeof value !== 'number')
export const MORE = r =>
  r.pick([
    { metadata_public: r.pick(METADATA) },
    { metadata_admin: r.pick(METADATA) },
    { state: r.pick(['active', 'inactive', 'x', '', null, 1]) },
    { external_id: r.pick(['x-{{run}}', '', null, 1, 'ü{{run}}', 'x'.repeat(300)]) },
    { organization_id: r.pick(['3e9b2a6c-3c0f-4a39-9d8e-0c4d9a3f0c11', 'x', '', null]) },
    { schema_id: r.pick(['', 'nope', null, 1, 'default']) },
    { id: '3e9b2a6c-3c0f-4a39-9d8e-0c4d9a3f0c11', created_at: '2020-01-01T00:00:00Z', available_aal: 'aal2' },
    { region: 'eu' },
    { nope: 1 },
    { traits: r.pick(ODD_JSON) },
    {},
  ])
