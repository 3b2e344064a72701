/** Where the seed comes from: a file, which may change while we run, or what the caller gave. */
import { type FSWatcher, watch } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { named } from '../../common/project.js'
import { OryProxyError } from '../../errors.js'
import type { Logger } from '../../log.js'
import { DEFAULT_SEED, openSeed, type Seed } from './seed.js'

/** Picked up from the project's folder when nothing else is said. */
const SEED_FILE = 'ory.seed.json'

export interface SeedSource {
  /** Undefined: nothing to watch. */
  readonly file: string | undefined
  read(): Promise<Seed>
}

/** @param given a file, the people themselves, or undefined for {@link SEED_FILE} in `folder`, where there is one */
export function seedSource(given: string | readonly object[] | undefined, folder = '.'): SeedSource {
  if (typeof given === 'string') return { file: given, read: reader(given) }
  if (given !== undefined) return { file: undefined, read: () => openSeed(JSON.stringify(given), 'seed') }
  const file = named(folder, SEED_FILE)
  const read = reader(file)
  return {
    file,
    read: () => read().catch(error => (isMissing(error) ? builtInSeed() : Promise.reject(error))),
  }
}

/** The file is where it is at the start, wherever the process goes later. */
function reader(file: string): () => Promise<Seed> {
  const path = resolve(file)
  return async () => {
    try {
      return await openSeed(await readFile(path, 'utf8'), file)
    } catch (cause) {
      if (cause instanceof OryProxyError) throw cause
      const message = isMissing({ cause }) ? 'there is no such file' : (cause as Error).message
      throw new OryProxyError('ORY_PROXY_EMULATOR_SEED', `${file}: ${message}`, { cause })
    }
  }
}

const isMissing = (error: { cause?: unknown }): boolean =>
  (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT'

async function builtInSeed(): Promise<Seed> {
  const problem = (_index: number, message: string): OryProxyError =>
    new OryProxyError('ORY_PROXY_EMULATOR_SEED', message)
  return { people: DEFAULT_SEED, optional: true, problem }
}

/** Editors write in several steps; the last one counts. */
const SETTLE_MS = 100

/** Calls `changed` after the file was written, replaced, made or removed; returns how to stop. */
export function watchFile(file: string, changed: () => void, log: Logger): () => void {
  const path = resolve(file)
  let timer: NodeJS.Timeout | undefined
  let watcher: FSWatcher | undefined
  try {
    // The directory: editors put a new file in the place of the old one, which a watched file would not survive.
    watcher = watch(dirname(path), { persistent: false }, (_event, name) => {
      if (name !== null && name !== basename(path)) return
      clearTimeout(timer)
      timer = setTimeout(changed, SETTLE_MS).unref()
    })
    watcher.on('error', error => log.debug(`${file} is not watched any more: ${error.message}`))
  } catch (error) {
    log.debug(`${file} cannot be watched: ${(error as Error).message}`)
  }
  return () => {
    clearTimeout(timer)
    watcher?.close()
  }
}
