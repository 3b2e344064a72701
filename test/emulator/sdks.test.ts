import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Emulator, startEmulator } from '../../src/emulator/index.js'

const run = promisify(execFile)
const PROGRAMS = fileURLToPath(new URL('../ecosystem/sdks', import.meta.url))

/** Other languages take their own tools and minutes: `npm run test:ecosystem` runs them. */
describe('Ory’s client for another language', () => {
  let emulator: Emulator
  let folder: string
  const env = () => ({
    ...process.env,
    PUBLIC_URL: emulator.url,
    ADMIN_URL: emulator.adminUrl,
    GOFLAGS: '-mod=mod',
  })
  const inFolder = (command: string, ...args: string[]) => run(command, args, { cwd: folder, env: env() })

  beforeAll(async () => {
    emulator = await startEmulator({ seed: [] })
    folder = await mkdtemp(join(tmpdir(), 'ory-proxy-'))
    await cp(PROGRAMS, folder, { recursive: true })
  })
  afterAll(async () => {
    await emulator.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  test('Python signs up, in, changes a trait and leaves', { timeout: 600_000 }, async () => {
    await inFolder('python3', '-m', 'venv', 'venv')
    const python = join(folder, 'venv', process.platform === 'win32' ? 'Scripts' : 'bin', 'python')
    await inFolder(python, '-m', 'pip', 'install', '-q', '-r', 'requirements.txt')
    expect((await inFolder(python, 'journey.py')).stdout.trim()).toBe('done')
  })

  test('Go signs up and in, and an administrator looks', { timeout: 600_000 }, async () => {
    await inFolder('go', 'mod', 'init', 'example.org/sdks')
    await inFolder('go', 'get', 'github.com/ory/client-go@v1.22.92')
    expect((await inFolder('go', 'run', '.')).stdout.trim()).toBe('done')
  })

  test('Java signs up, in, changes a trait and leaves', { timeout: 600_000 }, async () => {
    const lib = join(folder, 'lib')
    await inFolder(
      'mvn',
      '-q',
      '-B',
      '-f',
      'java/pom.xml',
      'dependency:copy-dependencies',
      `-DoutputDirectory=${lib}`,
    )
    const { stdout } = await inFolder('java', '-cp', join(lib, '*'), join('java', 'Journey.java'))
    expect(stdout.trim()).toBe('done')
  })
})
