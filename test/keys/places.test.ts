import { spawnSync } from 'node:child_process'
import type { Stats } from 'node:fs'
import { mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { devNull, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { loadKey } from '../../src/keys/key-file.js'
import { silentLogger } from '../../src/log.js'

let folder: string
let said: string[]
const logger = { ...silentLogger, warn: (line: string) => void said.push(line) }
const cached = (): string => join(folder, 'node_modules/.cache/ory-proxy')

beforeEach(async () => {
  said = []
  folder = await mkdtemp(join(tmpdir(), 'ory-proxy-places-'))
  await writeFile(join(folder, 'package.json'), '{}')
})
afterEach(async () => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})

test.each([undefined, 'key.json'])('the emulator and Ory never share a key (--key-file: %s)', async named => {
  const [ory, emulator] = [
    await loadKey(named, logger, folder),
    await loadKey(named, logger, folder, 'emulator'),
  ]
  expect(emulator.kid).not.toBe(ory.kid)
  expect((await loadKey(named, logger, folder, 'emulator')).kid).toBe(emulator.kid)
  expect((await loadKey(named, logger, folder)).kid).toBe(ory.kid)
  const place = named === undefined ? cached() : folder
  const names = (await readdir(place)).filter(name => name.includes('key'))
  expect(names.sort()).toEqual(
    named === undefined ? ['jwt-key.emulator.json', 'jwt-key.json'] : ['key.emulator.json', 'key.json'],
  )
})

/** What looks like a file and is none, of the kind that the system has: a FIFO has nobody who writes into it. */
function noFile(): string {
  if (process.platform === 'win32') return devNull
  const fifo = join(folder, 'fifo')
  expect(spawnSync('mkfifo', [fifo]).status).toBe(0)
  return fifo
}

test('a FIFO in place of the key file is refused at once', async () => {
  const file = noFile()
  await expect(loadKey(file, logger, folder)).rejects.toMatchObject({
    code: 'ORY_PROXY_KEY_FILE',
    message: expect.stringContaining('is no file'),
  })
})

test('without the guard, everybody who is signed in would wait for whoever writes into it', async () => {
  const file = noFile()
  const got = vi.fn()
  const waiting = readFile(file, 'utf8').then(got)
  await expect(loadKey(file, logger, folder)).rejects.toMatchObject({ code: 'ORY_PROXY_KEY_FILE' })
  if (file !== devNull) expect(got, 'the harm').not.toHaveBeenCalled()
  await writeFile(file, 'at last')
  await waiting
})

/**
 * As drvfs, vboxsf and exFAT answer for what lies below a folder: everything is everybody's, whatever was set. Elsewhere
 * all is as it was set, on systems too that have other means than modes.
 */
async function withoutModes(below: string): Promise<void> {
  vi.spyOn(process, 'platform', 'get').mockReturnValue('linux')
  const real = await open(join(folder, 'package.json'))
  const prototype = Object.getPrototypeOf(real) as { stat(): Promise<Stats> }
  await real.close()
  const { stat: truly } = prototype
  vi.spyOn(prototype, 'stat').mockImplementation(async function (this: { fd: number }) {
    const stats = await truly.call(this as never)
    const names = await readdir(below, { recursive: true })
    const found = await Promise.all(names.map(name => stat(join(below, name)).catch(() => undefined)))
    const isBelow = found.some(one => one?.ino === stats.ino)
    return Object.assign(stats, { mode: isBelow ? stats.mode | 0o777 : (stats.mode & ~0o777) | 0o600 })
  })
}

describe('where a file system has no modes', () => {
  test("the project's key is kept in the user's own folder, with one line", async () => {
    const home = await mkdtemp(join(tmpdir(), 'ory-proxy-state-'))
    vi.stubEnv('XDG_STATE_HOME', home)
    await withoutModes(folder)
    const first = await loadKey(undefined, logger, folder)
    expect(said).toEqual([expect.stringContaining(`is kept in ${home}`)])
    expect((await loadKey(undefined, logger, folder)).kid).toBe(first.kid)
    expect(await readdir(cached())).toEqual([])
    const kept = join(home, 'ory-proxy/keys')
    const [name = ''] = await readdir(kept)
    expect(JSON.parse(await readFile(join(kept, name), 'utf8'))).toMatchObject({ kty: 'EC' })
    await rm(home, { recursive: true, maxRetries: 5 })
  })

  test('where the own folder has none either, it is kept in memory', async () => {
    vi.stubEnv('XDG_STATE_HOME', join(folder, 'state'))
    await withoutModes(folder)
    expect((await loadKey(undefined, logger, folder)).kid).toBeTruthy()
    expect(said).toEqual([expect.stringContaining('in memory only')])
    expect(await readdir(join(folder, 'state/ory-proxy/keys'))).toEqual([])
  })

  test('a key that somebody put there by name is used, with one line', async () => {
    const file = join(folder, 'key.json')
    const { kid } = await loadKey(file, logger, folder)
    const text = await readFile(file, 'utf8')
    await withoutModes(folder)
    expect((await loadKey(file, logger, folder)).kid).toBe(kid)
    expect(said).toEqual([expect.stringContaining('without modes')])
    expect(await readFile(file, 'utf8')).toBe(text)
  })
})
