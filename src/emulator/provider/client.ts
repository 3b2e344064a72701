import type * as Oauth from 'oauth4webapi'
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
  /** Loaded by those who sign in this way, not by every start. */
  const library = (): Promise<typeof Oauth> => import('oauth4webapi')
  // `customFetch` calls the provider as a function: plain http is safe, as nothing is sent.
  const optionsOf = (oauth: typeof Oauth) => ({
    [oauth.allowInsecureRequests]: true,
    [oauth.customFetch]: (url: string, init: Parameters<StandInProvider['fetch']>[1]) =>
      provider.fetch(url, init),
  })
  const discover = async (oauth: typeof Oauth): Promise<Oauth.AuthorizationServer> => {
    const issuer = new URL(setup.issuer())
    return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, optionsOf(oauth)))
  }
  const clientOf = (oauth: typeof Oauth): Oauth.Client => ({
    client_id: setup.clientId,
    // Tokens carry the emulator's time, which tests move.
    [oauth.clockSkew]: Math.round((setup.now() - Date.now()) / 1000),
  })

  return {
    async start(state, scope, upstream) {
      const oauth = await library()
      const codeVerifier = oauth.generateRandomCodeVerifier()
      const nonce = oauth.generateRandomNonce()
      const url = new URL((await discover(oauth)).authorization_endpoint ?? '')
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
      const oauth = await library()
      const options = optionsOf(oauth)
      try {
        const server = await discover(oauth)
        const relyingParty = clientOf(oauth)
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
