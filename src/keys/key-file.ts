import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join, parse, resolve } from 'node:path'
import { projectFolder } from '../common/project.js'
import { stateFolder } from '../common/state-folder.js'
import { OryProxyError } from '../errors.js'
import type { Logger } from '../log.js'
import { generatePrivateJwk, type SigningKey, signingKey } from './jwt.js'
import { keepsModes, readPrivate, writeOnce } from './private-file.js'

/**
 * Whose people a key speaks for. The emulator gives a token for anybody to everybody, so that its tokens must not
 * verify where a real Ory says who people are.
 */
export type KeyKind = 'ory' | 'emulator'

/**
 * The project's signing key: read where there is one, else made and kept, so that tokens still verify after
 * a restart. Where nothing can be written it lives in memory; where everything can be read, it is kept in the user's
 * own folder.
 *
 * @param named the user's own choice of a place; the emulator's key lies beside it
 * @throws {OryProxyError} `ORY_PROXY_KEY_FILE` when the file holds no key, or others can read it
 */
export async function loadKey(
  named: string | undefined,
  logger: Logger,
  cwd: string = process.cwd(),
  kind: KeyKind = 'ory',
): Promise<SigningKey> {
  const file = placeOf(named, cwd, kind)
  if (file === undefined) return signingKey(await generatePrivateJwk())
  if (named !== undefined && kind === 'emulator') await readKey(resolve(cwd, named)) // a wrong file is told, used or not
  const isTheirs = named !== undefined && existsSync(file)
  const { key, isOpen } = await readOrMake(file, logger)
  if (!isOpen) return key
  if (await keepsModes(file)) {
    throw new OryProxyError('ORY_PROXY_KEY_FILE', `Others can read the signing key ${file}: chmod 600 it.`)
  }
  if (isTheirs) {
    logger.warn(
      `${file} lies on a file system without modes: who else can read the signing key is not known.`,
    )
    return key
  }
  return keptElsewhere(file, logger)
}

/** `node_modules/.cache/ory-proxy` of the project we run in is out of version control by itself. */
function placeOf(named: string | undefined, cwd: string, kind: KeyKind): string | undefined {
  const folder = projectFolder(cwd)
  const cached = folder && join(folder, 'node_modules/.cache/ory-proxy/jwt-key.json')
  const file = named === undefined ? cached : resolve(cwd, named)
  if (file === undefined || kind === 'ory') return file
  const { dir, name, ext } = parse(file)
  return join(dir, `${name}.emulator${ext}`)
}

/** What lies on WSL's `/mnt/c`, on exFAT, on a folder of a virtual machine's host is everybody's, whatever one sets. */
async function keptElsewhere(file: string, logger: Logger): Promise<SigningKey> {
  await rm(file, { force: true }).catch(() => {})
  const name = createHash('sha256').update(file).digest('hex').slice(0, 16)
  const own = join(stateFolder(), 'keys', `${name}.json`)
  const { key, isOpen } = await readOrMake(own, logger)
  const place = isOpen ? 'in memory only: tokens will not verify after a restart' : `in ${own}`
  if (isOpen) await rm(own, { force: true }).catch(() => {})
  logger.warn(
    `${file} would lie on a file system without modes, for everybody to read: the signing key is kept ${place}.`,
  )
  return isOpen ? signingKey(await generatePrivateJwk()) : key
}

interface Kept {
  readonly key: SigningKey
  /** Others can read it. */
  readonly isOpen: boolean
}

async function readOrMake(file: string, logger: Logger): Promise<Kept> {
  const found = await readKey(file)
  if (found) return found
  const jwk = await generatePrivateJwk()
  try {
    await writeOnce(file, `${JSON.stringify(jwk)}\n`)
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException
    const faster = code === 'EEXIST' ? await readKey(file) : undefined // another process was
    if (faster) return faster
    logger.warn(`Cannot keep the signing key in ${file} (${code}): tokens will not verify after a restart.`)
    return { key: await signingKey(jwk), isOpen: false }
  }
  return (await readKey(file)) ?? { key: await signingKey(jwk), isOpen: false }
}

/** How a file that cannot be there yet answers. */
const ABSENT: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR'])

async function readKey(file: string): Promise<Kept | undefined> {
  const { text, isOpen } = await readPrivate(file).catch((error: NodeJS.ErrnoException) => {
    const { code = error.message } = error
    if (ABSENT.has(code)) return { text: undefined, isOpen: false }
    throw new OryProxyError('ORY_PROXY_KEY_FILE', `The signing key ${file} cannot be read (${code}).`)
  })
  if (text === undefined) return undefined
  try {
    return { key: await signingKey(JSON.parse(text)), isOpen }
  } catch {
    // No cause: what JSON.parse says quotes the file, and that is a private key.
    throw new OryProxyError('ORY_PROXY_KEY_FILE', `${file} holds no private P-256 key (JWK).`)
  }
}
