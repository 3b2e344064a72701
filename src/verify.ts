import {
  createRemoteJWKSet,
  errors,
  type JWTHeaderParameters,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose'
import { OryProxyError } from './errors.js'

export { OryProxyError, type OryProxyErrorCode } from './errors.js'

/** Headers as the frameworks hand them out: a Fetch `Headers`, or Node's plain object. */
export type HeaderSource =
  | { get(name: string): string | null }
  | { readonly [name: string]: string | readonly string[] | undefined }

/** Anything with headers: a Fetch `Request`, a Node `IncomingMessage`, what Express and Fastify make of it. */
export type SessionSource = HeaderSource | { readonly headers: HeaderSource }

/** How tokens are verified. */
export interface VerifyOptions {
  /**
   * Where the public keys are: `/.ory/jwks.json` on the address of the dev server or the proxy; for Ory's own tokens
   * (`tokenizeAs`), wherever you serve the public half of the template's keys.
   * It decides who is believed, so it comes from your configuration, never from the request.
   * @default env `ORY_JWKS_URL`
   */
  jwksUrl?: string | URL
  /** The only `iss` that is accepted: the address of your Ory, or `http://emulator.localhost`. @default any issuer whose keys are at `jwksUrl` */
  issuer?: string
}

/** An address of a person, and whether they have shown that it is theirs. */
export interface VerifiableAddress {
  readonly id: string
  readonly value: string
  readonly via: string
  readonly verified: boolean
  readonly status: string
}

/**
 * A person, as Ory knows them.
 *
 * Trusted: `id`, which never changes and is never given twice, and `metadata_public`, which only your
 * administrators write. Not proven: `traits` are what people say about themselves. An email among them is
 * theirs only when `verifiable_addresses` lists it as `verified`.
 */
export interface Identity<Traits = Readonly<Record<string, unknown>>> {
  readonly id: string
  readonly schema_id: string
  readonly traits: Traits
  readonly state?: string
  readonly verifiable_addresses?: readonly VerifiableAddress[]
  readonly metadata_public?: unknown
}

/** Ory's session, as whoami gave it at most 60 seconds (and the session cache's time) ago. */
export interface Session<Traits = Readonly<Record<string, unknown>>> {
  readonly id: string
  readonly active: true
  readonly expires_at?: string
  readonly authenticated_at?: string
  readonly issued_at?: string
  /** `aal1`: one factor was shown; `aal2`: two. */
  readonly authenticator_assurance_level?: string
  readonly authentication_methods?: readonly { readonly method?: string; readonly aal?: string }[]
  readonly identity: Identity<Traits>
}

/** The claims of a token whose signature, age and form are right. */
export interface SessionClaims<Traits = Readonly<Record<string, unknown>>> {
  /** Ory's address. */
  readonly iss: string
  /** The identity's id: the key to use for a person in your own database. */
  readonly sub: string
  readonly session: Session<Traits>
  readonly iat: number
  readonly nbf: number
  readonly exp: number
  readonly jti: string
}

/**
 * The claims of a token that Ory itself made of a session (`tokenizeAs`), beside those that its template's mapper adds.
 *
 * @example
 * import { type OryTokenClaims, verifySession } from 'ory-proxy/verify'
 *
 * type Claims = OryTokenClaims & { readonly email: string }
 *
 * export async function emailOf(request: Request): Promise<string | undefined> {
 *   const options = { jwksUrl: 'https://backend.example/keys.json' }
 *   return (await verifySession<never, Claims>(request, options))?.email
 * }
 */
export interface OryTokenClaims {
  /** Ory's address. */
  readonly iss: string
  /** The identity's id, or its external id where the template says so. */
  readonly sub: string
  /** The session's id. */
  readonly sid: string
  readonly iat: number
  readonly exp: number
  readonly nbf?: number
  readonly jti?: string
}

/**
 * Who sent this request? Reads `Authorization: Bearer <JWT>` and verifies it against the proxy's keys.
 *
 * `null` is "not signed in": no token, or one that is forged, expired, or signed with another key. It is not
 * the answer where the question could not be put: without the keys nobody can tell, so that is thrown.
 *
 * Ory's own tokens (`tokenizeAs`) are taken as well, by the keys of their template: they hold no `session`.
 *
 * @param source a request or its headers
 * @typeParam Traits the traits of your identity schema; they are not checked here, Ory did when they were written
 * @typeParam Claims what is in your tokens, where they are Ory's own: {@link OryTokenClaims} and what you add
 * @throws {OryProxyError} `ORY_PROXY_BAD_OPTION` or `ORY_PROXY_BAD_URL` when an option is missing or wrong,
 * `ORY_PROXY_JWKS` when the keys cannot be loaded
 *
 * @example
 * import { verifySession } from 'ory-proxy-verify'
 *
 * export async function GET(request: Request): Promise<Response> {
 *   const claims = await verifySession(request, { jwksUrl: 'http://localhost:5173/.ory/jwks.json' })
 *   if (!claims) return new Response('Please sign in.', { status: 401 })
 *   return Response.json({ id: claims.sub })
 * }
 */
export async function verifySession<
  Traits = Readonly<Record<string, unknown>>,
  Claims extends SessionClaims<Traits> | OryTokenClaims = SessionClaims<Traits>,
>(source: SessionSource, options: VerifyOptions = {}): Promise<Claims | null> {
  const keys = keysAt(jwksUrlOf(options))
  assertSource(source)
  const token = bearerToken(source)
  if (token === null) return null
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      algorithms: ALGORITHMS,
      typ: 'JWT',
      requiredClaims: ['iss', 'sub', 'iat', 'exp'],
      clockTolerance: CLOCK_SKEW,
      ...(options.issuer === undefined ? {} : { issuer: options.issuer }),
    })
    return protectedHeader.kid !== undefined && (isOurs(payload, protectedHeader) || isOrys(payload))
      ? (payload as unknown as Claims)
      : null
  } catch (error) {
    if (error instanceof OryProxyError) throw error
    return null
  }
}

/**
 * We sign with ES256, Ory with what its template's key is for. Neither `none` nor a public key taken for a shared secret:
 * all of these take a key pair.
 */
const ALGORITHMS = [
  ...['ES256', 'ES384', 'ES512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['EdDSA', 'Ed25519'],
]

/** Seconds by which the clock of a container may differ from ours. */
const CLOCK_SKEW = 5

/** Milliseconds between two looks for a key we do not know: a new key of a restarted proxy is found at once. */
const COOLDOWN = 1000

/** Said here and not by the ground's `rejectUnknown`: this file is a package of its own, with jose alone. */
function rejectUnknown(options: VerifyOptions): void {
  if (typeof options !== 'object' || options === null) {
    const type = options === null ? 'null' : typeof options
    throw new OryProxyError('ORY_PROXY_BAD_OPTION', `The options must be an object, not ${type}.`)
  }
  const unknown = Object.keys(options).find(name => name !== 'jwksUrl' && name !== 'issuer')
  if (unknown === undefined) return
  const message = `There is no option "${unknown}": verifySession takes "jwksUrl" and "issuer".`
  throw new OryProxyError('ORY_PROXY_BAD_OPTION', message)
}

/** Of what is no request, like the promise that Next's `headers()` gives, everybody would be nobody, without a word. */
function assertSource(source: unknown): void {
  const type = source === null ? 'null' : typeof source
  const isPromise = typeof (source as { then?: unknown } | null | undefined)?.then === 'function'
  if (type === 'object' && !isPromise) return
  const what = isPromise ? 'a promise: write `await` before it' : type
  throw new OryProxyError(
    'ORY_PROXY_BAD_OPTION',
    `verifySession takes a request or its headers, not ${what}.`,
  )
}

function jwksUrlOf(options: VerifyOptions): string {
  rejectUnknown(options)
  // No `process` at the edge, and nothing of Node's types is needed for one look.
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } }
  const given = options.jwksUrl ?? process?.env?.['ORY_JWKS_URL']
  if (given === undefined || given === '') {
    const message =
      'verifySession needs "jwksUrl" (or ORY_JWKS_URL), like "http://localhost:5173/.ory/jwks.json".'
    throw new OryProxyError('ORY_PROXY_BAD_OPTION', message)
  }
  const text = String(given)
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new OryProxyError('ORY_PROXY_BAD_URL', `"jwksUrl" is not an http or https address: ${text}`)
  }
  return new URL(text).href
}

/** One set of keys per address, fetched once and again when a token names a key that is not in it. */
const keySets = new Map<string, JWTVerifyGetKey>()

function keysAt(url: string): JWTVerifyGetKey {
  const known = keySets.get(url)
  if (known) return known
  const remote = createRemoteJWKSet(new URL(url), { cooldownDuration: COOLDOWN })
  const keys: JWTVerifyGetKey = (header, token) =>
    remote(header, token).catch(error => {
      if (error instanceof errors.JWKSNoMatchingKey) warnOfOtherKey(url, header.kid)
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
        throw error
      }
      const why = error instanceof Error ? causeOf(error) : String(error)
      throw new OryProxyError('ORY_PROXY_JWKS', `No keys from ${url}: ${why}`, { cause: error })
    })
  keySets.set(url, keys)
  return keys
}

/** Addresses that a token of another key was held against: to say it for each request would drown the log. */
const warned = new Set<string>()

/** Forged tokens look like that, too; but everybody anonymous and no line anywhere is what people search for hours. */
function warnOfOtherKey(url: string, kid: string | undefined): void {
  if (kid === undefined || warned.has(url)) return
  warned.add(url)
  const { console } = globalThis as { console?: { warn(line: string): void } }
  console?.warn(
    `ory-proxy JWKS_OTHER_KEY: a token is signed with a key that is not at ${url}, so its bearer is nobody here. ` +
      'Is that the address of the dev server the request came through? `npx ory-proxy doctor` says more.',
  )
}

/** "fetch failed" says nothing; its cause does. */
function causeOf({ message, cause }: Error): string {
  return cause instanceof Error ? ((cause.message || (cause as { code?: string }).code) ?? message) : message
}

const BEARER = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i

function bearerToken(source: SessionSource): string | null {
  const inner = (source as { headers?: unknown }).headers
  const headers = (typeof inner === 'object' && inner !== null ? inner : source) as HeaderSource
  return BEARER.exec(authorizationIn(headers) ?? '')?.[1] ?? null
}

/** The one `Authorization`. Two of them are an attack, not a choice. */
function authorizationIn(headers: HeaderSource): string | null {
  if (typeof headers.get === 'function') return headers.get('authorization')
  const values = Object.entries(headers)
    .filter(([name]) => name.toLowerCase() === 'authorization')
    .flatMap(([, value]) => value ?? [])
  return values.length === 1 ? (values[0] as string) : null
}

function isOurs(payload: JWTPayload, { alg }: JWTHeaderParameters): boolean {
  const { sub, nbf, jti, session } = payload
  return alg === 'ES256' && nbf !== undefined && jti !== undefined && isSession(session, sub)
}

/** What Kratos puts into every token it makes of a session. An ID token may have `sid`, too, but then also what ties it to its client. */
function isOrys(payload: JWTPayload): boolean {
  const { sub, sid, session } = payload
  const isIdToken = payload['at_hash'] !== undefined || payload['nonce'] !== undefined
  return !isIdToken && session === undefined && typeof sid === 'string' && sid !== '' && sub !== ''
}

function isSession(value: unknown, sub: unknown): value is Session {
  const { active, identity } = Object(value) as { active?: unknown; identity?: unknown }
  return active === true && sub !== '' && (Object(identity) as { id?: unknown }).id === sub
}
