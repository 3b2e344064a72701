import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { devNull, homedir, hostname, userInfo } from 'node:os'
import { join } from 'node:path'

/** How a command ended. */
export interface RunResult {
  /** `null`: it could not be started, was cut off, or took too long. */
  readonly code: number | null
  /** The beginning of what it printed. */
  readonly output: string
}

/** Runs a command to its end; never rejects. */
export type Run = (command: string, args: readonly string[], options?: RunOptions) => Promise<RunResult>

/** Limits of a {@link Run}. */
export interface RunOptions {
  /** @default 10 seconds */
  readonly timeoutMs?: number
}

/** The machine and the user, as far as certificates are concerned: what a test puts something else in place of. */
export interface System {
  readonly platform: NodeJS.Platform
  readonly env: NodeJS.ProcessEnv
  readonly home: string
  /** `ada@laptop` */
  readonly owner: string
  readonly isRoot: boolean
  /** Whether somebody is there to answer a dialog. */
  readonly isInteractive: boolean
  readonly run: Run
  /** Where an optional package is installed. */
  resolve(packageName: string): string | undefined
  now(): Date
}

const TIMEOUT_MS = 10_000
/** NSS' certutil without a terminal can print "Invalid password" for ever: gigabytes in minutes. */
const MAX_OUTPUT = 65_536

/** The machine we run on, with some of it replaced. */
export function currentSystem(replaced: Partial<System> = {}): System {
  const env = replaced.env ?? process.env
  const isTerminal = process.stdin.isTTY === true && process.stderr.isTTY === true
  return {
    platform: process.platform,
    home: homeOf(env),
    owner: owner(),
    isRoot: process.getuid?.() === 0,
    isInteractive: isTerminal && !env['CI'],
    run: (command, args, options) => runIn(env, command, args, options),
    resolve: resolveInstalled,
    now: () => new Date(),
    ...replaced,
    env,
  }
}

function homeOf(env: NodeJS.ProcessEnv): string {
  const named = process.platform === 'win32' ? env['USERPROFILE'] : env['HOME']
  try {
    return named || homedir()
  } catch {
    // A container's user id need not be anybody's. Below this nothing can be written, nor planted by others.
    return devNull
  }
}

function owner(): string {
  try {
    return `${userInfo().username}@${hostname()}`
  } catch {
    return `user@${hostname()}`
  }
}

/** From the user's project first: an optional peer is theirs, not ours. */
function resolveInstalled(packageName: string): string | undefined {
  for (const from of [join(process.cwd(), 'package.json'), import.meta.url]) {
    try {
      return createRequire(from).resolve(packageName)
    } catch {
      // Not there.
    }
  }
  return undefined
}

function runIn(
  env: NodeJS.ProcessEnv,
  command: string,
  args: readonly string[],
  { timeoutMs = TIMEOUT_MS }: RunOptions = {},
): Promise<RunResult> {
  return new Promise(resolve => {
    // Detached: without a controlling terminal nothing can ask for a password there, and its children end with it.
    const detached = process.platform !== 'win32'
    const child = spawn(command, args, {
      env: { ...env, LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached,
      windowsHide: true,
    })
    const kill = (): void => killTree(child.pid, detached)
    const timer = setTimeout(kill, timeoutMs)
    let output = ''
    const collect = (chunk: Buffer): void => {
      output += chunk.toString('utf8')
      if (output.length > MAX_OUTPUT) kill()
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    const end = (code: number | null): void => {
      clearTimeout(timer)
      resolve({ code, output: output.slice(0, MAX_OUTPUT) })
    }
    child.once('error', () => end(null))
    child.once('close', end)
  })
}

/** Ends a child that was started with `detached`, and what it started itself. */
export function killTree(pid: number | undefined, detached: boolean): void {
  try {
    if (pid !== undefined) process.kill(detached ? -pid : pid, 'SIGKILL')
  } catch {
    // It ended by itself a moment ago.
  }
}
