/** From checked values to {@link KratosConfig}: durations as milliseconds, URLs absolute, hooks typed. */

import { cookieDomain } from '../go/cookie-domain.js'
import { asList, asObject } from '../schema/fields.js'
import type { Json, JsonObject } from '../store/model.js'
import { UNSUPPORTED_HOOKS } from './keys.js'
import type {
  AddressFlow,
  After,
  AfterMethod,
  Before,
  Cors,
  Hook,
  KratosConfig,
  OidcProvider,
  TokenTemplate,
} from './model.js'
import { relyingParty } from './relying-party.js'
import type { UrlResolver } from './urls.js'

type Common<T> = T & { ui_url: string; lifespan: number; before: Before; after: After }

/** Everything but the identity schemas and the programs, which are read from files. */
export function buildConfig(
  raw: JsonObject,
  urls: UrlResolver,
): Omit<KratosConfig, 'identity' | 'snippets' | 'keySets' | 'courier'> {
  const serve = asObject(raw['serve'])
  const session = asObject(raw['session'])
  const whoami = asObject(session['whoami'])
  const security = asObject(asObject(raw['security'])['account_enumeration'])
  const flags = asObject(raw['feature_flags'])
  const cookies = buildCookies(asObject(raw['cookies']))
  const lifespan = milliseconds(session['lifespan'])
  return {
    serve: {
      public: {
        ...listener(asObject(serve['public'])),
        base_url: urls.base,
        // Checked against a schema whose fields have the same names.
        cors: asObject(asObject(serve['public'])['cors']) as unknown as Cors,
      },
      admin: listener(asObject(serve['admin'])),
    },
    selfservice: buildSelfService(asObject(raw['selfservice']), urls),
    session: {
      lifespan,
      // Kratos' default: a session can be extended at any time.
      earliest_possible_extend: session['earliest_possible_extend']
        ? milliseconds(session['earliest_possible_extend'])
        : lifespan,
      cookie: buildSessionCookie(asObject(session['cookie']), cookies),
      whoami: {
        required_aal: whoami['required_aal'] as 'aal1' | 'highest_available',
        templates: buildTemplates(asObject(asObject(whoami['tokenizer'])['templates'])),
      },
    },
    cookies,
    security: { account_enumeration: { mitigate: security['mitigate'] === true } },
    clients: {
      web_hook: {
        header_allowlist: asList(asObject(asObject(raw['clients'])['web_hook'])['header_allowlist']).map(
          String,
        ),
      },
    },
    oauth2_provider: asObject(raw['oauth2_provider'])['url']
      ? { url: String(asObject(raw['oauth2_provider'])['url']) }
      : {},
    feature_flags: {
      use_continue_with_transitions: flags['use_continue_with_transitions'] === true,
      choose_recovery_address: flags['choose_recovery_address'] === true,
      legacy_continue_with_verification_ui: flags['legacy_continue_with_verification_ui'] === true,
      legacy_require_verified_login_error: flags['legacy_require_verified_login_error'] === true,
    },
  }
}

function buildTemplates(raw: JsonObject): Record<string, TokenTemplate> {
  const build = ({ jwks_url, ttl, subject_source, claims_mapper_url }: JsonObject): TokenTemplate => ({
    jwks_url: jwks_url as string,
    ttl: ttl === undefined ? 0 : milliseconds(ttl),
    subject_source: subject_source === 'external_id' ? subject_source : 'id',
    ...(typeof claims_mapper_url === 'string' && { claims_mapper_url }),
  })
  return Object.fromEntries(Object.entries(raw).map(([name, template]) => [name, build(asObject(template))]))
}

/** `1h30m` in milliseconds. */
export function milliseconds(text: Json | undefined): number {
  let total = 0
  for (const [, count, unit] of String(text).matchAll(/([0-9]+)(ns|us|ms|s|m|h)/g)) {
    total += Number(count) * UNITS[unit as keyof typeof UNITS]
  }
  return total
}

const UNITS = { ns: 1e-6, us: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const

function listener(raw: JsonObject): KratosConfig['serve']['admin'] {
  return {
    base_url: raw['base_url'] as string | undefined,
    host: raw['host'] as string,
    port: raw['port'] as number,
  }
}

function buildSelfService(raw: JsonObject, urls: UrlResolver): KratosConfig['selfservice'] {
  const byDefault = urls.back(raw['default_browser_return_url']) ?? urls.page('welcome')
  const flows = asObject(raw['flows'])
  const flow = (name: string): JsonObject => asObject(flows[name])
  const logout = asObject(asObject(flow('logout')['after']))
  const registration = flow('registration')
  return {
    default_browser_return_url: byDefault,
    allowed_return_urls: urls.allowed(asList(raw['allowed_return_urls']) as string[]),
    methods: buildMethods(asObject(raw['methods']), urls),
    flows: {
      error: { ui_url: urls.ui(flow('error')['ui_url'], 'error') },
      settings: {
        ...common('settings', flow('settings'), urls),
        privileged_session_max_age: milliseconds(flow('settings')['privileged_session_max_age']),
        required_aal: flow('settings')['required_aal'] as 'aal1' | 'highest_available',
      },
      recovery: addressFlow('recovery', flow('recovery'), urls),
      verification: addressFlow('verification', flow('verification'), urls),
      logout: {
        after: {
          default_browser_return_url: urls.back(logout['default_browser_return_url']) ?? byDefault,
        },
      },
      login: {
        ...common('login', flow('login'), urls),
        style: flow('login')['style'] as 'unified' | 'identifier_first',
      },
      registration: {
        ...common('registration', registration, urls),
        enabled: registration['enabled'] === true,
        login_hints: registration['login_hints'] === true,
        enable_legacy_one_step:
          registration['enable_legacy_one_step'] === true || registration['style'] === 'unified',
      },
    },
  }
}

function addressFlow(name: string, raw: JsonObject, urls: UrlResolver): AddressFlow {
  return {
    ...common(name, raw, urls),
    enabled: raw['enabled'] === true,
    use: raw['use'] as 'code' | 'link',
    notify_unknown_recipients: raw['notify_unknown_recipients'] === true,
  }
}

function common(name: string, raw: JsonObject, urls: UrlResolver): Common<object> {
  const after = asObject(raw['after'])
  const method = (key: string): AfterMethod => afterMethod(asObject(after[key]), urls)
  return {
    ui_url: urls.ui(raw['ui_url'], name),
    lifespan: milliseconds(raw['lifespan']),
    before: { hooks: buildHooks(asObject(raw['before'])['hooks']) },
    after: {
      ...afterMethod(after, urls),
      password: method('password'),
      oidc: method('oidc'),
      code: method('code'),
      totp: method('totp'),
      lookup_secret: method('lookup_secret'),
      profile: method('profile'),
      webauthn: method('webauthn'),
      passkey: method('passkey'),
    },
  }
}

function afterMethod(raw: JsonObject, urls: UrlResolver): AfterMethod {
  const url = urls.back(raw['default_browser_return_url'])
  return { hooks: buildHooks(raw['hooks']), ...(url ? { default_browser_return_url: url } : {}) }
}

function buildHooks(raw: Json | undefined): Hook[] {
  return (
    asList(raw)
      .map(asObject)
      .filter(({ hook }) => !UNSUPPORTED_HOOKS.includes(hook as string))
      // Checked against the schema of a web hook, whose fields have the same names.
      .map(({ hook, config }) => (hook === 'web_hook' ? { hook, config } : { hook }) as unknown as Hook)
  )
}

function buildMethods(raw: JsonObject, urls: UrlResolver): KratosConfig['selfservice']['methods'] {
  const method = (name: string): JsonObject => asObject(raw[name])
  const config = (name: string): JsonObject => asObject(method(name)['config'])
  const on = (name: string): boolean => method(name)['enabled'] === true
  const code = method('code')
  const redirect = config('oidc')['base_redirect_uri']
  return {
    password: {
      enabled: on('password'),
      config: {
        min_password_length: config('password')['min_password_length'] as number,
        identifier_similarity_check_enabled:
          config('password')['identifier_similarity_check_enabled'] === true,
        haveibeenpwned_enabled: config('password')['haveibeenpwned_enabled'] === true,
        max_breaches: config('password')['max_breaches'] as number,
      },
    },
    code: {
      // Kratos: signing in with codes switches the method on, whatever `enabled` says.
      enabled: on('code') || code['passwordless_enabled'] === true,
      passwordless_enabled: code['passwordless_enabled'] === true,
      mfa_enabled: code['mfa_enabled'] === true,
      passwordless_login_fallback_enabled: code['passwordless_login_fallback_enabled'] === true,
      config: {
        lifespan: milliseconds(config('code')['lifespan']),
        missing_credential_fallback_enabled: config('code')['missing_credential_fallback_enabled'] === true,
        max_submissions: config('code')['max_submissions'] as number,
      },
    },
    totp: {
      enabled: on('totp'),
      config: { issuer: (config('totp')['issuer'] as string) ?? new URL(urls.base).hostname },
    },
    lookup_secret: { enabled: on('lookup_secret') },
    link: {
      enabled: on('link'),
      config: {
        lifespan: milliseconds(config('link')['lifespan']),
        base_url: urls.mails(config('link')['base_url']),
      },
    },
    profile: { enabled: on('profile') },
    webauthn: {
      enabled: on('webauthn'),
      config: {
        passwordless: config('webauthn')['passwordless'] === true,
        rp: relyingParty(asObject(config('webauthn')['rp']), urls.base),
      },
    },
    passkey: {
      enabled: on('passkey'),
      config: { rp: relyingParty(asObject(config('passkey')['rp']), urls.base) },
    },
    oidc: {
      enabled: on('oidc'),
      config: {
        ...(redirect ? { base_redirect_uri: urls.callbacks(redirect) } : {}),
        providers: asList(config('oidc')['providers']).map(item => buildProvider(asObject(item))),
      },
    },
  }
}

const PROVIDER_TEXTS = [
  ...['label', 'client_secret', 'issuer_url', 'mapper_url'],
  ...['claims_source', 'subject_source', 'microsoft_tenant'],
]

function buildProvider(raw: JsonObject): OidcProvider {
  const given = PROVIDER_TEXTS.filter(key => typeof raw[key] === 'string')
  return {
    id: raw['id'] as string,
    provider: raw['provider'] as string,
    client_id: (raw['client_id'] as string | undefined) ?? '',
    scope: raw['scope'] as string[],
    ...Object.fromEntries(given.map(key => [key, raw[key] as string])),
  }
}

type Cookies = KratosConfig['cookies']

function buildCookies(raw: JsonObject): Cookies {
  const domain = cookieDomain((raw['domain'] as string | undefined) ?? '')
  return {
    path: raw['path'] as string,
    same_site: raw['same_site'] as Cookies['same_site'],
    ...(domain ? { domain } : {}),
  }
}

function buildSessionCookie(raw: JsonObject, fallback: Cookies): KratosConfig['session']['cookie'] {
  const domain = cookieDomain((raw['domain'] as string | undefined) ?? fallback.domain ?? '')
  return {
    name: raw['name'] as string,
    persistent: raw['persistent'] === true,
    path: (raw['path'] as string | undefined) ?? fallback.path,
    same_site: (raw['same_site'] as Cookies['same_site'] | undefined) ?? fallback.same_site,
    ...(domain ? { domain } : {}),
  }
}
