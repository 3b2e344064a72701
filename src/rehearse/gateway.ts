/** One gateway: an exported folder, its key, and its programs running. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OryProxyError } from '../errors.js'
import { ENGINES } from '../export/index.js'
import type { Folder, Gateway } from '../export/settings.js'
import { writeFolder } from '../export/write.js'
import { writeKeys } from './keys.js'
import { find, PROGRAMS, type Program } from './programs.js'

/** One that runs. */
export interface RunningGateway {
  readonly folder: string
  /** Where it listens on this machine. */
  readonly url: string
  /** Its processes, by the program's name. */
  readonly processes: readonly { readonly name: string; readonly child: ChildProcess }[]
  /** Says what ended, when something did that nobody closed. */
  readonly ended: Promise<string>
  /** Puts other keys in place; they count from the next {@link reload} on. */
  setKeys(signing: string, other?: string): void
  reload(): void
  close(): Promise<void>
}

/** Milliseconds until it must answer. */
const STARTING = 15_000

/**
 * Starts the real engine from the folder that `ory-proxy export` writes.
 *
 * @param files the folder's, for one that was edited by hand
 * @throws {OryProxyError} `ORY_PROXY_REHEARSE` for a program that is missing or does not start
 */
export async function startGateway(
  engine: string,
  gateway: Gateway,
  key: string,
  files: Folder = ENGINES[engine]!(gateway),
): Promise<RunningGateway> {
  const { programs, keys } = PROGRAMS[engine]!
  const found = programs.map(program => find(program)) // before anything is written
  const folder = mkdtempSync(join(tmpdir(), `ory-proxy-${engine}-`))
  chmodSync(folder, 0o755) // workers may be another user
  await writeFolder(folder, files, false)
  for (const { folder: below } of programs)
    for (const name of ['run', 'logs']) mkdirSync(join(folder, below, name), { recursive: true })
  writeKeys(folder, keys, key)
  const processes = programs.map((program, i) => launch(program, found[i]!, folder))
  const url = `http://127.0.0.1:${gateway.listen}`
  let isClosing = false
  const ended = Promise.race(
    processes.map(async ({ name, child }) => {
      if (child.exitCode === null) await once(child, 'exit')
      return isClosing ? await new Promise<never>(() => {}) : `${name} ended: ${lastWords(folder)}`
    }),
  )
  const close = async (): Promise<void> => {
    isClosing = true
    await Promise.all(processes.map(({ child }) => end(child)))
    rmSync(folder, { recursive: true, force: true })
  }
  await answering(url, ended).catch(async (error: unknown) => {
    const words = error instanceof Error ? error.message : String(error)
    await close()
    throw new OryProxyError('ORY_PROXY_REHEARSE', `${engine} does not start. ${words}`)
  })
  return {
    folder,
    url,
    processes,
    ended,
    setKeys: (signing, other) => writeKeys(folder, keys, signing, other),
    reload: () => programs.forEach((program, i) => void reload(program, found[i]!, folder)),
    close,
  }
}

function launch({ name, args, folder: below }: Program, path: string, folder: string) {
  const log = openSync(join(folder, below, 'logs', `${name}.log`), 'a')
  const child = spawn(path, args, { cwd: join(folder, below), stdio: ['ignore', log, log] })
  child.on('error', () => {}) // it ends with that
  return { name, child }
}

/** nginx reads its keys again; Oathkeeper watches its file by itself. */
function reload({ name, folder: below }: Program, path: string, folder: string): void {
  if (name !== 'nginx') return
  const cwd = join(folder, below)
  execFileSync(path, ['-p', '.', '-c', 'nginx.conf', '-s', 'reload'], { cwd, stdio: 'ignore' })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const impatient = setTimeout(() => child.kill('SIGKILL'), 5000)
  await gone
  clearTimeout(impatient)
}

/** The engine answers once the keys are there: then what signs beside it is up, too. */
async function answering(url: string, ended: Promise<string>): Promise<void> {
  const until = Date.now() + STARTING
  const failed = ended.then(words => {
    throw new Error(words)
  })
  while (Date.now() < until) {
    const asked = fetch(`${url}/.ory/jwks.json`, { signal: AbortSignal.timeout(2000) }).then(
      ({ ok }) => ok,
      () => false,
    )
    if (await Promise.race([asked, failed])) return
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  throw new Error(`it did not answer within ${STARTING / 1000} s`)
}

/** The end of what its programs wrote. */
function lastWords(folder: string): string {
  const files = ['logs', 'signer/logs'].flatMap(below =>
    ['error.log', 'nginx.log', 'envoy.log', 'haproxy.log', 'oathkeeper.log'].map(name =>
      join(folder, below, name),
    ),
  )
  return files
    .map(textOf)
    .filter(text => text !== '')
    .map(text => text.trim().split('\n').slice(-3).join(' '))
    .join(' ')
    .slice(-600)
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
