/**
 * The keys of Kratos' configuration as a JSON Schema with Kratos' defaults
 * (https://www.ory.com/docs/kratos/reference/configuration). A key that is here without a type is a
 * server setting the emulator has no use for; `unsupported` ones are named in a warning when switched on.
 */
import { COURIER_KEYS } from '../courier/keys.js'
import type { Json, JsonObject } from '../store/model.js'

/** What Kratos accepts as a duration. */
export const DURATION = '^([0-9]+(ns|us|ms|s|m|h))+$'

/** `*`, or an address with at most one star in it. */
const ORIGIN = '^(\\*|[a-zA-Z][a-zA-Z0-9+.-]*:[^*\\s]*\\*?[^*\\s]*)$'
const CORS_METHODS = ['POST', 'GET', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'HEAD', 'OPTIONS', 'TRACE']

const section = (properties: JsonObject): JsonObject => ({ type: 'object', properties, default: {} })
const flag = (byDefault: boolean): JsonObject => ({ type: 'boolean', default: byDefault })
const text: JsonObject = { type: 'string' }
const duration = (byDefault: string): JsonObject => ({
  type: 'string',
  pattern: DURATION,
  default: byDefault,
})
const choice = (...values: [string, ...string[]]): JsonObject => ({ enum: values, default: values[0] })
const list = (items: JsonObject): JsonObject => ({ type: 'array', items, default: [] })
const ignored: JsonObject = {}
const unsupported: JsonObject = { unsupported: true }
const all = (names: string[], schema: JsonObject): JsonObject =>
  Object.fromEntries(names.map(name => [name, schema]))

/** Neither cookies nor an authorization. */
const WEB_HOOK_HEADERS = [
  ...['Accept', 'Accept-Encoding', 'Accept-Language', 'Content-Length', 'Content-Type', 'Origin', 'Priority'],
  ...['Referer', 'Sec-Ch-Ua', 'Sec-Ch-Ua-Mobile', 'Sec-Ch-Ua-Platform', 'Sec-Fetch-Dest', 'Sec-Fetch-Mode'],
  ...['Sec-Fetch-Site', 'Sec-Fetch-User', 'True-Client-Ip', 'User-Agent'],
]

const webHook: JsonObject = {
  type: 'object',
  properties: {
    id: ignored,
    url: { type: 'string', format: 'uri' },
    method: text,
    headers: { type: 'object', additionalProperties: text, default: {} },
    body: text,
    response: section({ ignore: flag(false), parse: flag(false) }),
    can_interrupt: flag(false),
    auth: {
      type: 'object',
      properties: {
        type: { enum: ['api_key', 'basic_auth'] },
        config: { type: 'object', additionalProperties: text },
      },
      required: ['type', 'config'],
    },
    emit_analytics_event: ignored,
  },
  required: ['url', 'method'],
}

/** Hooks that exist in Kratos but have no effect here. */
export const UNSUPPORTED_HOOKS: readonly string[] = [
  'b2b_sso',
  'organization',
  'verify_new_address',
  'notify_previous_addresses',
]

const HOOK: JsonObject = {
  type: 'object',
  properties: {
    hook: {
      enum: [
        ...['session', 'show_verification_ui', 'verification', 'require_verified_address'],
        ...['revoke_active_sessions', 'web_hook', ...UNSUPPORTED_HOOKS],
      ],
    },
    config: ignored,
  },
  required: ['hook'],
  if: { properties: { hook: { const: 'web_hook' } } },
  // biome-ignore lint/suspicious/noThenProperty: JSON Schema's name for it
  then: { properties: { config: { ...webHook, default: {} } } },
}

/** Parts that occur in many places. */
const shared = (name: string): JsonObject => ({ $ref: `#/definitions/${name}` })
const sharedSection = (name: string): JsonObject => ({ ...shared(name), default: {} })
const hooks = list(shared('hook'))
const afterMethod = sharedSection('afterMethod')
const AFTER = section({
  default_browser_return_url: text,
  hooks,
  ...all(['password', 'oidc', 'code', 'totp', 'lookup_secret', 'profile'], afterMethod),
  ...all(['webauthn', 'passkey'], afterMethod),
})
const after = sharedSection('after')
const before = sharedSection('before')

const flow = (properties: JsonObject): JsonObject =>
  section({ ui_url: text, lifespan: duration('1h'), before, after, ...properties })
const messageFlow = flow({
  enabled: flag(false),
  use: choice('code', 'link'),
  notify_unknown_recipients: flag(false),
})
const requiredAal = choice('highest_available', 'aal1')
const sameSite = (byDefault?: Json): JsonObject => ({
  enum: ['Strict', 'Lax', 'None'],
  ...(byDefault === undefined ? {} : { default: byDefault }),
})

const provider: JsonObject = {
  type: 'object',
  properties: {
    ...all(['id', 'provider', 'label', 'client_id', 'client_secret', 'issuer_url', 'mapper_url'], text),
    scope: list(text),
  },
  // The stand-in provider answers them all, whatever else is said about them.
  additionalProperties: true,
  required: ['id', 'provider'],
}

const rp = section({
  ...all(['id', 'display_name', 'origin'], text),
  icon: ignored,
  origins: { type: 'array', items: text },
})

const methods = section({
  password: section({
    enabled: flag(true),
    config: section({
      min_password_length: { type: 'integer', minimum: 6, default: 8 },
      identifier_similarity_check_enabled: flag(true),
      migrate_hook: unsupported,
      haveibeenpwned_enabled: flag(true),
      max_breaches: { type: 'integer', minimum: 0, maximum: 100, default: 0 },
      // Nobody is asked, so that no network can fail.
      ...all(['haveibeenpwned_host', 'ignore_network_errors'], ignored),
    }),
  }),
  code: section({
    enabled: flag(true),
    passwordless_enabled: flag(false),
    mfa_enabled: flag(false),
    passwordless_login_fallback_enabled: flag(false),
    config: section({
      lifespan: duration('1h'),
      max_submissions: { type: 'integer', minimum: 1, default: 5 },
      missing_credential_fallback_enabled: flag(false),
    }),
  }),
  totp: section({ enabled: flag(false), config: section({ issuer: text }) }),
  lookup_secret: section({ enabled: flag(false) }),
  link: section({ enabled: flag(false), config: section({ lifespan: duration('1h'), base_url: text }) }),
  profile: section({ enabled: flag(true) }),
  oidc: section({
    enabled: flag(false),
    config: section({ base_redirect_uri: text, providers: list(provider) }),
  }),
  webauthn: section({ enabled: flag(false), config: section({ passwordless: flag(false), rp }) }),
  passkey: section({ enabled: flag(false), config: section({ rp }) }),
  ...all(['saml', 'b2b', 'deviceauthn', 'captcha'], unsupported),
})

const flows = section({
  error: section({ ui_url: text }),
  settings: flow({ privileged_session_max_age: duration('1h'), required_aal: requiredAal }),
  recovery: messageFlow,
  verification: messageFlow,
  logout: section({ after: section({ default_browser_return_url: text }), clear_browser_data: unsupported }),
  login: flow({ style: choice('unified', 'identifier_first') }),
  registration: flow({
    enabled: flag(true),
    login_hints: flag(false),
    enable_legacy_one_step: flag(false),
    style: { enum: ['unified', 'profile_first'] },
  }),
})

const tokenTemplate: JsonObject = {
  type: 'object',
  properties: {
    ...all(['jwks_url', 'claims_mapper_url'], { type: 'string', format: 'uri' }),
    // Kratos' schema says a minute, and Kratos v26.2.0 does not fill it in below a name of one's own.
    ttl: { type: 'string', pattern: DURATION },
    subject_source: choice('id', 'external_id'),
  },
  required: ['jwks_url'],
}

const cors = section({
  enabled: flag(false),
  allowed_origins: { ...list({ type: 'string', pattern: ORIGIN }), default: ['*'] },
  allowed_methods: { ...list({ enum: CORS_METHODS }), default: ['POST', 'GET', 'PUT', 'PATCH', 'DELETE'] },
  allowed_headers: {
    ...list(text),
    default: ['Authorization', 'Content-Type', 'Max-Age', 'X-Session-Token', 'X-XSRF-TOKEN', 'X-CSRF-TOKEN'],
  },
  exposed_headers: { ...list(text), default: ['Content-Type'] },
  allow_credentials: flag(true),
  options_passthrough: flag(false),
  max_age: { type: 'integer', minimum: 0, default: 0 },
  debug: ignored,
})

const listener = (port: number): JsonObject =>
  section({
    base_url: text,
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'integer', minimum: 0, maximum: 65535, default: port },
    cors,
    ...all(['request_log', 'socket', 'tls'], ignored),
  })

/** The whole configuration. */
export const CONFIG_KEYS: JsonObject = {
  type: 'object',
  definitions: {
    hook: HOOK,
    before: section({ hooks }),
    after: AFTER,
    afterMethod: section({ default_browser_return_url: text, hooks }),
  },
  properties: {
    serve: section({ public: listener(4433), admin: listener(4434) }),
    selfservice: section({
      default_browser_return_url: text,
      allowed_return_urls: list(text),
      methods,
      flows,
    }),
    identity: section({
      default_schema_id: { type: 'string', default: 'default' },
      schemas: {
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          properties: { id: text, url: text, selfservice_selectable: flag(false) },
          required: ['id', 'url'],
        },
      },
    }),
    session: section({
      lifespan: duration('24h'),
      earliest_possible_extend: { type: 'string', pattern: DURATION },
      cookie: section({
        name: { type: 'string', pattern: "^[!#$%&'*+\\-.^_`|~0-9A-Za-z]+$", default: 'ory_kratos_session' },
        domain: text,
        path: text,
        persistent: flag(true),
        same_site: sameSite(),
        secure: ignored,
      }),
      whoami: section({
        required_aal: requiredAal,
        tokenizer: section({ templates: { type: 'object', additionalProperties: tokenTemplate } }),
      }),
    }),
    cookies: section({
      domain: text,
      path: { type: 'string', default: '/' },
      same_site: sameSite('Lax'),
      secure: ignored,
    }),
    security: section({
      account_enumeration: section({ mitigate: flag(false) }),
      disallow_ref_in_identity_schemas: ignored,
    }),
    feature_flags: section({
      use_continue_with_transitions: flag(false),
      legacy_continue_with_verification_ui: flag(false),
      legacy_require_verified_login_error: flag(false),
      ...all(['cacheable_sessions', 'cacheable_sessions_max_age', 'faster_session_extend'], ignored),
      choose_recovery_address: flag(false),
      // Kratos v26.2.0 takes it here and looks for it elsewhere.
      password_profile_registration_node_group: ignored,
      ...all(['legacy_oidc_registration_node_group', 'legacy_allow_insecure_origins'], unsupported),
      refresh_login_choose_address: unsupported,
    }),
    oauth2_provider: section({ url: unsupported, headers: ignored, override_return_to: ignored }),
    ...all(['organizations', 'enterprise'], unsupported),
    ...all(['version', 'dsn', 'database', 'dev', 'log', 'tracing', 'secrets', 'hashers', 'ciphers'], ignored),
    clients: section({
      http: ignored,
      web_hook: section({
        header_allowlist: { type: 'array', items: text, default: WEB_HOOK_HEADERS },
      }),
    }),
    courier: COURIER_KEYS,
    ...all(['preview', 'help', 'config', 'revision'], ignored),
    ...all(['sqa-opt-out', 'watch-courier', 'expose-metrics-port', '$schema'], ignored),
  },
}
