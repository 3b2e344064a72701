import * as oauth from 'oauth4webapi'
import type { JsonObject } from '../store/model.js'
import type { ProviderSetup, StandInProvider } from './types.js'

/** What a sign-in needs to remember while the person is at the provider. */
export interface Ticket {
  url: string
  codeVerifier: string
  nonce: string
}

/** The provider's answer is not one a client may accept; the message is for the person. */
export class ProviderAnswerError extends Error {}

/** The relying party: what Kratos does with a provider, through a library that checks everything. */
export interface ProviderClient {
  /** Where to send the browser. */
  start(state: string, scope: readonly string[], upstream: Record<string, string>): Promise<Ticket>
  /** Exchanges the code that came back and verifies the id_token. */
  finish(callback: URLSearchParams, state: string, ticket: Omit<Ticket, 'url'>): Promise<JsonObject>
}

export function createProviderClient(setup: ProviderSetup, provider: StandInProvider): ProviderClient {
  // `customFetch` calls the provider as a function: plain http is safe, as nothing is sent.
  const options = {
    [oauth.allowInsecureRequests]: true,
    [oauth.customFetch]: (url: string, init: Parameters<StandInProvider['fetch']>[1]) =>
      provider.fetch(url, init),
  }
  const discover = async (): Promise<oauth.AuthorizationServer> => {
    const issuer = new URL(setup.issuer())
    return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options))
  }
  const client = (): oauth.Client => ({
    client_id: setup.clientId,
    // Tokens carry the emulator's time, which tests move.
    [oauth.clockSkew]: Math.round((setup.now() - Date.now()) / 1000),
  })

  return {
    async start(state, scope, upstream) {
      const codeVerifier = oauth.generateRandomCodeVerifier()
      const nonce = oauth.generateRandomNonce()
      const url = new URL((await discover()).authorization_endpoint ?? '')
      const parameters = {
        client_id: setup.clientId,
        code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
        ...upstream,
        nonce,
        redirect_uri: setup.redirectUri(),
        response_type: 'code',
        scope: [...new Set([...scope, 'openid'])].join(' '),
        state,
      }
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
      return { url: url.href, codeVerifier, nonce }
    },

    async finish(callback, state, { codeVerifier, nonce }) {
      try {
        const server = await discover()
        const relyingParty = client()
        const secret = setup.clientSecret ? oauth.ClientSecretBasic(setup.clientSecret) : oauth.None()
        const parameters = oauth.validateAuthResponse(server, relyingParty, callback, state)
        const response = await oauth.authorizationCodeGrantRequest(
          server,
          relyingParty,
          secret,
          parameters,
          setup.redirectUri(),
          codeVerifier,
          options,
        )
        const tokens = await oauth.processAuthorizationCodeResponse(server, relyingParty, response, {
          expectedNonce: nonce,
          requireIdToken: true,
        })
        // On request only, as a token straight from its issuer may do without (OpenID Connect Core, 3.1.3.7).
        await oauth.validateApplicationLevelSignature(server, response, options)
        return { ...oauth.getValidatedIdTokenClaims(tokens) } as JsonObject
      } catch (error) {
        throw new ProviderAnswerError(error instanceof Error ? error.message : String(error), {
          cause: error,
        })
      }
    },
  }
}
