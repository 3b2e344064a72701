import { spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadKey } from '../../src/key-file.js'
import { silentLogger } from '../../src/log.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ory-proxy-disk-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

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

const CHILD = `
  import { loadKey } from ${JSON.stringify(new URL('../../dist/key-file.js', import.meta.url).href)}
  const logger = { info() {}, debug() {}, error() {}, warn: line => console.log(line) }
  for (const file of process.argv.slice(1)) {
    const { kid } = await loadKey(file, logger).catch(error => ({ kid: error.message }))
    console.log(kid)
  }
`

/** Runs the loader of keys in a process of its own. */
function loading(files: string[], wrap: (command: string[]) => string[] = command => command) {
  const [command = '', ...args] = wrap([process.execPath, '--input-type=module', '-e', CHILD, '--', ...files])
  const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  child.stdout.on('data', chunk => {
    output += chunk
  })
  const ended = new Promise<string>(resolve => child.once('close', () => resolve(output)))
  return { child, ended }
}

test.runIf(process.platform === 'linux')(
  'a full disk: the key lives in memory, and no half of it is kept',
  async () => {
    // A file size of 0 is the nearest a process can come to a full disk by itself.
    const { ended } = loading(['key.json'], command => [
      'sh',
      '-c',
      'ulimit -f 0; exec "$@"',
      'sh',
      ...command,
    ])
    expect(await ended).toMatch(/Cannot keep the signing key/)
    expect(await readdir(folder)).toEqual([])
  },
)

test('killed at any moment: a whole key or none, never a broken one', async () => {
  const names = Array.from({ length: 400 }, (_, i) => `key-${i}.json`)
  for (let round = 1; round <= 5; round++) {
    const { child, ended } = loading(names.map(name => `${round}-${name}`))
    await new Promise(resolve => child.stdout.once('data', resolve)) // in the middle of its work
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
