// Configurations near the four of test/conformance: one of them, and what is different.
const chooseAddress = { feature_flags: { choose_recovery_address: true } };
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
};
