/**
 * An Ory Kratos that runs in this process, in memory, without a connection to anywhere: for development
 * and tests.
 *
 * @module
 */

import { named } from '../common/project.js'
import { rejectUnknown } from '../common/spelling.js'
import { OryProxyError } from '../errors.js'
import { type Logger, silentLogger } from '../log.js'
import { ADMIN_ROUTES, REDIRECTS_TO_ADMIN } from './admin/routes.js'
import { wake } from './courier/worker.js'
import { coreFactory } from './create-core.js'
import { devRoutes } from './dev/index.js'
import { People } from './identities/people.js'
import { Namespaces } from './namespaces.js'
import { PUBLIC_ROUTES } from './operations/routes.js'
import { type Api, addressOf, adminHostOf, closeServer, listen } from './server.js'
import type { Settings } from './settings.js'
import type { Ids } from './store/ids.js'
import { type SeedSource, seedSource } from './store/seed-file.js'
import { checkWritable, exportState, importState, readState, writeState } from './store/state-file.js'
import { watchSeed, watchSettings } from './watch.js'

/** How {@link startEmulator} starts. Everything has a default. */
export interface EmulatorOptions {
  /** @default '127.0.0.1' */
  host?: string
  /** Of the public API; 0 is any free one. @default 0 */
  port?: number
  /** Of the admin API. @default `host` where that is this machine, else '127.0.0.1': it asks nobody for a password */
  adminHost?: string
  /** Of the admin API; 0 is any free one, false leaves it out. @default 0 */
  adminPort?: number | false
  /**
   * Names it answers to, besides those of this machine and of its configuration; a leading dot allows what is below.
   * @default none: a name that anybody may own is how a page of another site looks whose name was pointed here
   */
  allowedHosts?: readonly string[]
  /**
   * Kratos' configuration: a file (YAML, JSON or Jsonnet) or its content, or several, laid over one another as Kratos does it.
   * An edited file is taken over without a restart.
   * @default password, codes, TOTP, backup codes, one social provider
   */
  config?: string | object | readonly (string | object)[]
  /**
   * Where people reach the emulator, when that is neither the `serve.public.base_url` of the
   * configuration nor the address it listens on.
   */
  publicUrl?: string
  /**
   * A word for the project it belongs to. Its cookies carry it, so that two projects on two ports of one host keep
   * their people signed in; a configuration that is given names them itself.
   */
  project?: string
  /** A dev server passes everything on and points every address at itself: no address of the configuration counts. */
  embedded?: boolean
  /** Where the app is, if it is neither here nor in front: flows may lead back there, too. */
  appOrigin?: string
  /**
   * The people it starts with: a file, or identities in Kratos' import shape. A file that is edited is
   * taken over without a restart.
   * @default `ory.seed.json` in the working directory, where there is one; else alice@example.com and bob@example.com
   */
  seed?: string | readonly object[]
  /** Where files lie that are named relatively. @default the working directory */
  folder?: string
  /** A state file to start with instead of the seed. It may be missing where `export` names it as well. */
  import?: string
  /** Where the state is written at the end. */
  export?: string
  /**
   * Hosts beside this machine that web hooks and the courier may call, with a port or without, like `hooks:8080` in
   * Docker Compose.
   * @default none
   */
  callHosts?: readonly string[]
  /** Mails are printed here as well. @default nothing */
  logger?: Logger
  /** The time in milliseconds. @default Date.now */
  clock?: () => number
  /** Ids and secrets. @default random ones */
  ids?: Ids
  /** Makes the JWT that an app would get, from a session's JSON. */
  mintJwt?: (sessionJson: string) => Promise<string>
  /** The template of the token that takes its place. */
  tokenizeAs?: string | undefined
}

/** All of them, for whom no compiler tells of a slip. */
const OPTIONS: Readonly<Record<keyof EmulatorOptions, true>> = {
  host: true,
  port: true,
  adminHost: true,
  adminPort: true,
  allowedHosts: true,
  config: true,
  publicUrl: true,
  project: true,
  embedded: true,
  appOrigin: true,
  seed: true,
  folder: true,
  import: true,
  export: true,
  callHosts: true,
  logger: true,
  clock: true,
  ids: true,
  mintJwt: true,
  tokenizeAs: true,
}

/** A running emulator. */
export interface Emulator {
  /** The public API, without a slash at the end. */
  readonly url: string
  /** The admin API; undefined if it was left out. */
  readonly adminUrl: string | undefined
  /** Whom one can sign in as, with passwords where the seed has them in clear. */
  readonly people: readonly { email: string; password: string }[]
  /** Whether its configuration lets pages of other origins read answers: `serve.public.cors`. */
  readonly sharesAnswers: boolean
  /** The emulator's time in milliseconds. */
  now(): number
  /** Forgets everything but the seed. */
  reset(): Promise<void>
  /** The whole state as a text; the same state is the same text. */
  exportState(): string
  /** Replaces the state by an exported one, or throws and changes nothing. */
  importState(text: string): Promise<void>
  /** Writes the state, if a file is named for it, and stops. */
  close(): Promise<void>
}

/**
 * Starts an emulator on free ports of this machine, with two people to sign in as.
 *
 * @throws {OryProxyError} `ORY_PROXY_BAD_OPTION`, `ORY_PROXY_PRODUCTION`, `ORY_PROXY_PORT_TAKEN`, `ORY_PROXY_EMULATOR_CONFIG`,
 * `ORY_PROXY_EMULATOR_SEED`, `ORY_PROXY_EMULATOR_STATE`
 * @see https://www.ory.com/docs/kratos/reference/api for what it answers
 *
 * @example
 * import { startEmulator } from 'ory-proxy/emulator'
 *
 * const ory = await startEmulator()
 * const flow = await (await fetch(`${ory.url}/self-service/login/api`)).json()
 * await ory.close()
 */
export async function startEmulator(given: EmulatorOptions = {}): Promise<Emulator> {
  rejectUnknown(given, Object.keys(OPTIONS), '')
  const options = inFolder(given)
  if (process.env['NODE_ENV'] === 'production')
    throw new OryProxyError('ORY_PROXY_PRODUCTION', 'the emulator does not start with NODE_ENV=production')
  const { host = '127.0.0.1', port = 0, adminPort = 0 } = options
  const adminHost = adminHostOf(options)
  const built = deferred<Parts>()
  const api = (isPublic: boolean): Promise<Api> => {
    const ready = built.promise.then(parts => apiOf(parts, isPublic, options.allowedHosts))
    // Whoever asks meanwhile is hung up on; the failure itself is thrown below.
    ready.catch(() => {})
    return ready
  }
  const server = await listen(host, port, api(true))
  const admin =
    adminPort === false ? undefined : await listen(adminHost, adminPort, api(false)).catch(fail(server))
  const url = addressOf(server, host)
  const adminUrl = admin && addressOf(admin, adminHost)
  const stop = async (): Promise<void> =>
    void (await Promise.all([server, admin].map(s => s && closeServer(s))))
  try {
    const parts = await build(options, url, adminUrl)
    built.resolve(parts)
    return running(parts, options, { url, adminUrl, stop })
  } catch (error) {
    built.reject(error)
    await stop()
    throw error
  }
}

/** With every file as it is named from where we run. */
function inFolder(options: EmulatorOptions): EmulatorOptions {
  const { folder } = options
  if (folder === undefined) return options
  const here = <T>(file: T): T => (typeof file === 'string' ? (named(folder, file) as T) : file)
  const { config } = options
  return {
    ...options,
    ...(config !== undefined && { config: Array.isArray(config) ? config.map(here) : here(config) }),
    seed: options.seed === undefined ? undefined : here(options.seed),
    import: here(options.import),
    export: here(options.export),
  } as EmulatorOptions
}

/** What an emulator consists of, apart from its sockets. */
interface Parts {
  spaces: Namespaces
  settings: Settings
  source: SeedSource
}

async function build(options: EmulatorOptions, url: string, adminUrl: string | undefined): Promise<Parts> {
  if (options.export) await checkWritable(options.export)
  const source = seedSource(options.seed, options.folder)
  const people = new People(await source.read())
  const log = options.logger ?? silentLogger
  const { makeCore, settings } = await coreFactory({ ...options, log }, url, adminUrl)
  const spaces = new Namespaces({ makeCore, machine: options.clock ?? Date.now, people, log })
  const { core } = spaces.default
  const state = options.import && (await readState(options.import, options.export))
  if (state) await importState(core, state, options.import ?? '').then(() => wake(core))
  else await people.plant(core)
  return { spaces, settings, source }
}

function apiOf({ spaces }: Parts, isPublic: boolean, allowedHosts: readonly string[] = []): Api {
  if (!isPublic) return { spaces, isPublic, allowedHosts, routes: ADMIN_ROUTES }
  const routes = [...PUBLIC_ROUTES, ...devRoutes(spaces), ...REDIRECTS_TO_ADMIN]
  return { spaces, isPublic, allowedHosts, routes }
}

interface Sockets {
  url: string
  adminUrl: string | undefined
  stop(): Promise<void>
}

function running({ spaces, settings, source }: Parts, options: EmulatorOptions, sockets: Sockets): Emulator {
  const { core, reset } = spaces.default
  const watching = [watchSeed(spaces.default, source), watchSettings(settings, core.log)]
  let closed: Promise<void> | undefined
  const close = async (): Promise<void> => {
    for (const stop of watching) stop()
    await sockets.stop()
    if (!options.export) return
    await writeState(core, options.export)
    core.log.info(`${options.export}: state written`)
  }
  return {
    url: sockets.url,
    adminUrl: sockets.adminUrl,
    get people() {
      return core.people
    },
    get sharesAnswers() {
      return core.config.serve.public.cors.enabled
    },
    now: () => core.now(),
    reset,
    exportState: () => exportState(core),
    importState: text => importState(core, text, 'state').then(() => wake(core)),
    close: () => {
      closed ??= close()
      return closed
    },
  }
}

const fail =
  (server: Parameters<typeof closeServer>[0]) =>
  async (error: unknown): Promise<never> => {
    await closeServer(server)
    throw error
  }

/** `Promise.withResolvers`, which Node 20 does not have. */
function deferred<T>(): {
  promise: Promise<T>
  resolve: (value: T) => void
  reject: (reason: unknown) => void
} {
  let resolve: (value: T) => void = () => {}
  let reject: (reason: unknown) => void = () => {}
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}
