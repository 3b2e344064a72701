/** Builds the {@link Core} of an emulator from its options. */

import { isLoopback } from '../common/loopback.js'
import type { Logger } from '../log.js'
import type { KratosConfig } from './config/model.js'
import { readConfig } from './config/read.js'
import type { Core } from './core.js'
import type { People } from './identities/people.js'
import { METHODS } from './methods/index.js'
import { registerMethods } from './methods/registry.js'
import { type CompiledSchema, compileSchema } from './schema/identity-schema.js'
import type { Clock } from './store/clock.js'
import { type Ids, RANDOM_IDS } from './store/ids.js'
import { State } from './store/state.js'

export interface CoreOptions {
  config?: string | object | undefined
  publicUrl?: string | undefined
  ids?: Ids | undefined
  mintJwt?: ((sessionJson: string) => Promise<string>) | undefined
  clock: Clock
  people: People
  log: Logger
}

/** What every operation works with, for the addresses we listen on. */
export async function createCore(
  options: CoreOptions,
  url: string,
  adminUrl: string | undefined,
): Promise<Core> {
  const { log } = options
  registerMethods(METHODS)
  const config = await configFor(options, url)
  const base = (config.serve.public.base_url ?? url).replace(/\/+$/, '')
  const schemas = new Map<string, CompiledSchema>()
  let lastSweep = 0
  const state = new State()
  return {
    config,
    state,
    log,
    ids: options.ids ?? RANDOM_IDS,
    base,
    adminBase: adminUrl ?? base,
    secure: base.startsWith('https:'),
    frontOrigins: new Set(),
    get people() {
      return options.people.signIns
    },
    mintJwt: options.mintJwt,
    now() {
      const now = options.clock.now()
      if (now - lastSweep > SWEEP_MS) {
        // Kratos remembers expired flows, to be able to say so; an hour later nobody asks any more.
        state.dropFlowsBefore(new Date(now - KEEP_EXPIRED_MS).toISOString())
        lastSweep = now
      }
      return now
    },
    schema(wanted) {
      const id = wanted || config.identity.default_schema_id
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
 * server itself, so where we really listen. Any other base URL is a server in front of us and stays.
 */
async function configFor(
  { config: source, publicUrl, log }: CoreOptions,
  url: string,
): Promise<KratosConfig> {
  const file = await readConfig(source, log)
  const config = file.at(url, publicUrl)
  const { base_url, port } = config.serve.public
  return publicUrl || !base_url || !isDirect(base_url, port) ? config : file.at(url, url)
}

function isDirect(baseUrl: string, port: number): boolean {
  const { hostname, port: given, pathname } = new URL(baseUrl)
  return isLoopback(hostname) && Number(given) === port && pathname === '/'
}
