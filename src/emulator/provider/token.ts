import { createHash, timingSafeEqual } from 'node:crypto'
import { jsonAnswer, oauthError } from './answers.js'
import type { Grants } from './grants.js'
import type { lazySigningKey } from './keys.js'
import type { Grant, ProviderAnswer, ProviderRequest, ProviderSetup } from './types.js'

const HOUR = 3_600_000

/** Lengths of secrets leak nothing worth having; their content is compared in constant time. */
function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** RFC 6749 section 2.3.1: by header, each part form-encoded first, or in the body. */
function credentials({ authorization, form }: ProviderRequest): { id: string; secret: string } {
  const basic = /^Basic +([A-Za-z0-9+/=_-]+)$/i.exec(authorization ?? '')?.[1]
  if (!basic) return { id: form.get('client_id') ?? '', secret: form.get('client_secret') ?? '' }
  const decoded = Buffer.from(basic, 'base64').toString()
  const [id = '', secret = ''] = [...new URLSearchParams(`x=${decoded.replace(':', '&y=')}`).values()]
  return { id, secret }
}

/** `POST /token`: a code and the verifier that goes with it become an id_token. */
export async function token(
  setup: ProviderSetup,
  codes: Grants,
  tokens: Grants,
  key: ReturnType<typeof lazySigningKey>,
  request: ProviderRequest,
): Promise<ProviderAnswer> {
  const client = credentials(request)
  if (client.id !== setup.clientId || !same(client.secret, setup.clientSecret ?? ''))
    return oauthError(401, 'invalid_client', 'Unknown client or wrong secret', {
      'www-authenticate': 'Basic',
    })
  if (request.form.get('grant_type') !== 'authorization_code')
    return oauthError(400, 'unsupported_grant_type', 'Only "authorization_code" is supported')
  const now = setup.now()
  const grant = codes.take(request.form.get('code') ?? '', now)
  const problem = grant ? grantProblem(grant, request.form) : 'The code is unknown, used or expired'
  if (!grant || problem) return oauthError(400, 'invalid_grant', problem ?? '')
  const signer = await key()
  return jsonAnswer(200, {
    access_token: tokens.issue(grant, now, HOUR),
    token_type: 'Bearer',
    expires_in: HOUR / 1000,
    scope: grant.scope,
    id_token: await signer.sign({ ...grant.claims, ...protocolClaims(setup, grant, now) }),
  })
}

function grantProblem(grant: Grant, form: URLSearchParams): string | undefined {
  if (form.get('redirect_uri') !== grant.redirectUri) return 'The redirect address is another one'
  if (grant.codeChallenge === undefined) return undefined
  // RFC 7636 section 4.6.
  const challenge = createHash('sha256')
    .update(form.get('code_verifier') ?? '')
    .digest('base64url')
  return same(challenge, grant.codeChallenge) ? undefined : 'The code verifier does not match'
}

function protocolClaims(setup: ProviderSetup, grant: Grant, now: number): Record<string, string | number> {
  const seconds = Math.floor(now / 1000)
  return {
    iss: setup.issuer(),
    aud: grant.clientId,
    iat: seconds,
    exp: seconds + HOUR / 1000,
    ...(grant.nonce !== undefined && { nonce: grant.nonce }),
  }
}

/** `GET /userinfo`: the same claims again, for the access token. */
export function userinfo(
  setup: ProviderSetup,
  tokens: Grants,
  { authorization }: ProviderRequest,
): ProviderAnswer {
  const bearer = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
  const grant = bearer && tokens.read(bearer, setup.now())
  if (!grant)
    return oauthError(401, 'invalid_token', 'The access token is missing, unknown or expired', {
      'www-authenticate': 'Bearer error="invalid_token"',
    })
  return jsonAnswer(200, grant.claims)
}
