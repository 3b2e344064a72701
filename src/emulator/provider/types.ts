import type { JsonObject } from '../store/model.js'

/** Somebody the picker offers: an address and what the provider would say about them. */
export interface ProviderPerson {
  address: string
  claims?: JsonObject
}

export interface ProviderSetup {
  /** Id of the provider in the configuration. */
  id: string
  /** `provider` of the configuration: which one it stands in for. */
  kind: string
  /** Microsoft's directory, where the configuration names one. */
  tenant?: string
  /** What people call it. */
  label: string
  clientId: string
  /** Without one, the client is public and PKCE alone ties a code to who asked for it. */
  clientSecret?: string
  /** Base address of all endpoints; asked each time, as the port is known only once we listen. */
  issuer: () => string
  /** The one address a code may go to. */
  redirectUri: () => string
  people: () => readonly ProviderPerson[]
  /** Milliseconds since the epoch, from the emulator's clock. */
  now: () => number
  /** Where a sign-in may end up, for the policy of the picker's form. */
  returnUrls: () => readonly string[]
}

export interface ProviderRequest {
  method: string
  /** Below the issuer, like `/authorize`. */
  path: string
  query: URLSearchParams
  form: URLSearchParams
  authorization?: string | undefined
}

export interface ProviderAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

/** A sign-in the provider has agreed to. */
export interface Grant {
  claims: JsonObject
  clientId: string
  redirectUri: string
  scope: string
  nonce: string | undefined
  /** RFC 7636 section 4.4. */
  codeChallenge: string | undefined
  expiresAt: number
}

/** One provider, complete with its key and what it has granted. */
export interface StandInProvider {
  handle(request: ProviderRequest): Promise<ProviderAnswer>
  /** The same endpoints for a client in this process: no socket, so nothing can leave the machine. */
  fetch(url: string, init: { method?: string; headers?: HeadersInit; body?: unknown }): Promise<Response>
}
