/** Keys for a rehearsal, as the README's line makes them; they go with the folder. */
import { createHash, createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { chownSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Programs } from './programs.js'

/** A private key as PEM (PKCS#8, with its public point at the end, as `openssl genpkey` writes it). */
export const newKey = (): string =>
  generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey

/**
 * Writes the key that signs, and the other one that is only published. Each file is replaced in one step, the other
 * one first: nobody who reads them meanwhile finds none that signs, or one that is not published.
 */
export function writeKeys(
  folder: string,
  { folder: below, kind }: Programs['keys'],
  signing: string,
  other?: string,
): void {
  const place = join(folder, below)
  mkdirSync(place, { recursive: true })
  if (kind === 'jwks') {
    // Oathkeeper signs with the last one.
    const keys = [...(other === undefined ? [] : [other]), signing].map(privateJwk)
    return replace(join(place, 'signing.jwks.json'), JSON.stringify({ keys }))
  }
  if (other !== undefined) replace(join(place, 'other.pem'), other)
  replace(join(place, 'signing.pem'), signing)
  if (other === undefined) rmSync(join(place, 'other.pem'), { force: true })
}

function replace(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 })
  giveToWorkers(`${file}.new`)
  renameSync(`${file}.new`, file)
}

function privateJwk(pem: string): object {
  const { crv, kty, x, y, d } = createPrivateKey(pem).export({ format: 'jwk' })
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url') // RFC 7638
  return { kty, crv, x, y, d, kid, use: 'sig', alg: 'ES256' }
}

/** nginx started by root hands over to www-data, which reads the key; started by anybody else it stays that one. */
function giveToWorkers(file: string): void {
  if (process.getuid?.() !== 0) return
  const [, , uid, gid] = /^www-data:.*$/m.exec(readFileSync('/etc/passwd', 'utf8'))?.[0].split(':') ?? []
  if (uid !== undefined && gid !== undefined) chownSync(file, Number(uid), Number(gid))
}
