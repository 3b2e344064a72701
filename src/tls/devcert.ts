import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { isIP } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { printable } from '../log.js'
import { type Bundle, findProblem } from './certificate.js'
import { DEVCERT_CHILD } from './devcert-child.js'
import { xdgDirectory } from './files.js'
import { killTree, type System } from './system.js'

/** What devcert gave us, or why it did not, as the end of a sentence. */
export type DevcertResult = { readonly bundle: Bundle } | { readonly problem: string }

const AUTOMATIC_LIMIT_MS = 10_000
const ASKED_LIMIT_MS = 60_000

/** Where devcert keeps its certificate authority. */
export function devcertDirectory({ platform, env, home }: System): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'devcert')
  if (platform === 'win32') return join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'devcert')
  return join(xdgDirectory(env['XDG_CONFIG_HOME'], join(home, '.config')), 'devcert')
}

/** Whether this user has devcert's certificate authority already. */
export function hasDevcertAuthority(system: System): boolean {
  return existsSync(authorityFile(system)) && existsSync(join(authorityDirectory(system), 'private-key.key'))
}

/**
 * Asks devcert for a certificate, in a process without a terminal and with a time limit.
 *
 * @param isAskedFor the user named devcert, so its first run, which makes an authority, may take its time
 */
export async function askDevcert(
  system: System,
  hosts: readonly string[],
  isAskedFor: boolean,
  limitMs: number = isAskedFor ? ASKED_LIMIT_MS : AUTOMATIC_LIMIT_MS,
): Promise<DevcertResult> {
  const devcert = system.resolve('devcert')
  if (devcert === undefined) return { problem: 'it is not installed (npm install --save-dev devcert)' }
  // devcert refuses addresses: with them in the list there would be no certificate at all.
  const names = hosts.filter(host => !isIP(host))
  // It leaves its authority's private key in the temporary directory when it is interrupted.
  const temporary = await mkdtemp(join(tmpdir(), 'ory-proxy-devcert-'))
  try {
    const answer = parseAnswer(await runChild(system, [devcert, JSON.stringify(names)], temporary, limitMs))
    if ('problem' in answer) return { problem: printable(answer.problem.split('\n')[0] ?? '') }
    const ca = await readFile(authorityFile(system), 'utf8').catch(() => undefined)
    return check({ ...answer, ...(ca === undefined ? {} : { ca }) }, names, system.now())
  } catch {
    return { problem: 'it could not be run' }
  } finally {
    await rm(temporary, { recursive: true, force: true }).catch(() => {})
  }
}

function authorityDirectory(system: System): string {
  return join(devcertDirectory(system), 'certificate-authority')
}

function authorityFile(system: System): string {
  return join(authorityDirectory(system), 'certificate.cert')
}

/** devcert itself looks at neither: it hands out a certificate that has expired, or a key that does not match. */
function check(bundle: Bundle, names: readonly string[], now: Date): DevcertResult {
  const problem = findProblem(bundle, names, now, 0)
  if (problem === undefined) return { bundle }
  const told = {
    damaged: 'its key and certificate do not match',
    'other-hosts': `its certificate does not cover ${names.join(', ')}`,
    expiring: 'its certificate has expired',
  }
  return { problem: told[problem] }
}

/** @returns what it wrote, or nothing when it was too slow or ended without an answer */
function runChild(
  { env, home, platform }: System,
  args: readonly string[],
  temporary: string,
  limitMs: number,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const detached = platform !== 'win32'
    const child = spawn(process.execPath, ['-e', DEVCERT_CHILD, ...args], {
      env: { ...env, HOME: home, TMPDIR: temporary, TEMP: temporary, TMP: temporary },
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      detached,
      windowsHide: true,
    })
    let text = ''
    child.stdio[3]?.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8')
    })
    const late = JSON.stringify({ problem: `it did not answer within ${limitMs / 1000} s` })
    const timer = setTimeout(() => {
      killTree(child.pid, detached)
      resolve(late)
    }, limitMs)
    child.once('error', reject)
    child.once('close', () => {
      clearTimeout(timer)
      resolve(text)
    })
  })
}

function parseAnswer(text: string): Bundle | { problem: string } {
  const answer: unknown = text === '' ? {} : JSON.parse(text)
  const { key, cert, problem } = answer as Record<string, unknown>
  if (typeof problem === 'string') return { problem }
  if (typeof key === 'string' && typeof cert === 'string') return { key, cert }
  return { problem: 'it ended without an answer' }
}
