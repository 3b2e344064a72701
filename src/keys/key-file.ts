import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { JWK } from 'jose'
import { projectFolder } from '../common/project.js'
import { OryProxyError } from '../errors.js'
import type { Logger } from '../log.js'
import { generatePrivateJwk, type SigningKey, signingKey } from './jwt.js'

/**
 * The project's signing key: read where there is one, else made and kept, so that tokens still verify after
 * a restart. Where nothing can be written it lives in memory.
 *
 * @param named the user's own choice of a place
 * @throws {OryProxyError} `ORY_PROXY_KEY_FILE` when the file holds no key, or others can read it
 */
export async function loadKey(
  named: string | undefined,
  logger: Logger,
  cwd: string = process.cwd(),
): Promise<SigningKey> {
  const file = named === undefined ? cachePlace(cwd) : resolve(cwd, named)
  if (file === undefined) return signingKey(await generatePrivateJwk())
  try {
    return await readKey(file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (error instanceof OryProxyError) throw error
    if (!ABSENT.has(code ?? '')) {
      throw new OryProxyError('ORY_PROXY_KEY_FILE', `The signing key ${file} cannot be read (${code}).`)
    }
  }
  const jwk = await generatePrivateJwk()
  try {
    await writeOnce(file, `${JSON.stringify(jwk)}\n`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' && existsSync(file)) return readKey(file) // another process was faster
    const why = (error as NodeJS.ErrnoException).code ?? 'unknown error'
    logger.warn(`Cannot keep the signing key in ${file} (${why}): tokens will not verify after a restart.`)
    return signingKey(jwk)
  }
  return readKey(file)
}

/** How a file that cannot be there yet answers. */
const ABSENT: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR'])

/** `node_modules/.cache/ory-proxy` of the project we run in: out of version control by itself. */
function cachePlace(cwd: string): string | undefined {
  const folder = projectFolder(cwd)
  return folder && join(folder, 'node_modules/.cache/ory-proxy/jwt-key.json')
}

async function readKey(file: string): Promise<SigningKey> {
  const text = await readFile(file, 'utf8')
  const { mode } = await stat(file)
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new OryProxyError('ORY_PROXY_KEY_FILE', `Others can read the signing key ${file}: chmod 600 it.`)
  }
  try {
    return await signingKey(JSON.parse(text) as JWK)
  } catch {
    // No cause: what JSON.parse says quotes the file, and that is a private key.
    throw new OryProxyError('ORY_PROXY_KEY_FILE', `${file} holds no private P-256 key (JWK).`)
  }
}

/** All of the file or none of it, and never over an existing one: written beside, then linked into place. */
async function writeOnce(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const beside = `${file}.${randomUUID()}`
  try {
    await writeFile(beside, text, { mode: 0o600, flag: 'wx' })
    await link(beside, file)
  } finally {
    await rm(beside, { force: true })
  }
}
