import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The built command. */
export const cli: string = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

/** An empty place for a command to run in: no settings file, no certificate, no key of anybody's. */
export const emptyFolder = (): string => mkdtempSync(join(tmpdir(), 'ory-proxy-test-'))

/** Where and as whom a command runs. */
export interface Place {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** A command that runs. */
export interface RunningCommand {
  readonly pid: number
  /** What it said so far. */
  readonly stdout: () => string
  readonly stderr: () => string
  /** Waits until its output matches; rejects when the command ends before. */
  until(pattern: RegExp): Promise<RegExpExecArray>
  /** Sends a signal and waits for the end. */
  end(signal?: NodeJS.Signals): Promise<number | null>
  readonly exit: Promise<number | null>
}

/** Starts the built command with nothing of this machine's environment but PATH. */
export function start(
  args: readonly string[],
  { env = {}, cwd = emptyFolder() }: Place = {},
): RunningCommand {
  const clean = { PATH: process.env['PATH']!, HOME: cwd, NODE_DISABLE_COMPILE_CACHE: '1', ...env }
  const child = spawn(process.execPath, [cli, ...args], {
    cwd,
    env: clean,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { stdout: '', stderr: '' }
  const listeners = new Set<() => void>()
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      said[name] += chunk
      for (const listener of listeners) listener()
    })
  }
  const exit = new Promise<number | null>(resolve => child.once('close', code => resolve(code)))
  return {
    pid: child.pid!,
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    exit,
    until(pattern) {
      return new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(said.stdout + said.stderr)
          if (!match) return
          listeners.delete(look)
          resolve(match)
        }
        listeners.add(look)
        look()
        void exit.then(code =>
          reject(new Error(`ended with ${code} before ${pattern}:\n${said.stdout}${said.stderr}`)),
        )
      })
    },
    end(signal = 'SIGTERM') {
      child.kill(signal)
      return exit
    },
  }
}

/** Runs a command to its end. */
export async function run(
  args: readonly string[],
  place: Place = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const command = start(args, place)
  const code = await command.exit
  return { code, stdout: command.stdout(), stderr: command.stderr() }
}

/** Starts `ory-proxy local` on a free port and returns its address. */
export async function startLocal(
  app: string,
  flags: readonly string[] = [],
  place: Place = {},
): Promise<RunningCommand & { url: string }> {
  const command = start(['local', app, '--port', '0', '--no-open', ...flags], place)
  const [, url] = await command.until(/(?:Open\s+|"url":")(https?:\/\/[^\s"]+)/)
  return { ...command, url: url! }
}
