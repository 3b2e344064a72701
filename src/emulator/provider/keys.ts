import type { JSONWebKeySet } from 'jose'
import type { JsonObject } from '../store/model.js'

interface SigningKey {
  sign(claims: JsonObject): Promise<string>
  jwks: JSONWebKeySet
}

const ALG = 'ES256'
const KID = 'stand-in'

/** A key of its own for each run, made when it is first needed: most runs never sign in this way. */
export function lazySigningKey(): () => Promise<SigningKey> {
  let key: Promise<SigningKey> | undefined
  return () => {
    key ??= makeKey()
    return key
  }
}

async function makeKey(): Promise<SigningKey> {
  const { exportJWK, generateKeyPair, SignJWT } = await import('jose') // its 46 modules would slow down every start
  const { privateKey, publicKey } = await generateKeyPair(ALG)
  const jwk = await exportJWK(publicKey)
  return {
    sign: claims =>
      new SignJWT(claims).setProtectedHeader({ alg: ALG, kid: KID, typ: 'JWT' }).sign(privateKey),
    jwks: { keys: [{ ...jwk, kid: KID, alg: ALG, use: 'sig' }] },
  }
}
