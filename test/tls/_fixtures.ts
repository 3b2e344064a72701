import { spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from 'vitest'
import { ensureCertutil } from '../../scripts/ensure-browser.mjs'
import type { Logger } from '../../src/log.js'
import { type CertificateOptions, ensureCertificate, type LocalCertificate } from '../../src/tls/index.js'

/** Commands that must never be started; each leaves its name in the file `called`. */
const FORBIDDEN = ['sudo', 'openssl', 'apt', 'apt-get', 'update-ca-certificates', 'doas', 'pkexec']

/** A user who has just been made: an empty home, and a PATH with nothing but certutil on it. */
export interface FreshUser {
  readonly home: string
  readonly env: NodeJS.ProcessEnv
  /** What was told, a line each. */
  readonly lines: string[]
  readonly logger: Logger
  /** Its certificate, as the command would get it. */
  ensure(options?: Partial<CertificateOptions>): Promise<LocalCertificate>
  /** NSS' certutil, as this user. */
  certutil(...args: string[]): Promise<{ code: number | null; output: string }>
  /** The forbidden commands that were started. */
  forbiddenCalls(): Promise<string[]>
  /** Takes certutil off the PATH. */
  removeCertutil(): Promise<void>
}

export const test = base.extend<{ user: FreshUser }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of the fixtures from the pattern
  user: async ({}, use) => {
    const root = await mkdtemp(join(tmpdir(), 'ory-proxy-tls-'))
    await use(await createUser(root))
    await rm(root, { recursive: true, force: true, maxRetries: 5 })
  },
})

async function createUser(root: string): Promise<FreshUser> {
  const home = join(root, 'home')
  const bin = join(root, 'bin')
  const called = join(root, 'called')
  for (const directory of [home, bin]) await mkdir(directory)
  for (const name of FORBIDDEN) {
    await writeFile(join(bin, name), `#!/bin/sh\necho ${name} >> ${called}\nexit 1\n`)
    await chmod(join(bin, name), 0o755)
  }
  await symlink(await ensureCertutil(), join(bin, 'certutil'))
  const env = { HOME: home, PATH: bin }
  const lines: string[] = []
  const say = (line: string): void => void lines.push(line)
  const logger = { info: say, warn: say, error: say, debug: () => {} }
  return {
    home,
    env,
    lines,
    logger,
    ensure: options => ensureCertificate({ hosts: [], install: true, logger, env, home, ...options }),
    certutil: (...args) => run(join(bin, 'certutil'), args, env),
    forbiddenCalls: async () => (await readFile(called, 'utf8').catch(() => '')).split('\n').filter(Boolean),
    removeCertutil: () => rm(join(bin, 'certutil')),
  }
}

/** Runs a command to its end. */
export function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const collect = (chunk: Buffer): void => {
      output += chunk.toString()
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.once('error', reject)
    child.once('close', code => resolve({ code, output }))
  })
}

/** Every file below a directory. */
export async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  return entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
}

/** Where a fresh user's Chromium looks, and the older place, which counts when it is there. */
export const NSS_NEW = join('.local', 'share', 'pki', 'nssdb')
export const NSS_OLD = join('.pki', 'nssdb')
