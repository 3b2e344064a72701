/**
 * Password hashes of other systems, in the notations that Kratos imports
 * (https://www.ory.com/docs/kratos/manage-identities/import-user-accounts-identities#hashed-passwords).
 */
import {
  type BinaryLike,
  createCipheriv,
  createHash,
  createHmac,
  pbkdf2,
  type ScryptOptions,
  scrypt,
  timingSafeEqual,
} from 'node:crypto'
import { promisify } from 'node:util'

type Verify = (password: string, hash: string) => Promise<boolean> | boolean

/** Checked in this order. The notations crypt(3) has for MD5 and SHA are known to Kratos, but not verified here. */
const NOTATIONS: readonly [pattern: RegExp, verify: Verify][] = [
  [/^\$scrypt\$/, verifyScrypt],
  [/^\$2[abzy]?\$/, verifyBcrypt],
  [/^\$argon2id?\$/, verifyArgon2],
  [/^\$pbkdf2-sha[0-9]{1,3}\$/, verifyPbkdf2],
  [/^\{SSHA(256|512)?\}/, verifySaltedSha],
  [/^\$sha(1|256|512)\$/, verifyFormatted],
  [/^\$md5\$/, verifyFormatted],
  [/^\$hmac-(md5|sha1|sha224|sha256|sha384|sha512)\$/, verifyHmac],
  [/^\$firescrypt\$/, verifyFirebase],
  [/^\$(md5|sha256|sha512)-crypt\$/, () => false],
]

/** Whether Kratos knows this notation at all; it refuses to import what it does not. */
export function isKnownHash(hash: string): boolean {
  return NOTATIONS.some(([pattern]) => pattern.test(hash))
}

/** Whether this is the password of that hash. A hash that cannot be read fits no password. */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const verify = NOTATIONS.find(([pattern]) => pattern.test(hash))?.[1]
  try {
    return (await verify?.(password, hash)) ?? false
  } catch {
    return false
  }
}

/** scrypt off the event loop. */
export function deriveScrypt(
  password: BinaryLike,
  salt: BinaryLike,
  length: number,
  cost: ScryptOptions,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const maxmem = 256 * (cost.N ?? 1) * (cost.r ?? 1) + 1024 * 1024
    scrypt(password, salt, length, { ...cost, maxmem }, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}

/** Kratos' bounds: a hash is input too, and must not cost seconds or gigabytes. */
const MAX = {
  scryptN: 2 ** 17,
  scryptR: 8,
  scryptP: 10,
  argonKiB: 2 ** 20,
  argonT: 10,
  argonP: 16,
  firebaseLogN: 17,
  pbkdf2: 10_000_000,
  bcrypt: 15,
}

type Numbers = [number, number, number]

function readScrypt(hash: string): { N: number; r: number; p: number; salt: Buffer; key: Buffer } {
  const { numbers, parts } = split(hash, 5, ['ln', 'r', 'p'])
  const [N, r, p] = numbers as Numbers
  within(N, MAX.scryptN)
  within(r, MAX.scryptR)
  within(p, MAX.scryptP)
  return { N, r, p, salt: fromBase64(parts[3]), key: fromBase64(parts[4]) }
}

async function verifyScrypt(password: string, hash: string): Promise<boolean> {
  const { salt, key, ...cost } = readScrypt(hash)
  return equal(key, await deriveScrypt(password, salt, key.length, cost))
}

function readBcrypt(hash: string): void {
  const cost = /^\$2[abzy]?\$(\d\d)\$.{53}$/.exec(hash)?.[1]
  if (cost === undefined) throw new Error('not in the notation its prefix promises')
  within(Number(cost), MAX.bcrypt)
}

async function verifyBcrypt(password: string, hash: string): Promise<boolean> {
  readBcrypt(hash)
  // bcrypt reads 72 bytes; Kratos refuses longer passwords rather than ignore their end.
  if (Buffer.byteLength(password) > 72) return false
  const { bcryptVerify } = await import('hash-wasm')
  return bcryptVerify({ password, hash: hash.replace(/^\$2z?\$/, '$2b$') })
}

function readArgon2(hash: string): void {
  const [, , version, costs, salt, key, ...more] = hash.split('$')
  const match = /^m=(\d+),t=(\d+),p=(\d+)$/.exec(costs ?? '')
  if (version !== 'v=19' || !match || more.length > 0)
    throw new Error('not in the notation its prefix promises')
  within(Number(match[1]), MAX.argonKiB)
  within(Number(match[2]), MAX.argonT)
  within(Number(match[3]), MAX.argonP)
  fromBase64(salt)
  fromBase64(key)
}

async function verifyArgon2(password: string, hash: string): Promise<boolean> {
  readArgon2(hash)
  const { argon2Verify } = await import('hash-wasm')
  return argon2Verify({ password, hash })
}

function readPbkdf2(hash: string): {
  iterations: number
  length: number
  salt: Buffer
  key: Buffer
  digest: string
} {
  const { numbers, parts } = split(hash, 5, ['i', 'l'])
  const [iterations = 0] = numbers
  within(iterations, MAX.pbkdf2)
  const digest = parts[1]!.slice('pbkdf2-'.length)
  const key = fromBase64(parts[4])
  // Whatever `l=` says: Kratos goes by the key itself.
  return { iterations, length: key.length, salt: fromBase64(parts[3]), key, digest }
}

async function verifyPbkdf2(password: string, hash: string): Promise<boolean> {
  const { iterations, length, salt, key, digest } = readPbkdf2(hash)
  return equal(key, await promisify(pbkdf2)(password, salt, iterations, length, digest))
}

function verifySaltedSha(password: string, hash: string): boolean {
  const [prefix, size] = /^\{SSHA(256|512)?\}/.exec(hash)!
  const algorithm = size ? `sha${size}` : 'sha1'
  const decoded = fromBase64(hash.slice(prefix.length))
  const length = createHash(algorithm).digest().length
  const salt = decoded.subarray(length)
  return (
    salt.length > 0 &&
    equal(decoded.subarray(0, length), digest(algorithm, Buffer.concat([Buffer.from(password), salt])))
  )
}

/** `$sha256$pf=<where salt and password go>$<salt>$<hash>`, and MD5 without a salt as `$md5$<hash>`. */
function verifyFormatted(password: string, hash: string): boolean {
  const parts = hash.split('$')
  const algorithm = parts[1]!
  if (parts.length === 3) return equal(fromBase64(parts[2]), digest(algorithm, Buffer.from(password)))
  const format = fromBase64(/^pf=(.+)$/.exec(parts[2] ?? '')?.[1]).toString()
  const salt = fromBase64(parts[3]).toString('latin1')
  const text = format.replaceAll(/\{SALT\}|\{PASSWORD\}/g, name =>
    name === '{SALT}' ? salt : Buffer.from(password).toString('latin1'),
  )
  return equal(fromBase64(parts[4]), digest(algorithm, Buffer.from(text, 'latin1')))
}

function verifyHmac(password: string, hash: string): boolean {
  const [, name, expected, key] = hash.split('$')
  const hex = createHmac(name!.slice('hmac-'.length), fromBase64(key)).update(password).digest('hex')
  return equal(fromBase64(expected), Buffer.from(hex))
}

/** https://github.com/firebase/scrypt: the key that scrypt derives encrypts the project's signer key. */
function readFirebase(hash: string): { cost: ScryptOptions; salt: Buffer; key: Buffer; signer: Buffer } {
  const { numbers, parts } = split(hash, 7, ['ln', 'r', 'p'])
  const [logN, r, p] = numbers as Numbers
  within(logN, MAX.firebaseLogN)
  within(r, MAX.scryptR)
  within(p, MAX.scryptP)
  const salt = Buffer.concat([fromBase64(parts[3]), fromBase64(parts[5])])
  return { cost: { N: 2 ** logN, r, p }, salt, key: fromBase64(parts[4]), signer: fromBase64(parts[6]) }
}

async function verifyFirebase(password: string, hash: string): Promise<boolean> {
  const { cost, salt, key, signer } = readFirebase(hash)
  const cipher = createCipheriv('aes-256-ctr', await deriveScrypt(password, salt, 32, cost), Buffer.alloc(16))
  return equal(key, cipher.update(signer))
}

/** `$name$a=1,b=2$...`: the parts, and the numbers of the named parameters. */
function split(hash: string, count: number, names: string[]): { parts: string[]; numbers: number[] } {
  const parts = hash.split('$')
  const pattern = new RegExp(`^${names.map(name => `${name}=(\\d+)`).join(',')}$`)
  const match = pattern.exec(parts[2] ?? '')
  if (parts.length !== count || !match) throw new Error('not in the notation its prefix promises')
  return { parts, numbers: match.slice(1).map(Number) }
}

function within(value: number, max: number): void {
  if (!(value >= 1 && value <= max)) throw new Error('parameters out of bounds')
}

function fromBase64(text: string | undefined): Buffer {
  if (text === undefined || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new Error('not base64')
  return Buffer.from(text, 'base64')
}

const digest = (algorithm: string, data: Buffer): Buffer => createHash(algorithm).update(data).digest()

function equal(expected: Buffer, actual: Buffer): boolean {
  return expected.length > 0 && expected.length === actual.length && timingSafeEqual(expected, actual)
}
