import { templates } from './tokenizer.mjs';

// Configurations near the four of test/conformance: one of them, and what is different.
const chooseAddress = { feature_flags: { choose_recovery_address: true } };
const rp = { id: 'localhost', display_name: 'Lab' }, origins = ['http://localhost:4455', 'https://localhost:4455'];
const webauthn = passwordless => ({ enabled: true, config: { passwordless, rp: { ...rp, origins } } });
const passkey = { enabled: true, config: { rp: { ...rp, origins } } };
const session = { hooks: [{ hook: 'session' }] };
const keysAfter = { after: { webauthn: session, passkey: session } };
const keysSchema = { identity: { schemas: [{ id: 'default', url: 'file://./keys.schema.json' }] } };
const highestLevel = { session: { whoami: { required_aal: 'highest_available' } } };

/** Mappers that do, and do not do, what Kratos asks of them. */
const MAPPERS = {
  empty: '{}', nothing: '{ identity: {} }', 'a-text': '"text"', 'traits-list': '{ identity: { traits: [] } }', 'traits-missing': '{ identity: { metadata_public: {} } }',
  throws: "local claims = std.extVar('claims');\nif 'nope' in claims then {} else error 'there is no address'",
  'unknown-claim': "{ identity: { traits: { email: std.extVar('claims').nope } } }",
  'a-function': "function(ctx) { identity: { traits: {} } }", imports: "import 'other.jsonnet'",
  ...Object.fromEntries(Object.entries({
    'public-text': "metadata_public: 'text'", 'public-null': 'metadata_public: null', 'admin-list': 'metadata_admin: []', 'verified-text': "verified_addresses: 'text'",
    'verified-odd': "verified_addresses: ['text']", 'verified-numbers': 'verified_addresses: [{ via: 1, value: 2 }]', 'verified-other': "verified_addresses: [{ via: 'email', value: 'else@example.org' }]",
    'verified-upper': "verified_addresses: [{ via: 'email', value: ' ' + std.asciiUpper(std.extVar('claims').email) + ' ' }]", 'verified-sms': "verified_addresses: [{ via: 'sms', value: std.extVar('claims').email }]",
    'more-keys': "metadata_public: { a: 1 }, metadata_admin: { b: [2, 1.5, { c: null }] }, state: 'inactive', id: 'x', external_id: 'e'",
  }).map(([id, more]) => [id, `{ identity: { traits: { email: std.extVar('claims').email }, ${more} } }`])),
  'extra-traits': "{ identity: { traits: { email: std.extVar('claims').email, nope: 1 } } }", 'no-email': '{ identity: { traits: {} } }', 'bad-email': "{ identity: { traits: { email: 'nope' } } }",
  'two-kinds': "{ identity: { traits: { email: std.extVar('claims').email, name: { first: 5 } } } }",
};
const base64 = text => 'base64://' + Buffer.from(text).toString('base64');
const social = (id, provider, more) => ({ id, provider, client_id: 'lab', client_secret: 'secret', scope: ['openid', 'email', 'profile'], mapper_url: 'file://./claims.jsonnet', ...more });
const generic = (id, more) => social(id, 'generic', { issuer_url: 'http://127.0.0.1:8091', ...more });

export const variants = {
  /** Sessions as tokens. */
  tokenizer: ['default', { session: { whoami: { tokenizer: { templates } } } }],
  /** The five providers with a mapper that shows what it is told, and one for each mapper above. */
  mappers: ['social', { selfservice: { methods: { oidc: { config: { providers: [
    generic('generic'), social('google', 'google'), social('github', 'github', { scope: ['user:email'] }),
    social('microsoft', 'microsoft', { microsoft_tenant: 'common' }), social('by-oid', 'microsoft', { microsoft_tenant: 'common', subject_source: 'oid' }),
    // Only a real Kratos signs with it.
    social('apple', 'apple', { client_secret: undefined, apple_team_id: 'TEAM', apple_private_key_id: 'KEY', apple_private_key: process.env.APPLE_KEY ?? 'none' }),
    generic('by-userinfo', { claims_source: 'userinfo' }), social('by-me', 'microsoft', { microsoft_tenant: '9188040d-6c67-4c5b-b112-36a304b66dad', subject_source: 'userinfo' }), social('few-scopes', 'github', { scope: ['read:user'] }),
    generic('not-here', { mapper_url: 'file:///nowhere/mapper.jsonnet' }),
    ...Object.entries(MAPPERS).map(([id, text]) => generic(id, { mapper_url: base64(text) })),
  ] } } } } }],
  /** Links in mails instead of codes. */
  link: ['default', {
    selfservice: {
      methods: { link: { enabled: true } },
      flows: { recovery: { use: 'link' }, verification: { use: 'link' } },
    },
  }],
  /** Codes by mail as second factor. */
  'second-code': ['default', { selfservice: { methods: { code: { mfa_enabled: true } } }, ...highestLevel }],
  /** Recovery that lets people choose where to. */
  choose: ['default', chooseAddress],
  /** People with two addresses, as well. */
  'choose-of-two': ['default', {
    ...chooseAddress,
    identity: { schemas: [{ id: 'default', url: 'file://./two-addresses.schema.json' }] },
  }],
  /** A second factor is needed to link an account at a provider as well. */
  'social-second': ['social', highestLevel],
  /** Security keys as second factor. */
  'second-key': ['default', { selfservice: { methods: { webauthn: webauthn(false) } }, ...keysSchema, ...highestLevel }],
  /** Security keys instead of passwords. */
  'first-key': ['default', {
    selfservice: { methods: { webauthn: webauthn(true) }, flows: { registration: keysAfter } },
    ...keysSchema, ...highestLevel,
  }],
  passkeys: ['default', {
    selfservice: { methods: { passkey }, flows: { registration: keysAfter } },
    ...keysSchema, ...highestLevel,
  }],
  /** Signing up on one page. */
  'keys-one-step': ['default', {
    selfservice: {
      methods: { webauthn: webauthn(true), passkey },
      flows: { registration: { ...keysAfter, enable_legacy_one_step: true } },
    },
    ...keysSchema,
  }],
  'keys-identifier-first': ['passwordless', {
    selfservice: { methods: { webauthn: webauthn(true), passkey }, flows: { registration: keysAfter } },
    ...keysSchema,
  }],
  /** Nobody may recover or verify by themselves. */
  off: ['default', { selfservice: { flows: { recovery: { enabled: false }, verification: { enabled: false } } } }],
  /** Nobody may sign up. */
  closed: ['default', { selfservice: { flows: { registration: { enabled: false } } } }],
  /** A mail to every address, and all of them named. */
  'every-address': ['default', {
    feature_flags: { legacy_continue_with_verification_ui: true },
    identity: { schemas: [{ id: 'default', url: 'file://./two-addresses.schema.json' }] },
  }],
  /** Groups of nodes as older versions had them, on one page. */
  groups: ['default', {
    feature_flags: { password_profile_registration_node_group: 'password', legacy_oidc_registration_node_group: true },
    selfservice: { flows: { registration: { enable_legacy_one_step: true } } },
  }],
  /** Links in flows that last two seconds. */
  'old-links': ['default', {
    selfservice: {
      methods: { link: { enabled: true } },
      flows: { recovery: { use: 'link', lifespan: '2s' }, verification: { use: 'link', lifespan: '2s' } },
    },
  }],
  /** Links that last two seconds. */
  'old-tokens': ['default', {
    selfservice: {
      methods: { link: { enabled: true, config: { lifespan: '2s' } } },
      flows: { recovery: { use: 'link' }, verification: { use: 'link' } },
    },
  }],
  /** A telephone number instead of an address. */
  number: ['default', {
    selfservice: { methods: { totp: { config: { issuer: "Lab & Söhne's (x), a/b" } } } },
    identity: { schemas: [{ id: 'default', url: 'file://./number.schema.json' }] },
  }],
  /** Codes alone; nothing says who has an account. */
  hidden: ['passwordless', {
    selfservice: { methods: { password: { enabled: false }, totp: { enabled: false }, lookup_secret: { enabled: false } } },
    security: { account_enumeration: { mitigate: true } },
  }],
  /** A sign-in is fresh for three seconds. */
  privileged: ['default', { selfservice: { flows: { settings: { privileged_session_max_age: '3s' } } } }],
};
