// Configurations near the four of test/conformance: one of them, and what is different.
const chooseAddress = { feature_flags: { choose_recovery_address: true } };
const rp = { id: 'localhost', display_name: 'Lab' }, origins = ['http://localhost:4455', 'https://localhost:4455'];
const webauthn = passwordless => ({ enabled: true, config: { passwordless, rp: { ...rp, origins } } });
const passkey = { enabled: true, config: { rp: { ...rp, origins } } };
const session = { hooks: [{ hook: 'session' }] };
const keysAfter = { after: { webauthn: session, passkey: session } };
const keysSchema = { identity: { schemas: [{ id: 'default', url: 'file://./keys.schema.json' }] } };
const highestLevel = { session: { whoami: { required_aal: 'highest_available' } } };

export const variants = {
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
};
