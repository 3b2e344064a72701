import { copyFile, readdir, readFile, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { System } from '../system.js'
import type { Anchor } from './types.js'

/** Where a Linux distribution wants further CAs, and what makes it read them. */
interface SystemStore {
  readonly directory: string
  readonly add: readonly string[]
  /** Without `--fresh`, Debian leaves links to what is gone. */
  readonly remove: readonly string[]
}

const FILE_PREFIX = 'ory-proxy-'

const SYSTEM_STORES: readonly SystemStore[] = [
  {
    directory: '/usr/local/share/ca-certificates',
    add: ['update-ca-certificates'],
    remove: ['update-ca-certificates', '--fresh'],
  },
  {
    directory: '/etc/pki/ca-trust/source/anchors',
    add: ['update-ca-trust', 'extract'],
    remove: ['update-ca-trust', 'extract'],
  },
  {
    directory: '/etc/ca-certificates/trust-source/anchors',
    add: ['trust', 'extract-compat'],
    remove: ['trust', 'extract-compat'],
  },
]
const UPDATE_MS = 60_000

/**
 * Trusts the CA in the whole system, for curl, Python and the like. It takes root, and we never become root by
 * ourselves: anybody else is told the commands.
 *
 * @returns what to tell, and whether it is done
 */
export async function installInSystem(
  system: System,
  anchor: Anchor,
  stores: readonly SystemStore[] = SYSTEM_STORES,
): Promise<{ done: boolean; text: string }> {
  const store = await presentStore(system, stores)
  if (store === undefined) return { done: false, text: 'There is no system-wide store here that we know.' }
  const target = join(store.directory, `${FILE_PREFIX}${basename(anchor.file)}`)
  if (!system.isRoot) {
    const commands = `sudo install -m 644 '${anchor.file}' ${target} && sudo ${store.add.join(' ')}`
    return { done: false, text: `The system-wide store takes root. Run: ${commands}` }
  }
  await copyFile(anchor.file, target)
  const done = await runAll(system, store.add)
  return { done, text: done ? `Trusted system-wide: ${target}` : `"${store.add.join(' ')}" failed.` }
}

/**
 * Whether the whole system trusts the CA, in one line. Browsers with stores of their own do without it; GNOME Web,
 * curl and Python have no other.
 */
export async function systemStatus(
  system: System,
  anchor: Anchor,
  stores: readonly SystemStore[] = SYSTEM_STORES,
): Promise<string | undefined> {
  const store = await presentStore(system, stores)
  if (store === undefined) return undefined
  const target = join(store.directory, `${FILE_PREFIX}${basename(anchor.file)}`)
  const held = await readFile(target).catch(() => undefined)
  const readers = 'the whole system (GNOME Web, curl, Python)'
  if (held?.equals(await readFile(anchor.file))) return `Trusted in    ${readers}: ${target}`
  return `Not trusted in ${readers}: npx ory-proxy cert install --system`
}

/** Takes out what {@link installInSystem} put in. @returns what to tell, if there is anything */
export async function uninstallFromSystem(
  system: System,
  stores: readonly SystemStore[] = SYSTEM_STORES,
): Promise<string | undefined> {
  const store = await presentStore(system, stores)
  const names = store ? await readdir(store.directory).catch(() => []) : []
  const ours = names.filter(name => name.startsWith(FILE_PREFIX))
  if (store === undefined || ours.length === 0) return undefined
  const paths = ours.map(name => join(store.directory, name))
  if (!system.isRoot)
    return `Left system-wide. Run: sudo rm ${paths.join(' ')} && sudo ${store.remove.join(' ')}`
  for (const path of paths) await rm(path, { force: true })
  return (await runAll(system, store.remove)) ? 'Removed system-wide.' : `"${store.remove.join(' ')}" failed.`
}

async function runAll({ run }: System, [command = '', ...args]: readonly string[]): Promise<boolean> {
  return (await run(command, args, { timeoutMs: UPDATE_MS })).code === 0
}

async function presentStore(
  { platform }: System,
  stores: readonly SystemStore[],
): Promise<SystemStore | undefined> {
  if (platform !== 'linux') return undefined
  for (const store of stores) {
    const isThere = await readdir(store.directory).catch(() => undefined)
    if (isThere) return store
  }
  return undefined
}
