/** Files that only their owner may read. */
import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, link, mkdir, open, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** A text, and whether others than its owner can read it. */
export interface PrivateText {
  readonly text: string
  readonly isOpen: boolean
}

/**
 * Reads a file, and nothing that only looks like one: a FIFO would be waited for, a device read for ever.
 *
 * @throws {NodeJS.ErrnoException} what the system says
 */
export async function readPrivate(file: string): Promise<PrivateText> {
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const stats = await handle.stat()
    if (!stats.isFile() && !stats.isDirectory()) throw new Error('it is no file')
    return { text: await handle.readFile('utf8'), isOpen: isForOthers(stats.mode) }
  } finally {
    await handle.close()
  }
}

/** Windows has other means, which Node's modes do not show. */
const isForOthers = (mode: number): boolean => process.platform !== 'win32' && (mode & 0o077) !== 0

/** Whether a mode that is set beside this file stays as it was set. What cannot be tried is taken to keep it. */
export async function keepsModes(file: string): Promise<boolean> {
  const beside = `${file}.${randomUUID()}`
  try {
    await writeFile(beside, '', { mode: 0o600, flag: 'wx' })
    return !(await readPrivate(beside)).isOpen
  } catch {
    return true
  } finally {
    await rm(beside, { force: true }).catch(() => {})
  }
}

/** How a file system answers that has no hard links, like exFAT. */
const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'])

/** All of the file or none of it, and never over an existing one: written beside, then linked into place. */
export async function writeOnce(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const beside = `${file}.${randomUUID()}`
  try {
    await writeFile(beside, text, { mode: 0o600, flag: 'wx' })
    await link(beside, file).catch((error: NodeJS.ErrnoException) => {
      if (!NO_LINKS.has(error.code ?? '')) throw error
      return copyFile(beside, file, constants.COPYFILE_EXCL)
    })
  } finally {
    await rm(beside, { force: true })
  }
}
