import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { loadKey } from '../../src/keys/key-file.js'
import { silentLogger } from '../../src/log.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ory-proxy-disk-'))
})
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))

test('a folder in place of the key file is a clear error', async () => {
  await mkdir(join(folder, 'key.json'))
  await expect(loadKey('key.json', silentLogger, folder)).rejects.toMatchObject({
    code: 'ORY_PROXY_KEY_FILE',
    message: expect.stringContaining('EISDIR'),
  })
})

test('a key file that may not be read is a clear error', async () => {
  const file = join(folder, 'key.json')
  await loadKey(file, silentLogger, folder)
  await chmod(file, 0o000)
  const loaded = loadKey(file, silentLogger, folder)
  // Somebody who may read everything still sees the right mode, and gets the key.
  if (process.getuid?.() === 0 || process.platform === 'win32') await expect(loaded).resolves.toBeTruthy()
  else await expect(loaded).rejects.toMatchObject({ code: 'ORY_PROXY_KEY_FILE' })
})

test('a file that cannot be written leaves nothing half-written beside it', async () => {
  await writeFile(join(folder, 'file'), 'no folder')
  const warnings: string[] = []
  const logger = { ...silentLogger, warn: (line: string) => void warnings.push(line) }
  const key = await loadKey(join(folder, 'file/deep/key.json'), logger, folder)
  expect(key.kid).toBeTruthy()
  expect(warnings).toHaveLength(1)
  expect(await readdir(folder)).toEqual(['file'])
})

/** Where the programs below find what they try; the package itself has it in one piece with much else. */
const built = mkdtempSync(join(tmpdir(), 'ory-proxy-disk-built-'))
const program = (name: string): string => JSON.stringify(pathToFileURL(join(built, `${name}.mjs`)).href)

beforeAll(async () => {
  const source = (file: string): string => fileURLToPath(new URL(`../../src/${file}`, import.meta.url))
  const input = { keys: source('keys/key-file.ts'), state: source('emulator/store/state-file.ts') }
  const build = await rolldown({ input, platform: 'node', logLevel: 'silent' })
  await build.write({ dir: built, format: 'es', entryFileNames: '[name].mjs' })
})
afterAll(() => rm(built, { recursive: true, force: true, maxRetries: 3 }))

const LOAD_KEYS = `
  import { loadKey } from ${program('keys')}
  const logger = { info() {}, debug() {}, error() {}, warn: line => console.log(line) }
  for (const file of process.argv.slice(1)) {
    const { kid } = await loadKey(file, logger).catch(error => ({ kid: error.message }))
    console.log(kid)
  }
`

/** Writes a state again and again; each is full of one letter. */
const WRITE_STATES = `
  import { writeState } from ${program('state')}
  const [file, times] = process.argv.slice(1)
  for (let i = 0; i < Number(times); i++) {
    const letter = String.fromCharCode(97 + (i % 26))
    const core = { state: { snapshot: () => ({ identities: [letter.repeat(500_000)] }) } }
    await writeState(core, file).catch(error => console.log(error.code, error.message))
    console.log(letter)
  }
`

interface Running {
  readonly child: ChildProcess
  readonly started: Promise<unknown>
  readonly ended: Promise<string>
}

/** Runs a script in a process of its own. */
function running(script: string, args: string[], wrap = (command: string[]): string[] => command): Running {
  const [command = '', ...rest] = wrap([process.execPath, '--input-type=module', '-e', script, '--', ...args])
  const child = spawn(command, rest, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', chunk => {
    output += chunk
  })
  const ended = new Promise<string>(resolve => child.once('close', () => resolve(output)))
  return { child, ended, started: new Promise(resolve => child.stdout.once('data', resolve)) }
}

/** The nearest a process can come to a full disk by itself: no file of its may grow beyond this. */
const fullDisk =
  (blocks: number) =>
  (command: string[]): string[] => ['sh', '-c', `ulimit -f ${blocks}; exec "$@"`, 'sh', ...command]

const onLinux = test.runIf(process.platform === 'linux')

onLinux('a full disk: the key lives in memory, and no half of it is kept', async () => {
  expect(await running(LOAD_KEYS, ['key.json'], fullDisk(0)).ended).toMatch(/Cannot keep the signing key/)
  expect(await readdir(folder)).toEqual([])
})

test('of many who start at once, all take the key of the first', async () => {
  for (let round = 0; round < 10; round++) {
    const file = join(folder, `${round}/key.json`)
    const keys = await Promise.all(Array.from({ length: 10 }, () => loadKey(file, silentLogger, folder)))
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(1)
  }
})

test('killed at any moment: a whole key or none, never a broken one', async () => {
  const names = Array.from({ length: 400 }, (_, i) => `key-${i}.json`)
  for (let round = 1; round <= 3; round++) {
    const files = names.map(name => `${round}-${name}`)
    const { child, ended, started } = running(LOAD_KEYS, files)
    await started // in the middle of its work
    child.kill('SIGKILL')
    await ended
  }
  const kept = (await readdir(folder)).filter(name => name.endsWith('.json'))
  expect(kept.length).toBeGreaterThan(0)
  for (const name of kept) {
    const text = await readFile(join(folder, name), 'utf8')
    expect(JSON.parse(text)).toMatchObject({ kty: 'EC', d: expect.any(String) })
  }
})

/** The one letter that a whole state is full of. */
async function letterIn(file: string): Promise<string | undefined> {
  const { identities } = JSON.parse(await readFile(join(folder, file), 'utf8')) as { identities: string[] }
  return /^(.)\1{499999}$/.exec(identities[0]!)?.[1]
}

onLinux('a full disk: the old state stays, the error says so', async () => {
  await running(WRITE_STATES, ['state.json', '1']).ended
  const output = await running(WRITE_STATES, ['state.json', '2'], fullDisk(100)).ended
  expect(output).toMatch(/ORY_PROXY_EMULATOR_STATE state\.json: EFBIG/)
  expect(await letterIn('state.json')).toBe('a')
  expect(await readdir(folder)).toEqual(['state.json'])
})

test('killed while it writes the state: the old one or the new one, never a broken one', async () => {
  for (let round = 1; round <= 3; round++) {
    const { child, ended, started } = running(WRITE_STATES, ['state.json', '1000'])
    await started
    await new Promise(resolve => setTimeout(resolve, round * 7)) // anywhere in a write
    child.kill('SIGKILL')
    await ended
    expect(await letterIn('state.json')).toMatch(/[a-z]/)
  }
})
