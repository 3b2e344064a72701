import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Emulator, startEmulator } from '../../../src/emulator/index.js'
import { type OryOptions, silentLogger } from '../../../src/index.js'
import { type EchoApp, startEchoApp } from '../../_app.js'
import type { StartFace } from '../../_faces.js'
import { type FakeOry, startFakeOry } from '../../_fake-ory.js'
import { rawRequest } from '../../_raw.js'
import { startWeak } from '../_weak.js'
import { startWeakEmulator, type WeakEmulator } from '../_weak-emulator.js'

/** Something in front of an app and an emulator, on the machine of a developer. */
export interface TrustTarget {
  readonly url: string
  /** The emulator's admin API. */
  readonly admin: string
  /** The same project started once more, with the emulator. */
  again(): Promise<Run>
  /** The same project in front of an Ory that knows who people are. */
  real(): Promise<Run>
  /** And with an API key that this Ory, elsewhere, is told over plain http. */
  withPlainKey(): Promise<Run>
  close(): Promise<void>
}

/** One run of a project. */
export interface Run {
  readonly url: string
  /** All that it said so far. */
  said(): string
}

/** What somebody tries who is not the developer at this machine; over both protocols, in every face. */
export interface TrustAttack {
  readonly threat: string
  readonly precedent: string
  readonly promise: string
  /** What the attacker gets out of it; falsy when nothing. */
  harm(target: TrustTarget): Promise<unknown>
}

/** As a company might have it, who meant no harm: it backtracks for longer than anybody waits. */
export const PATTERN = '^(a+)+$'

const SCHEMA = {
  properties: {
    traits: {
      type: 'object',
      properties: {
        email: {
          type: 'string',
          format: 'email',
          'ory.sh/kratos': { credentials: { password: { identifier: true } } },
        },
        name: { type: 'string', pattern: PATTERN },
      },
    },
  },
}

export const CONFIG = {
  identity: {
    default_schema_id: 'default',
    schemas: [{ id: 'default', url: `base64://${Buffer.from(JSON.stringify(SCHEMA)).toString('base64')}` }],
  },
  selfservice: { default_browser_return_url: 'http://localhost/' },
}

export const PLAIN_KEY = 'ory_pat_plain'

/** As with Vite's `allowedHosts: true`: the tools are on their own. */
const ANY_HOST = { allowedHosts: ['evil.example', 'localhost.evil.example'] }

type Start = (options: OryOptions) => Promise<Run & { close(): Promise<void> }>

/** @param name of the key file of the project, so that its runs share it */
async function target(start: Start, ory: FakeOry, keyFile: string, admin?: string): Promise<TrustTarget> {
  const running: (() => Promise<void>)[] = []
  const run = async (options: OryOptions): Promise<Run> => {
    const one = await start({ keyFile, ...ANY_HOST, ...options })
    running.push(one.close)
    return one
  }
  const { url } = await run({ emulator: { config: CONFIG } })
  return {
    url,
    admin: admin ?? (JSON.parse((await rawRequest(url, '/.ory/dev/state')).body) as { admin: string }).admin,
    again: () => run({ emulator: { config: CONFIG } }),
    real: () => run({ sdkUrl: ory.url }),
    withPlainKey: () => run({ sdkUrl: 'http://ory.example', projectApiKey: PLAIN_KEY }),
    close: async () => void (await Promise.all(running.map(close => close()))),
  }
}

/** An app, an Ory and a folder for keys: what every run of a project needs. */
export interface Surroundings {
  readonly ours: (start: StartFace, name: string) => Promise<TrustTarget>
  readonly weak: () => Promise<TrustTarget>
  close(): Promise<void>
}

export async function surroundings(): Promise<Surroundings> {
  const [app, ory, folder]: [EchoApp, FakeOry, string] = await Promise.all([
    startEchoApp(),
    startFakeOry(),
    mkdtemp(join(tmpdir(), 'ory-proxy-trust-')),
  ])
  const emulators: (Emulator | WeakEmulator)[] = []
  const startWeakRun = async (sdkUrl: string): ReturnType<Start> => {
    const face = await startWeak(app.url, sdkUrl)
    return { ...face, said: () => '' } // wrong: whatever happens
  }
  const weakEmulator = async (): Promise<WeakEmulator> => {
    const emulator = await startEmulator({ config: CONFIG })
    const weak = await startWeakEmulator(emulator)
    emulators.push(emulator, weak)
    return weak
  }
  return {
    ours: (start, name) =>
      target(heard(start, app.url), ory, join(folder, `${name.replace(/\W/g, '-')}.json`)),
    async weak() {
      const first = await weakEmulator()
      let next: WeakEmulator | undefined = first
      const start: Start = async ({ sdkUrl }) => {
        const emulator = next ?? (await weakEmulator())
        next = undefined
        return startWeakRun(String(sdkUrl ?? emulator.url))
      }
      return target(start, ory, '', first.adminUrl)
    },
    async close() {
      await Promise.all(emulators.map(one => one.close()))
      await Promise.all([app.close(), ory.close(), rm(folder, { recursive: true, maxRetries: 5 })])
    },
  }
}

/** With what it says to its user. */
const heard =
  (start: StartFace, app: string): Start =>
  async options => {
    let said = ''
    const warn = (line: string): void => {
      said += `${line}\n`
    }
    return { ...(await start(app, { ...options, logger: { ...silentLogger, warn } })), said: () => said }
  }
