/**
 * Kratos' configuration after loading: the same keys as in `kratos.yml`, every default filled in,
 * durations as milliseconds, URLs absolute. Only what the emulator acts on.
 */

import type { CourierConfig } from '../courier/config.js'
import type { Resources, Snippets } from '../snippets/index.js'
import type { JsonObject } from '../store/model.js'

export type Hook =
  | { hook: 'session' }
  | { hook: 'show_verification_ui' }
  | { hook: 'verification' }
  | { hook: 'require_verified_address' }
  | { hook: 'revoke_active_sessions' }
  | { hook: 'web_hook'; config: WebHookConfig }

export interface WebHookConfig {
  url: string
  method: string
  headers: Record<string, string>
  /** The address of a Jsonnet program, to be found in {@link KratosConfig.snippets}. */
  body?: string
  response: { ignore: boolean; parse: boolean }
  can_interrupt: boolean
  auth?: { type: 'api_key' | 'basic_auth'; config: JsonObject }
}

/** What happens after a flow: hooks by method, then those of the flow, and where the browser goes. */
export interface After {
  default_browser_return_url?: string
  hooks: Hook[]
  password: AfterMethod
  oidc: AfterMethod
  code: AfterMethod
  totp: AfterMethod
  lookup_secret: AfterMethod
  profile: AfterMethod
  webauthn: AfterMethod
  passkey: AfterMethod
}
export interface AfterMethod {
  default_browser_return_url?: string
  hooks: Hook[]
}
export interface Before {
  hooks: Hook[]
}

export interface OidcProvider {
  id: string
  provider: string
  label?: string
  client_id: string
  client_secret?: string
  issuer_url?: string
  /** The address of a Jsonnet program, to be found in {@link KratosConfig.snippets}. */
  mapper_url?: string
  claims_source?: string
  subject_source?: string
  microsoft_tenant?: string
  scope: string[]
}

/** For whom security keys are made. */
export interface RelyingParty {
  /** A host name, without scheme and port. */
  id: string
  display_name: string
  /** Absent: every page of that host. */
  origins?: string[]
}

export interface IdentitySchemaSource {
  id: string
  /** As written in the configuration: file://, base64:// or http(s)://. */
  url: string
  selfservice_selectable: boolean
  /** The parsed and checked JSON Schema. */
  schema: JsonObject
}

/** Recovery and verification: both reach people at an address. */
export interface AddressFlow {
  enabled: boolean
  ui_url: string
  lifespan: number
  use: 'code' | 'link'
  notify_unknown_recipients: boolean
  before: Before
  after: After
}

/** How a session becomes a JWT. */
export interface TokenTemplate {
  /** To be found in {@link KratosConfig.keySets}. */
  jwks_url: string
  /** Milliseconds. Without one in the configuration none, although Kratos documents a minute. */
  ttl: number
  subject_source: 'id' | 'external_id'
  /** To be found in {@link KratosConfig.snippets}. */
  claims_mapper_url?: string
}

/** Who may read answers from another origin. */
export interface Cors {
  enabled: boolean
  allowed_origins: readonly string[]
  allowed_methods: readonly string[]
  allowed_headers: readonly string[]
  exposed_headers: readonly string[]
  allow_credentials: boolean
  options_passthrough: boolean
  max_age: number
}

export interface KratosConfig {
  /** The Jsonnet that is named anywhere in here, by its address. */
  snippets: Snippets
  /** The keys that sessions become tokens with, by their address. */
  keySets: Resources
  serve: {
    public: { base_url: string | undefined; host: string; port: number; cors: Cors }
    admin: { base_url: string | undefined; host: string; port: number }
  }
  selfservice: {
    default_browser_return_url: string
    allowed_return_urls: string[]
    methods: {
      password: {
        enabled: boolean
        config: {
          min_password_length: number
          identifier_similarity_check_enabled: boolean
          haveibeenpwned_enabled: boolean
          max_breaches: number
        }
      }
      code: {
        enabled: boolean
        passwordless_enabled: boolean
        mfa_enabled: boolean
        passwordless_login_fallback_enabled: boolean
        config: { lifespan: number; missing_credential_fallback_enabled: boolean; max_submissions: number }
      }
      totp: { enabled: boolean; config: { issuer: string } }
      lookup_secret: { enabled: boolean }
      /** `base_url`: where links in mails begin. */
      link: { enabled: boolean; config: { lifespan: number; base_url: string } }
      profile: { enabled: boolean }
      webauthn: { enabled: boolean; config: { passwordless: boolean; rp: RelyingParty } }
      passkey: { enabled: boolean; config: { rp: RelyingParty } }
      oidc: { enabled: boolean; config: { base_redirect_uri?: string; providers: OidcProvider[] } }
    }
    flows: {
      error: { ui_url: string }
      settings: {
        ui_url: string
        lifespan: number
        privileged_session_max_age: number
        required_aal: 'aal1' | 'highest_available'
        before: Before
        after: After
      }
      recovery: AddressFlow
      verification: AddressFlow
      logout: { after: { default_browser_return_url: string } }
      login: {
        ui_url: string
        lifespan: number
        style: 'unified' | 'identifier_first'
        before: Before
        after: After
      }
      registration: {
        enabled: boolean
        login_hints: boolean
        enable_legacy_one_step: boolean
        ui_url: string
        lifespan: number
        before: Before
        after: After
      }
    }
  }
  identity: { default_schema_id: string; schemas: IdentitySchemaSource[] }
  session: {
    lifespan: number
    earliest_possible_extend: number
    cookie: {
      name: string
      domain?: string
      path: string
      persistent: boolean
      same_site: 'Strict' | 'Lax' | 'None'
    }
    whoami: {
      required_aal: 'aal1' | 'highest_available'
      /** What sessions can be turned into, by name. */
      templates: Readonly<Record<string, TokenTemplate>>
    }
  }
  cookies: { domain?: string; path: string; same_site: 'Strict' | 'Lax' | 'None' }
  security: { account_enumeration: { mitigate: boolean } }
  courier: CourierConfig
  /** Which headers of a request web hooks are told. */
  clients: { web_hook: { header_allowlist: readonly string[] } }
  /** Only whether there is one: the emulator cannot talk to it. */
  oauth2_provider: { url?: string }
  feature_flags: {
    use_continue_with_transitions: boolean
    choose_recovery_address: boolean
    legacy_continue_with_verification_ui: boolean
    legacy_require_verified_login_error: boolean
  }
}
