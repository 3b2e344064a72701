import type { Plugin, ResolvedConfig } from 'vite'
import { inOneLine, orInOneLine } from './common/one-line.js'
import { OryProxyError } from './errors.js'
import { gatedByFirst } from './host/first-server.js'
import { previewWithoutOry } from './host/preview-off.js'
import { shareOry } from './host/shared.js'
import { readEnvFiles } from './options/env-files.js'
import { resolveOptions, type Surroundings } from './options/resolve.js'
import type { OryOptions } from './options/types.js'
import { dock } from './vite/dock.js'
import {
  beforeClose,
  hmrOf,
  hostsOf,
  isPreview,
  socketCarrier,
  useFirst,
  type ViteServer,
} from './vite/server.js'
import { announce, bindKeys } from './vite/terminal.js'
import { productionOry, type VirtualOry, virtualModule } from './vite/virtual.js'

const NAME = 'ory-proxy'

/**
 * Ory inside Vite's dev and preview server: sign-in under `/.ory`, and a JWT on every request that goes on to
 * `server.proxy` or to a framework's own handlers. Vite 6, 7 and 8.
 *
 * A production build contains nothing of it. Client code that wants to know where Ory is imports
 * `{ sdkUrl, mode }` from `virtual:ory`; in a build, `sdkUrl` is `VITE_ORY_SDK_URL`.
 *
 * @throws {OryProxyError} at the start of the server, when an option is wrong or Vite is too old
 *
 * @example
 * import { defineConfig } from 'vite'
 * import { ory } from 'ory-proxy/vite'
 *
 * export default defineConfig({
 *   plugins: [ory()],
 *   server: { proxy: { '/api': 'http://localhost:3001' } },
 * })
 */
export function ory(options: OryOptions = {}): Plugin[] {
  return [serving(options), building(options)]
}

/** `plugins: [ory]`, without its parentheses, is to Vite a plugin without a hook: it would do nothing, and say nothing. */
Object.assign(ory, {
  configResolved() {
    const why = '`plugins` has `ory` itself: call it, like `plugins: [ory()]`.'
    orInOneLine(() => {
      throw new OryProxyError('ORY_PROXY_BAD_OPTION', why)
    })
  },
})

function serving(options: OryOptions): Plugin {
  let told: VirtualOry = { mode: 'ory' }
  const handler = async (server: ViteServer): Promise<void> => {
    if (isUnitTestRun(server.config)) {
      told = { mode: 'emulator' }
      return
    }
    if (!isFirst(server.config)) return
    const mode = await attach(server, options).catch(error => offInPreview(server, error))
    told = { mode }
  }
  return {
    name: NAME,
    apply: 'serve', // a production build contains nothing of ours
    enforce: 'pre',
    // Not later: of a server that fails while it is made, Vite leaves the watchers behind.
    configResolved(config) {
      if (!isUnitTestRun(config))
        orInOneLine(() => resolveOptions(options, environmentOf(config), surroundingsOf(config)))
    },
    configureServer: { order: 'pre', handler },
    configurePreviewServer: { order: 'pre', handler },
    ...{ devtools: dock }, // unknown to the types of a Vite without DevTools
    ...virtualModule(() => told),
  }
}

function offInPreview(server: ViteServer, error: unknown): VirtualOry['mode'] {
  if (!isPreview(server)) return inOneLine(error)
  previewWithoutOry(error, 'vite preview', line => server.config.logger.warn(line))
  return 'ory'
}

/**
 * Vitest makes a server of this configuration, to transform modules with: nobody opens a page of it, so nothing is
 * started for it, and nothing that is wrong with it fails the run. In browser mode there are pages.
 */
function isUnitTestRun({ plugins }: ResolvedConfig): boolean {
  const has = (name: string): boolean => plugins.some(plugin => plugin.name === name)
  return has('vitest') && !has('vitest:browser')
}

/** Only the two constants that client code asks for by name. */
function building(options: OryOptions): Plugin {
  let config: ResolvedConfig | undefined
  return {
    name: `${NAME}:build`,
    apply: 'build',
    configResolved(resolved) {
      config = resolved
    },
    ...virtualModule(() => productionOry(viteSdkUrl(config) ?? options.sdkUrl)),
  }
}

/** The servers that have us: two of us would ask Ory twice. Not by identity of the plugin: Nuxt copies it. */
const served = new WeakSet<ResolvedConfig>()

function isFirst(config: ResolvedConfig): boolean {
  if (!served.has(config)) return Boolean(served.add(config))
  config.logger.warnOnce('ory-proxy: ory() is in `plugins` more than once: only the first one counts.')
  return false
}

const NAME_YOUR_SERVER = "name yours in Vite's `server.hmr.server`."

async function attach(server: ViteServer, options: OryOptions): Promise<VirtualOry['mode']> {
  const { config } = server
  if (!('environments' in config)) {
    throw new OryProxyError('ORY_PROXY_UNSUPPORTED', 'This Vite is older than 6.')
  }
  const context = { ...surroundingsOf(config), allowedHosts: hostsOf(server), env: environmentOf(config) }
  const { ory, release } = await shareOry(options, context)
  const carrier = socketCarrier(server)
  const isHmr = hmrOf(server)
  if (carrier) ory.gateUpgrades(carrier, isHmr)
  useFirst(server, carrier ? ory.middleware : gatedByFirst(ory, isHmr, NAME_YOUR_SERVER))
  beforeClose(server, release)
  announce(server, ory)
  bindKeys(server, ory)
  return ory.emulator ? 'emulator' : 'ory'
}

const environmentOf = (config: ResolvedConfig): NodeJS.ProcessEnv => ({
  ...process.env,
  VITE_ORY_SDK_URL: viteSdkUrl(config),
})

/** Vite can be told to read no `.env` files, or those of another folder. */
const surroundingsOf = ({ root, envDir, mode }: ResolvedConfig): Surroundings => ({
  root,
  envFiles: envDir === false ? {} : readEnvFiles(envDir, mode),
})

/** From `.env` files too, which is where Vite's users write it; Astro shows client code `PUBLIC_…` instead. */
function viteSdkUrl(config: ResolvedConfig | undefined): string | undefined {
  const prefixes = ['VITE_', config?.envPrefix ?? []].flat()
  const found = prefixes.map((prefix): unknown => config?.env[`${prefix}ORY_SDK_URL`])
  return [...found, process.env['VITE_ORY_SDK_URL']].find(isText)
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
