/** What a flow is, and what one request adds to it. */
import type { Aal, Identity, JsonObject, UiContainer } from '../store/model.js'

export type FlowKind = 'login' | 'registration' | 'recovery' | 'verification' | 'settings'
export type FlowType = 'browser' | 'api'
export type FlowState =
  | 'choose_method'
  | 'sent_email'
  | 'passed_challenge'
  | 'show_form'
  | 'success'
  | 'recovery_awaiting_address'
  | 'recovery_awaiting_address_choice'
  | 'recovery_confirming_address'
  | 'recovery_awaiting_code'

export interface Flow {
  id: string
  kind: FlowKind
  type: FlowType
  issued_at: string
  expires_at: string
  request_url: string
  /** Wins over the one in `request_url`. */
  return_to?: string
  active?: string
  ui: UiContainer
  state: FlowState
  /** Masked; binds a browser flow to the browser that made it. */
  csrf_token: string
  /** Notes between two submissions, like a TOTP secret that waits to be confirmed. */
  internal: JsonObject
  /** How often a one-time code was tried. */
  submits: number
  identity_schema?: string
  organization_id?: string
  /** Login: sign in again although signed in. */
  refresh?: boolean
  requested_aal?: Aal
  /** Settings: whose they are. */
  identity_id?: string
  /** Recovery by an administrator's code: the browser that opens it is not the one that made it. */
  skip_csrf?: boolean
  /** Of one request only, never stored. */
  passing?: Passing
}

export interface Passing {
  transientPayload?: JsonObject
  continueWith: JsonObject[]
  returnToVerification?: string
  exchangeCode?: string
  /** What web hooks made of whoever signs in: shown in this answer, stored nowhere. */
  shownIdentity?: Identity
}
