/**
 * An Ory Kratos that runs in this process, in memory, without a connection to anywhere: for development
 * and tests.
 *
 * @module
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { OryProxyError } from '../errors.js'
import { type Logger, silentLogger } from '../log.js'
import { ADMIN_ROUTES, REDIRECTS_TO_ADMIN } from './admin-routes.js'
import { loadConfig } from './config.js'
import type { KratosConfig } from './config-model.js'
import type { Core, Ids } from './core.js'
import { callWebHook } from './hooks/run.js'
import { insertIdentity } from './identities.js'
import { type CompiledSchema, compileSchema } from './identity-schema.js'
import { importIdentity } from './import-identity.js'
import { METHODS } from './methods/index.js'
import { PUBLIC_ROUTES } from './routes.js'
import { DEFAULT_SEED, parseSeed, type SeedIdentity } from './seed.js'
import { type Api, addressOf, closeServer, listen } from './server.js'
import { State } from './state.js'

export type { KratosConfig } from './config-model.js'

/** How {@link startEmulator} starts. Everything has a default. */
export interface EmulatorOptions {
  /** @default '127.0.0.1' */
  host?: string
  /** Of the public API; 0 is any free one. @default 0 */
  port?: number
  /** Of the admin API; 0 is any free one, false leaves it out. @default 0 */
  adminPort?: number | false
  /** Kratos' configuration: a file (YAML or JSON), or its content. @default password, codes, TOTP, backup codes, one social provider */
  config?: string | object
  /**
   * Where people reach the emulator, when that is neither the `serve.public.base_url` of the
   * configuration nor the address it listens on.
   */
  publicUrl?: string
  /** The people it starts with: a file, or identities in Kratos' import shape. @default alice@example.com and bob@example.com */
  seed?: string | readonly object[]
  /** Mails are printed here as well. @default nothing */
  logger?: Logger
  /** The time in milliseconds. @default Date.now */
  clock?: () => number
  /** Ids and secrets. @default random ones */
  ids?: Ids
  /** Makes the JWT that an app would get, from a session's JSON. */
  mintJwt?: (sessionJson: string) => Promise<string>
}

/** A running emulator. */
export interface Emulator {
  /** The public API, without a slash at the end. */
  readonly url: string
  /** The admin API; undefined if it was left out. */
  readonly adminUrl: string | undefined
  /** Whom one can sign in as, with passwords where the seed has them in clear. */
  readonly people: readonly { email: string; password: string }[]
  /** The emulator's time in milliseconds. */
  now(): number
  /** Forgets everything but the seed. */
  reset(): Promise<void>
  close(): Promise<void>
}

/**
 * Starts an emulator.
 *
 * @example
 * const ory = await startEmulator()
 * const flow = await (await fetch(`${ory.url}/self-service/login/api`)).json()
 * await ory.close()
 * @throws {OryProxyError} `ORY_PROXY_PRODUCTION`, `ORY_PROXY_PORT_TAKEN`, `ORY_PROXY_EMULATOR_CONFIG`, `ORY_PROXY_EMULATOR_SEED`
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  if (process.env['NODE_ENV'] === 'production')
    throw new OryProxyError('ORY_PROXY_PRODUCTION', 'the emulator does not start with NODE_ENV=production')
  const { host = '127.0.0.1', port = 0, adminPort = 0 } = options
  const built = deferred<Core>()
  const api = (isPublic: boolean): Promise<Api> =>
    built.promise.then(core => ({
      core,
      isPublic,
      base: isPublic ? core.base : core.adminBase,
      routes: isPublic ? [...PUBLIC_ROUTES, ...REDIRECTS_TO_ADMIN] : ADMIN_ROUTES,
    }))
  built.promise.catch(() => {})
  const server = await listen(host, port, api(true))
  const admin =
    adminPort === false ? undefined : await listen(host, adminPort, api(false)).catch(fail(server))
  const url = addressOf(server, host)
  const adminUrl = admin && addressOf(admin, host)
  const close = async (): Promise<void> =>
    void (await Promise.all([server, admin].map(s => s && closeServer(s))))
  try {
    const people = await readSeed(options.seed)
    const core = await createCore(options, url, adminUrl, people.flatMap(signInOf))
    await plant(core, people)
    built.resolve(core)
    return {
      url,
      adminUrl,
      people: core.people,
      now: () => core.now(),
      reset: async () => {
        core.state.clear()
        await plant(core, people)
      },
      close,
    }
  } catch (error) {
    built.reject(error)
    await close()
    throw error
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

async function createCore(
  options: EmulatorOptions,
  url: string,
  adminUrl: string | undefined,
  people: Core['people'],
): Promise<Core> {
  const log = options.logger ?? silentLogger
  const config = await configFor(options, url, log)
  const base = (config.serve.public.base_url ?? url).replace(/\/+$/, '')
  const schemas = new Map<string, CompiledSchema>()
  let lastSweep = 0
  const state = new State()
  const clock = options.clock ?? Date.now
  return {
    config,
    state,
    log,
    ids: options.ids ?? RANDOM_IDS,
    methods: METHODS,
    base,
    adminBase: adminUrl ?? base,
    secure: base.startsWith('https:'),
    frontOrigins: new Set(),
    people,
    webHook: callWebHook,
    mintJwt: options.mintJwt,
    now() {
      const now = clock()
      // Kratos remembers expired flows, to be able to say so; an hour later nobody asks any more.
      if (now - lastSweep > SWEEP_MS) state.dropFlowsBefore(new Date(now - KEEP_EXPIRED_MS).toISOString())
      if (now - lastSweep > SWEEP_MS) lastSweep = now
      return now
    },
    schema(id) {
      const source = config.identity.schemas.find(schema => schema.id === id)
      if (source && !schemas.has(id)) schemas.set(id, compileSchema(id, source.schema))
      return schemas.get(id)
    },
  }
}

const SWEEP_MS = 60_000
const KEEP_EXPIRED_MS = 60 * 60_000

/**
 * A configuration whose base URL is on this machine, at the port it tells Kratos to listen on, means the
 * server itself: it is read again for where we really listen. Any other base URL is a server in front of
 * us and stays.
 */
async function configFor(options: EmulatorOptions, url: string, logger: Logger): Promise<KratosConfig> {
  const { publicUrl } = options
  const config = await loadConfig(options.config, { baseUrl: url, logger, ...(publicUrl && { publicUrl }) })
  const { base_url, port } = config.serve.public
  if (publicUrl || !base_url || !isDirect(base_url, port)) return config
  return loadConfig(options.config, { baseUrl: url, publicUrl: url, logger: silentLogger })
}

function isDirect(baseUrl: string, port: number): boolean {
  const { hostname, port: given, pathname } = new URL(baseUrl)
  const loopback = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
  return loopback && Number(given) === port && pathname === '/'
}

const RANDOM_IDS: Ids = {
  uuid: randomUUID,
  secret(length, alphabet) {
    let secret = ''
    // Bytes beyond the last full round of the alphabet would make its first letters likelier.
    const limit = 256 - (256 % alphabet.length)
    while (secret.length < length)
      for (const byte of randomBytes(length))
        if (byte < limit && secret.length < length) secret += alphabet[byte % alphabet.length]
    return secret
  },
}

async function readSeed(seed: EmulatorOptions['seed']): Promise<readonly SeedIdentity[]> {
  if (seed === undefined) return DEFAULT_SEED
  if (typeof seed !== 'string') return parseSeed(JSON.stringify(seed), 'seed')
  try {
    return await parseSeed(await readFile(seed, 'utf8'), seed)
  } catch (cause) {
    if (cause instanceof OryProxyError) throw cause
    throw new OryProxyError('ORY_PROXY_EMULATOR_SEED', `${seed}: ${(cause as Error).message}`, { cause })
  }
}

async function plant(core: Core, people: readonly SeedIdentity[]): Promise<void> {
  for (const person of people) insertIdentity(core, await importIdentity(core, person))
}

function signInOf({ traits, credentials }: SeedIdentity): { email: string; password: string }[] {
  const email = traits['email']
  const password = credentials?.password?.config.password
  return typeof email === 'string' && password !== undefined ? [{ email, password }] : []
}
