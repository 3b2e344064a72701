/**
 * A stand-in for the OpenID providers of the configuration: it takes the place of the real issuer, which
 * is never contacted. A real authorization code flow all the same (RFC 6749, RFC 7636, OpenID Connect
 * Core 1.0): the client side cannot tell, and neither can an app that looks at the redirects.
 */

import { jsonAnswer, oauthError } from './answers.js'
import { authorize } from './authorize.js'
import { Grants } from './grants.js'
import { lazySigningKey } from './keys.js'
import { token, userinfo } from './token.js'
import type { ProviderAnswer, ProviderRequest, ProviderSetup, StandInProvider } from './types.js'

export { createProviderClient, ProviderAnswerError, type ProviderClient, type Ticket } from './client.js'
export type { ProviderAnswer, ProviderPerson, ProviderRequest, ProviderSetup } from './types.js'

export function createStandInProvider(setup: ProviderSetup): StandInProvider {
  const codes = new Grants()
  const tokens = new Grants()
  const key = lazySigningKey()

  async function handle(request: ProviderRequest): Promise<ProviderAnswer> {
    switch (`${request.method} ${request.path}`) {
      case 'GET /.well-known/openid-configuration':
        return jsonAnswer(200, metadata(setup.issuer()))
      case 'GET /jwks.json':
        return jsonAnswer(200, (await key()).jwks)
      case 'GET /authorize':
      case 'POST /authorize':
        return authorize(setup, codes, request)
      case 'POST /token':
        return token(setup, codes, tokens, key, request)
      case 'GET /userinfo':
      case 'POST /userinfo':
        return userinfo(setup, tokens, request)
      default:
        return oauthError(404, 'not_found', 'This provider has no such endpoint')
    }
  }

  return { handle, fetch: (url, init) => inProcess(setup, handle, url, init) }
}

async function inProcess(
  setup: ProviderSetup,
  handle: StandInProvider['handle'],
  url: string,
  init: { method?: string; headers?: HeadersInit; body?: unknown },
): Promise<Response> {
  const issuer = setup.issuer()
  if (!url.startsWith(`${issuer}/`)) throw new TypeError(`not an endpoint of the stand-in provider: ${url}`)
  const { pathname, searchParams } = new URL(url)
  const answer = await handle({
    method: (init.method ?? 'GET').toUpperCase(),
    path: pathname.slice(new URL(issuer).pathname.length),
    query: searchParams,
    form: new URLSearchParams(String(init.body ?? '')),
    authorization: new Headers(init.headers).get('authorization') ?? undefined,
  })
  return new Response(answer.body, { status: answer.status, headers: answer.headers })
}

/** OpenID Connect Discovery 1.0, section 3. */
function metadata(issuer: string): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/jwks.json`,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    code_challenge_methods_supported: ['S256'],
    scopes_supported: ['openid', 'email', 'profile'],
    claims_supported: ['sub', 'email', 'email_verified', 'name', 'given_name', 'family_name'],
    // RFC 9207's `iss` is left out: a proxy in front of us re-points it, as every URL of ours.
    authorization_response_iss_parameter_supported: false,
  }
}
