import { availableEngines, ensureEngine } from '../../scripts/ensure-engines.mjs'
import { type Rehearsal, type RehearsalOptions, startRehearsal } from '../../src/rehearse/index.js'
import { freePort } from '../_faces.js'

/** nginx in every run; all of them in `npm run test:ecosystem`. */
export const ENGINES: readonly string[] =
  process.env['ORY_PROXY_ECOSYSTEM'] === 'all' ? availableEngines() : ['nginx']

/** Those whose signer is ours; Oathkeeper has ways of its own with errors and with keys (its README). */
export const SIGNING: readonly string[] = ENGINES.filter(engine => engine !== 'oathkeeper')

/** What a test wants otherwise. */
type Wanted = Partial<Omit<RehearsalOptions, 'settings'>> & {
  readonly settings: Pick<RehearsalOptions['settings'], 'ory' | 'app'> & Partial<RehearsalOptions['settings']>
}

/** Starts the real engine, installed where it is missing. */
export async function rehearsed(engine: string, { settings, ...wanted }: Wanted): Promise<Rehearsal> {
  ensureEngine(engine)
  return startRehearsal({
    engine,
    port: await freePort(),
    workers: 1,
    settings: {
      oryDomain: false,
      protect: ['/members/*'],
      corsOrigins: [],
      corsHeaders: [],
      sessionCache: 2,
      ...settings,
    },
    ...wanted,
  })
}
