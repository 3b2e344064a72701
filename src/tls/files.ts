import { createHash, randomBytes } from 'node:crypto'
import { chmod, mkdir, readdir, readFile, rename, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Bundle } from './certificate.js'
import type { System } from './system.js'

/** Where one certificate lies. */
export interface CertificateFiles {
  readonly directory: string
  /** Key, certificate and CA in one file, so that a crash or a race never leaves a pair that does not match. */
  readonly bundle: string
  /** What to trust, without any key: the CA, or the self-signed certificate itself. */
  readonly anchor: string
}

const LOCK_STALE_MS = 60_000
const LOCK_HEARTBEAT_MS = 10_000
const LOCK_WAIT_MS = 120_000
const LOCK_POLL_MS = 50

const PEM_BLOCK = /-----BEGIN ([A-Z ]+)-----[^-]+-----END \1-----/g

/** The directory of all our certificates: the user's, as the platform has it. */
export function dataDirectory({ platform, env, home }: System): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'ory-proxy')
  if (platform === 'win32') return join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'ory-proxy')
  return join(xdgDirectory(env['XDG_DATA_HOME'], join(home, '.local', 'share')), 'ory-proxy')
}

/** A relative path in such a variable is to be ignored (XDG Base Directory Specification). */
export function xdgDirectory(value: string | undefined, fallback: string): string {
  return value && isAbsolute(value) ? value : fallback
}

/** One certificate for each list of hosts, so that two projects with different lists do not replace each other's. */
export function certificateFiles(
  system: System,
  kind: 'localhost' | 'self-signed',
  extraHosts: readonly string[],
): CertificateFiles {
  const directory = dataDirectory(system)
  const hash = createHash('sha256')
    .update([...extraHosts].sort().join(' '))
    .digest('hex')
    .slice(0, 8)
  const suffix = extraHosts.length === 0 ? '' : `-${hash}`
  const anchor = kind === 'localhost' ? 'ca' : 'self-signed'
  return {
    directory,
    bundle: join(directory, `${kind}${suffix}.pem`),
    anchor: join(directory, `${anchor}${suffix}.crt`),
  }
}

/** The CA certificates of all lists of hosts. */
export async function anchorFiles(system: System): Promise<string[]> {
  const directory = dataDirectory(system)
  const names = await readdir(directory).catch(() => [])
  return names.filter(name => /^ca(-[\da-f]{8})?\.crt$/.test(name)).map(name => join(directory, name))
}

/** @returns undefined when there is none, or none that can be made out */
export async function readBundle(files: CertificateFiles): Promise<Bundle | undefined> {
  const text = await readFile(files.bundle, 'utf8').catch(() => '')
  const blocks = [...text.matchAll(PEM_BLOCK)]
  const key = blocks.find(([, label]) => label?.endsWith('PRIVATE KEY'))?.[0]
  const [cert, ca] = blocks.filter(([, label]) => label === 'CERTIFICATE').map(([block]) => block)
  if (key === undefined || cert === undefined) return undefined
  return { key: `${key}\n`, cert: `${cert}\n`, ...(ca === undefined ? {} : { ca: `${ca}\n` }) }
}

/** Writes so that a reader sees the old file or the new one, never half of one. */
export async function writeBundle(files: CertificateFiles, bundle: Bundle): Promise<void> {
  await replaceFile(files.bundle, `${bundle.key}${bundle.cert}${bundle.ca ?? ''}`, 0o600)
  await replaceFile(files.anchor, bundle.ca ?? bundle.cert, 0o644)
}

async function replaceFile(path: string, content: string, mode: number): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await writeFile(temporary, content, { flag: 'wx', mode })
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw error
  }
}

/** Takes away what others may do with the directory and the key, whoever allowed it. */
export async function repairModes(files: CertificateFiles): Promise<void> {
  await restrict(files.directory, 0o700)
  await restrict(files.bundle, 0o600)
}

async function restrict(path: string, mode: number): Promise<void> {
  const present = await stat(path).catch(() => undefined)
  if (present && (present.mode & 0o777 & ~mode) !== 0) await chmod(path, mode).catch(() => {})
}

/** Does `work` while no other process does: one certificate, and one writer of the browsers' stores. */
export async function withLock<T>(directory: string, work: () => Promise<T>): Promise<T> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const lock = join(directory, 'lock')
  await acquire(lock)
  // Alive as long as this is renewed: a dialog that nobody has answered yet is not a process that died.
  const heartbeat = setInterval(() => {
    const now = new Date()
    utimes(lock, now, now).catch(() => {})
  }, LOCK_HEARTBEAT_MS)
  try {
    return await work()
  } finally {
    clearInterval(heartbeat)
    await rmdir(lock).catch(() => {})
  }
}

async function acquire(lock: string): Promise<void> {
  const giveUpAt = Date.now() + LOCK_WAIT_MS
  while (!(await takeLock(lock))) {
    if (await isStale(lock)) await rmdir(lock).catch(() => {})
    else if (Date.now() > giveUpAt) throw new Error(`${lock} is held by another process`)
    else await sleep(LOCK_POLL_MS)
  }
}

/** `mkdir` is the one call that makes and checks at once, on every file system. */
async function takeLock(lock: string): Promise<boolean> {
  try {
    await mkdir(lock)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function isStale(lock: string): Promise<boolean> {
  const present = await stat(lock).catch(() => undefined)
  return present !== undefined && Date.now() - present.mtimeMs > LOCK_STALE_MS
}
