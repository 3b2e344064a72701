/** Builds the {@link Core}s of an emulator from its options. */

import type { Logger } from '../log.js'
import type { ConfigSource } from './config/open.js'
import type { Core } from './core.js'
import { Fronts } from './http/fronts.js'
import type { People } from './identities/people.js'
import { METHODS } from './methods/index.js'
import { registerMethods } from './methods/registry.js'
import { Settings } from './settings.js'
import type { Clock } from './store/clock.js'
import { type Ids, RANDOM_IDS } from './store/ids.js'
import { State } from './store/state.js'

export interface CoreOptions {
  config?: ConfigSource | undefined
  publicUrl?: string | undefined
  embedded?: boolean | undefined
  appOrigin?: string | undefined
  project?: string | undefined
  ids?: Ids | undefined
  callHosts?: readonly string[] | undefined
  mintJwt?: ((sessionJson: string) => Promise<string>) | undefined
  tokenizeAs?: string | undefined
  log: Logger
}

/** What every namespace has for itself; all else they share. */
export interface CoreOwn {
  namespace: string
  clock: Clock
  people: People
  log: Logger
}

/** Makes what every operation works with, for the addresses we listen on. */
export async function coreFactory(
  options: CoreOptions,
  url: string,
  adminUrl: string | undefined,
): Promise<{ makeCore: (own: CoreOwn) => Core; settings: Settings }> {
  registerMethods(METHODS)
  const fronts = new Fronts(options.appOrigin)
  const { publicUrl, embedded, log } = options
  const standing = { listening: url, publicUrl, embedded }
  const project = options.config === undefined ? options.project : undefined
  const settings = await Settings.open({
    source: options.config,
    standing,
    log,
    ownOrigins: fronts.kept,
    project,
  })
  const makeCore = ({ namespace, clock, people, log }: CoreOwn): Core => {
    const state = new State()
    return {
      namespace,
      get config() {
        return settings.view.config
      },
      get base() {
        return settings.view.base
      },
      get shownAt() {
        return settings.view.base
      },
      get adminBase() {
        return adminUrl ?? settings.view.base
      },
      get issuer() {
        return settings.issuer
      },
      get secure() {
        return settings.view.base.startsWith('https:')
      },
      get revision() {
        return settings.revision
      },
      state,
      log,
      ids: options.ids ?? RANDOM_IDS,
      frontOrigins: fronts.kept,
      requestHeaders: {},
      callHosts: options.callHosts ?? [],
      project,
      get people() {
        return people.signIns
      },
      mintJwt: options.mintJwt,
      tokenizeAs: options.tokenizeAs,
      now: sweeping(clock, state),
      schema: id => settings.schema(id),
      async seenFrom(host, sender, front, requestHeaders = {}) {
        const frontOrigins = fronts.seen(front, origin => settings.names(origin))
        const { base, config } = await settings.seenFrom(host, sender)
        const shownAt = URL.canParse(front) ? front : base
        const secure = base.startsWith('https:')
        const own = { config, base, shownAt, frontOrigins, requestHeaders, secure }
        return Object.create(this, Object.getOwnPropertyDescriptors(own)) as Core
      },
    }
  }
  return { makeCore, settings }
}

/** Kratos remembers expired flows, to be able to say so; an hour later nobody asks any more. */
function sweeping(clock: Clock, state: State): () => number {
  let lastSweep = 0
  return () => {
    const now = clock.now()
    if (now - lastSweep > SWEEP_MS) {
      state.dropFlowsBefore(new Date(now - KEEP_EXPIRED_MS).toISOString())
      lastSweep = now
    }
    return now
  }
}

const SWEEP_MS = 60_000
const KEEP_EXPIRED_MS = 60 * 60_000
