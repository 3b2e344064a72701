import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { ensureInstalled } from '../scripts/ensure-installed.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The package as it is published. */
export interface Tarball {
  readonly file: string
  remove(): Promise<void>
}

export async function packOurs(): Promise<Tarball> {
  const folder = await mkdtemp(join(tmpdir(), 'ory-proxy-packed-'))
  const packed = await npm(root, 'pack', '--json', '--ignore-scripts', '--pack-destination', folder)
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }]
  return {
    file: join(folder, filename),
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  }
}

/** A folder with what its lock file lists, and the packed package beside it, as npm places it for a user. */
export async function ensurePacked(folder: string, { file }: Tarball): Promise<void> {
  await ensureInstalled(folder)
  const note = join(folder, 'node_modules/.ory-proxy-packed')
  const hash = createHash('sha256')
    .update(await readFile(file))
    .digest('hex')
  if ((await readFile(note, 'utf8').catch(() => '')) === hash) return
  await npm(folder, 'install', '--no-save', '--ignore-scripts', '--prefer-offline', file)
  await writeFile(note, hash)
}

async function npm(cwd: string, ...args: string[]): Promise<string> {
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error']
  const options = { cwd, shell: process.platform === 'win32', maxBuffer: 64 * 1024 * 1024 }
  return (await promisify(execFile)('npm', [...args, ...quiet], options)).stdout
}
