// Kratos' configuration for this app: the pages of every flow are the app's own.
import { pathToFileURL } from 'node:url'

/** The configuration for an app that people reach at `origin`. */
export function kratosConfig(origin) {
  const page = kind => ({ ui_url: `${origin}/auth/${kind}` })
  return {
    selfservice: {
      default_browser_return_url: `${origin}/`,
      allowed_return_urls: [origin],
      methods: {
        password: { enabled: true },
        code: { enabled: true },
        totp: { enabled: true, config: { issuer: 'elements example' } },
        lookup_secret: { enabled: true },
        passkey: { enabled: true },
        webauthn: { enabled: true, config: { passwordless: false } },
        profile: { enabled: true },
        oidc: {
          enabled: true,
          config: {
            providers: [
              {
                id: 'mock',
                provider: 'generic',
                label: 'Mock',
                client_id: 'example',
                client_secret: 'example',
                issuer_url: 'https://provider.example',
                scope: ['openid', 'email'],
              },
            ],
          },
        },
      },
      flows: {
        error: page('error'),
        login: page('login'),
        registration: {
          ...page('registration'),
          after: {
            password: { hooks: [{ hook: 'session' }, { hook: 'show_verification_ui' }] },
            oidc: { hooks: [{ hook: 'session' }] },
            passkey: { hooks: [{ hook: 'session' }] },
          },
        },
        settings: page('settings'),
        recovery: { enabled: true, ...page('recovery') },
        verification: {
          enabled: true,
          ...page('verification'),
          after: { default_browser_return_url: `${origin}/` },
        },
        logout: { after: { default_browser_return_url: `${origin}/` } },
      },
    },
    identity: {
      default_schema_id: 'default',
      schemas: [{ id: 'default', url: pathToFileURL(`${import.meta.dirname}/identity.schema.json`).href }],
    },
  }
}
