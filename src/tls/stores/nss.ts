import { constants } from 'node:fs'
import { access, mkdir, readdir } from 'node:fs/promises'
import { basename, delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CA_NAME_PREFIX } from '../certificate.js'
import { xdgDirectory } from '../files.js'
import type { System } from '../system.js'
import type { Stores, TrustStore } from './types.js'

const MISSING =
  '"certutil" is missing. Debian/Ubuntu: sudo apt install libnss3-tools; Fedora: sudo dnf install nss-tools; then start again'
const PASSWORD = 'the profile has a primary password'
/** Adding fails now and then while the browser writes its own things (SEC_ERROR_ADDING_CERT). */
const ATTEMPTS = 3
const RETRY_MS = 200

/** A CA for web sites, and for nothing else. */
const TRUSTED_CA = 'C,,'

/** The databases of Chromium and Firefox on Linux. Chromium does not read the system's own store. */
export async function nssStores(system: System): Promise<Stores> {
  if (!(await isOnPath('certutil', system.env))) return { stores: [], problem: MISSING }
  const chromium = await chromiumDirectories(system)
  const firefox = await firefoxProfiles(system)
  const stores = [
    ...chromium.map(directory => nssStore(system, directory, 'Chrome/Chromium')),
    ...firefox.map(directory => nssStore(system, directory, `Firefox (${profileName(directory)})`)),
  ]
  return { stores }
}

/**
 * Chromium reads `~/.pki/nssdb` if that exists, else the one under XDG_DATA_HOME (since version 146). So the old
 * place is used, but never made: it would hide the new one.
 */
async function chromiumDirectories({ home, env }: System): Promise<string[]> {
  const old = join(home, '.pki', 'nssdb')
  const current = join(xdgDirectory(env['XDG_DATA_HOME'], join(home, '.local', 'share')), 'pki', 'nssdb')
  const snap = join(home, 'snap', 'chromium', 'current', '.pki', 'nssdb')
  const present = await Promise.all([old, current, snap].map(exists))
  const found = [old, current, snap].filter((_, index) => present[index])
  return present[0] || present[1] ? found : [current, ...found]
}

/** One database a profile; since 2025 new ones lie under XDG_CONFIG_HOME. */
async function firefoxProfiles({ home, env }: System): Promise<string[]> {
  const roots = [
    join(home, '.mozilla', 'firefox'),
    join(xdgDirectory(env['XDG_CONFIG_HOME'], join(home, '.config')), 'mozilla', 'firefox'),
    join(home, 'snap', 'firefox', 'common', '.mozilla', 'firefox'),
    join(home, '.var', 'app', 'org.mozilla.firefox', '.mozilla', 'firefox'),
    join(home, '.var', 'app', 'org.mozilla.firefox', 'config', 'mozilla', 'firefox'),
  ]
  const candidates = await Promise.all(
    roots.map(async root => (await readdir(root).catch(() => [])).map(name => join(root, name))),
  )
  const directories = candidates.flat()
  const present = await Promise.all(directories.map(hasDatabase))
  return directories.filter((_, index) => present[index])
}

/** `1a2b3c4d.default-esr` is shown as `default-esr`. */
function profileName(directory: string): string {
  const name = basename(directory)
  return name.slice(name.indexOf('.') + 1) || name
}

function nssStore({ run }: System, directory: string, name: string): TrustStore {
  const database = ['-d', `sql:${directory}`]
  // `-L` also lists what is there without being trusted; `-V -u L` asks whether it counts as a CA for web sites.
  const isTrusted = async (nickname: string): Promise<boolean> =>
    (await hasDatabase(directory)) &&
    (await run('certutil', ['-V', '-u', 'L', ...database, '-n', nickname])).code === 0
  const remove = (nickname: string) => run('certutil', ['-D', ...database, '-n', nickname])
  return {
    name,
    asks: false,
    isTrusted: anchor => isTrusted(anchor.name),
    async trust(anchor) {
      await mkdir(directory, { recursive: true, mode: 0o700 }).catch(() => {})
      // On a database that is there, `-N` asks for its password, without a terminal for ever.
      if (!(await hasDatabase(directory))) await run('certutil', ['-N', ...database, '--empty-password'])
      const add = ['-A', ...database, '-n', anchor.name, '-t', TRUSTED_CA, '-i', anchor.file]
      let output = ''
      for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
        output = (await run('certutil', add)).output
        if (await isTrusted(anchor.name)) return undefined
        if (isPasswordProblem(output)) break
        await sleep(RETRY_MS)
      }
      // It may be in there all the same, with no trust.
      await remove(anchor.name)
      return isPasswordProblem(output) ? PASSWORD : 'certutil could not add it'
    },
    async untrust(anchor) {
      if (await hasDatabase(directory)) await remove(anchor.name)
    },
    async untrustAll() {
      if (!(await hasDatabase(directory))) return
      const { output } = await run('certutil', ['-L', ...database])
      for (const nickname of ourNicknames(output)) await remove(nickname)
    },
  }
}

/** Lines of `certutil -L`: the nickname, spaces, the trust flags. */
function ourNicknames(listing: string): string[] {
  return listing
    .split('\n')
    .filter(line => line.startsWith(CA_NAME_PREFIX))
    .map(line => line.replace(/\s+\S*,\S*,\S*\s*$/, ''))
}

function isPasswordProblem(output: string): boolean {
  return /SEC_ERROR_BAD_PASSWORD|SEC_ERROR_TOKEN_NOT_LOGGED_IN|password/i.test(output)
}

function hasDatabase(directory: string): Promise<boolean> {
  return exists(join(directory, 'cert9.db'))
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

/** Whether a command can be run, without running it. */
async function isOnPath(command: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  for (const directory of (env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    const isThere = await access(join(directory, command), constants.X_OK).then(
      () => true,
      () => false,
    )
    if (isThere) return true
  }
  return false
}
