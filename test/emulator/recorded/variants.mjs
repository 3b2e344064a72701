// Configurations near the four of test/conformance: one of them, and what is different.
const methods = changes => ({ selfservice: { methods: changes } });
const flows = changes => ({ selfservice: { flows: changes } });

export const variants = {
  /** Links in mails instead of codes. */
  link: ['default', {
    selfservice: {
      methods: { link: { enabled: true } },
      flows: { recovery: { use: 'link' }, verification: { use: 'link' } },
    },
  }],
  /** Codes by mail as second factor. */
  'second-code': ['default', {
    ...methods({ code: { mfa_enabled: true } }),
    session: { whoami: { required_aal: 'highest_available' } },
  }],
  /** Recovery that lets people choose where to. */
  choose: ['default', { feature_flags: { choose_recovery_address: true } }],
  /** People with two addresses, as well. */
  'choose-of-two': ['default', { feature_flags: { choose_recovery_address: true }, identity: { schemas: [{ id: 'default', url: 'file://./two-addresses.schema.json' }] } }],
  'two-addresses': ['default', { identity: { schemas: [{ id: 'default', url: 'file://./two-addresses.schema.json' }] } }],
  /** Nothing that reaches people by mail, nobody new. */
  closed: ['default', flows({ recovery: { enabled: false }, verification: { enabled: false }, registration: { enabled: false } })],
  /** All on one page, as before. */
  'one-step': ['default', flows({ registration: { enable_legacy_one_step: true } })],
  /** Only who has a verified address gets in. */
  verified: ['default', flows({ login: { after: { password: { hooks: [{ hook: 'require_verified_address' }] } } }, registration: { after: { password: { hooks: [{ hook: 'show_verification_ui' }] } } } })],
  /** Who cannot be told from who does not exist. */
  mitigated: ['passwordless', { security: { account_enumeration: { mitigate: true } } }],
  /** Newer ways to be sent on. */
  transitions: ['default', { feature_flags: { use_continue_with_transitions: true } }],
  /** A second factor is needed to link an account at a provider as well. */
  'social-second': ['social', { session: { whoami: { required_aal: 'highest_available' } } }],
  /** First who, then how; at a provider as well. */
  'social-first': ['social', flows({ login: { style: 'identifier_first' } })],
  'social-hints': ['social', flows({ registration: { login_hints: true } })],
  'social-closed': ['social', flows({ registration: { enabled: false } })],
  'social-codes': ['social', methods({ code: { passwordless_enabled: true } })],
  'codes-unified': ['passwordless', flows({ login: { style: 'unified' } })],
  'codes-only': ['passwordless', methods({ password: { enabled: false } })],
  'codes-and-factor': ['passwordless', { session: { whoami: { required_aal: 'highest_available' } } }],
  'short-sessions': ['default', { session: { lifespan: '2s' } }],
  'fallback': ['default', methods({ code: { passwordless_enabled: true, config: { missing_credential_fallback_enabled: true } } })],
  'no-hooks': ['default', flows({ registration: { after: { password: { hooks: [] } } } })],
  returning: ['default', flows({
    login: { after: { default_browser_return_url: 'http://127.0.0.1:4455/in', password: { default_browser_return_url: 'http://127.0.0.1:4455/in-by-password' } } },
    registration: { after: { default_browser_return_url: 'http://127.0.0.1:4455/new', password: { hooks: [{ hook: 'session' }] } } },
    settings: { after: { default_browser_return_url: 'http://127.0.0.1:4455/set', password: { default_browser_return_url: 'http://127.0.0.1:4455/set-password' } } },
    recovery: { after: { default_browser_return_url: 'http://127.0.0.1:4455/recovered' } },
    verification: { after: { default_browser_return_url: 'http://127.0.0.1:4455/verified' } },
    logout: { after: { default_browser_return_url: 'http://127.0.0.1:4455/out' } },
  })],
  cookies: ['default', { cookies: { same_site: 'Strict', path: '/' }, session: { cookie: { name: 'my_session', persistent: false, same_site: 'Strict', path: '/' } } }],
  revoking: ['default', flows({ settings: { after: { password: { hooks: [{ hook: 'revoke_active_sessions' }] } } }, login: { after: { password: { hooks: [{ hook: 'revoke_active_sessions' }] } } }, recovery: { after: { hooks: [{ hook: 'revoke_active_sessions' }] } } })],
  'second-settings': ['default', flows({ settings: { required_aal: 'highest_available' } })],
};
