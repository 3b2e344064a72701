/** The signing key, and the tokens that are signed with it. */
import { randomUUID } from 'node:crypto'
import type { CryptoKey, JWK } from 'jose'
import { LruMap } from '../common/lru.js'

/** How long a token is valid, and after which age a new one is minted, in seconds. */
const TOKEN_LIFETIME = 60
const REUSED_FOR = TOKEN_LIFETIME / 2

/** Bytes of tokens kept at most. A token is its session in base64, so that with its key it takes some 2.5 times that. */
const KEPT_BYTES = 3 * 1024 * 1024
const BYTES_EACH = 2.5

/** An ES256 key pair: the private part signs, the public part is served. */
export interface SigningKey {
  readonly privateKey: CryptoKey
  readonly publicJwk: JWK
  readonly kid: string
}

/** What a token is made of. */
export interface Claims {
  /** Ory's address. */
  readonly iss: string
  /** The identity's id. */
  readonly sub: string
  /** The whole session, as Ory wrote it. */
  readonly sessionJson: string
}

/** Makes a fresh P-256 private key, as a JWK. */
export async function generatePrivateJwk(): Promise<JWK> {
  const { exportJWK, generateKeyPair } = await import('jose')
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  return exportJWK(privateKey)
}

/**
 * A signing key from a private JWK. The public part is picked member by member: nothing private can slip
 * into the served set by being new to us. The `kid` is the key's thumbprint (RFC 7638).
 *
 * @throws {TypeError} when the JWK is no private P-256 key
 */
export async function signingKey(jwk: JWK): Promise<SigningKey> {
  const { calculateJwkThumbprint, importJWK } = await import('jose')
  const { kty, crv, x, y, d } = jwk
  if (kty !== 'EC' || crv !== 'P-256' || !x || !y || !d) throw new TypeError('not a private P-256 key')
  const kid = await calculateJwkThumbprint({ kty, crv, x, y })
  const privateKey = (await importJWK({ kty, crv, x, y, d }, 'ES256')) as CryptoKey
  return { privateKey, kid, publicJwk: { kty, crv, x, y, alg: 'ES256', use: 'sig', kid } }
}

/** The served JWK set as text. */
export function jwksText({ publicJwk }: SigningKey): string {
  return JSON.stringify({ keys: [publicJwk] })
}

/** Signs one token. The session goes in as text: numbers above 2^53 and the order of members survive. */
export async function sign(key: SigningKey, claims: Claims, iat: number): Promise<string> {
  const { CompactSign } = await import('jose')
  const { iss, sub, sessionJson } = claims
  const times = `"iat":${iat},"nbf":${iat},"exp":${iat + TOKEN_LIFETIME},"jti":"${randomUUID()}"`
  const payload = `{"iss":${JSON.stringify(iss)},"sub":${JSON.stringify(sub)},"session":${sessionJson},${times}}`
  return new CompactSign(new TextEncoder().encode(payload))
    .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: key.kid })
    .sign(key.privateKey)
}

/** Mints tokens and reuses each until half of its life is gone. */
export interface Minter {
  /** `Bearer` and a token: the whole value of the `Authorization` header. */
  bearer(claims: Pick<Claims, 'sub' | 'sessionJson'>): string | Promise<string>
  /** Signatures made so far. */
  readonly signatures: number
}

interface Minted {
  iat: number
  bearer: string | Promise<string>
}

/**
 * @param key loads the key at the first signature
 * @param iss Ory's address
 * @param now milliseconds since 1970, by the machine's clock: whoever verifies has no other
 */
export function createMinter(key: () => Promise<SigningKey>, iss: string, now: () => number): Minter {
  // By the session's text: a token depends on nothing else.
  const minted = new LruMap<string, Minted>(KEPT_BYTES, sessionJson => BYTES_EACH * sessionJson.length)
  let signatures = 0
  return {
    get signatures() {
      return signatures
    },
    bearer({ sub, sessionJson }) {
      const at = Math.floor(now() / 1000)
      const known = minted.get(sessionJson)
      if (known && at >= known.iat && at - known.iat < REUSED_FOR) return known.bearer
      signatures++
      const signed = key().then(k => sign(k, { iss, sub, sessionJson }, at))
      const entry: Minted = { iat: at, bearer: signed.then(token => flat(`Bearer ${token}`)) }
      minted.set(sessionJson, entry)
      ;(entry.bearer as Promise<string>).then(
        bearer => {
          entry.bearer = bearer
        },
        () => minted.delete(sessionJson),
      )
      return entry.bearer
    },
  }
}

/** V8 keeps joined strings as trees of their pieces, and every request that carries one would copy it anew. */
const flat = (ascii: string): string => Buffer.from(ascii, 'latin1').toString('latin1')
