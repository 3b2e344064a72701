import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { OryProxyError } from '../errors.js'

/**
 * Writes a folder of files; all or none.
 *
 * @throws {OryProxyError} `ORY_PROXY_EXPORT` when one is there already and may not be overwritten
 */
export async function writeFolder(
  folder: string,
  files: Readonly<Record<string, string>>,
  force: boolean,
): Promise<void> {
  const there = Object.keys(files).filter(name => existsSync(join(folder, name)))
  if (there.length > 0 && !force) {
    throw new OryProxyError(
      'ORY_PROXY_EXPORT',
      `${join(folder, there[0]!)} is there already: nothing was written. Overwrite it with --force, or name another folder with --out.`,
    )
  }
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
}
