/** What the emulator keeps in memory. What it also answers with has the shapes of Kratos' public API (v26). */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type JsonObject = { [key: string]: Json }

/** A message a person reads. The ids are part of the API: front ends translate and test by them. */
export interface UiText {
  id: number
  text: string
  type: 'info' | 'error' | 'success'
  context?: JsonObject
}

export type UiNodeGroup =
  | 'default'
  | 'password'
  | 'oidc'
  | 'profile'
  | 'link'
  | 'code'
  | 'totp'
  | 'lookup_secret'
  | 'identifier_first'
  | 'webauthn'
  | 'passkey'

export interface UiInputAttributes {
  node_type: 'input'
  name: string
  type: string
  value?: Json
  required?: boolean
  autocomplete?: string
  disabled: boolean
  pattern?: string
  /** What a page runs when it is pressed, as code and as the name of one of our script's functions. */
  onclick?: string
  onclickTrigger?: string
  onload?: string
  onloadTrigger?: string
  maxlength?: number
}
export interface UiTextAttributes {
  node_type: 'text'
  id: string
  text: UiText
}
export interface UiImageAttributes {
  node_type: 'img'
  id: string
  src: string
  width: number
  height: number
}
export interface UiAnchorAttributes {
  node_type: 'a'
  id: string
  href: string
  title: UiText
}
export interface UiScriptAttributes {
  node_type: 'script'
  id: string
  src: string
  async: boolean
  referrerpolicy: string
  crossorigin: string
  integrity: string
  type: string
  nonce: string
}
export type UiNodeAttributes =
  | UiInputAttributes
  | UiTextAttributes
  | UiImageAttributes
  | UiAnchorAttributes
  | UiScriptAttributes

export interface UiNode {
  type: 'input' | 'text' | 'img' | 'a' | 'script'
  group: UiNodeGroup
  attributes: UiNodeAttributes
  messages: UiText[]
  meta: { label?: UiText }
}

export interface UiContainer {
  action: string
  method: 'POST'
  nodes: UiNode[]
  messages?: UiText[]
}

export type Channel = 'email' | 'sms'

export interface VerifiableAddress {
  id: string
  value: string
  verified: boolean
  via: Channel
  status: 'pending' | 'sent' | 'completed'
  verified_at?: string
  created_at: string
  updated_at: string
}
export interface RecoveryAddress {
  id: string
  value: string
  via: Channel
  created_at: string
  updated_at: string
}

export type CredentialsType =
  | 'password'
  | 'oidc'
  | 'saml'
  | 'totp'
  | 'lookup_secret'
  | 'code'
  | 'webauthn'
  | 'passkey'

export interface Credential {
  type: CredentialsType
  identifiers: string[]
  /** The method's own data: a password hash, a TOTP URL, provider subjects, backup codes. */
  config: JsonObject
  version: number
  created_at: string
  updated_at: string
}

export interface Identity {
  id: string
  external_id?: string
  schema_id: string
  state: 'active' | 'inactive'
  /** Absent after some updates, as in Kratos. */
  state_changed_at?: string
  traits: JsonObject
  verifiable_addresses: VerifiableAddress[]
  recovery_addresses: RecoveryAddress[]
  metadata_public: Json
  metadata_admin: Json
  credentials: Partial<Record<CredentialsType, Credential>>
  created_at: string
  updated_at: string
  organization_id: string | null
}

export type Aal = 'aal1' | 'aal2'

export interface AuthenticationMethod {
  method: CredentialsType | 'code_recovery' | 'link_recovery'
  aal: Aal
  completed_at: string
  provider?: string
}

export interface SessionDevice {
  id: string
  ip_address: string
  user_agent: string
  location: string
}

/** A session; `token` and `logout_token` never leave by whoami. */
export interface Session {
  id: string
  active: boolean
  identity_id: string
  token: string
  logout_token: string
  issued_at: string
  authenticated_at: string
  expires_at: string
  authenticator_assurance_level: Aal
  authentication_methods: AuthenticationMethod[]
  devices: SessionDevice[]
}

/** A one-time code that was sent, or handed out by the admin API. */
export interface OneTimeCode {
  id: string
  flow_id: string
  code: string
  identity_id?: string
  /** Where it was sent. */
  address?: string
  via?: 'email' | 'sms'
  expires_at: string
  used: boolean
  by_admin: boolean
}

/** Kratos' courier message. */
export interface CourierMessage {
  id: string
  status: 'queued' | 'sent' | 'processing' | 'abandoned'
  type: Channel
  recipient: string
  body: string
  subject: string
  template_type: string
  channel: string
  send_count: number
  /** Each try, newest first. */
  dispatches?: JsonObject[]
  /** What its template was told, and of which headers of the request its channel is: shown by no API. */
  template_data?: JsonObject
  request_headers?: JsonObject
  created_at: string
  updated_at: string
}

/** What an error page shows. */
export interface StoredError {
  id: string
  error: JsonObject
  created_at: string
}

/** Gives a native app its session token after a browser signed in for it. */
export interface TokenExchange {
  flow_id: string
  init_code: string
  return_to_code: string
  session_id?: string
  expires_at: string
}

/** A submission that waits until its sender has signed in afresh. */
export interface Continuation {
  id: string
  name: string
  identity_id: string
  payload: JsonObject
  expires_at: string
}
