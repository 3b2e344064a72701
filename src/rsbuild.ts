import type { EventEmitter } from 'node:events'
import type { Middleware } from './middleware/pipeline.js'
import type { OryOptions } from './options.js'
import { type SharedOry, shareOry } from './shared.js'

/** What of Rsbuild's dev and preview server is used. */
interface Server {
  readonly httpServer: EventEmitter | null
  readonly middlewares: { use(middleware: Middleware): unknown }
}

interface Config {
  readonly server?: { readonly host?: unknown; readonly allowedHosts?: unknown }
  readonly dev?: { readonly client?: { readonly path?: string } }
}

/** What of Rsbuild's plugin API is used. */
interface Api {
  readonly context: { readonly rootPath: string }
  getNormalizedConfig(): Config
  onBeforeStartDevServer(hook: (params: { server: Server }) => Promise<void>): void
  onBeforeStartPreviewServer(hook: (params: { server: Server }) => Promise<void>): void
  onAfterStartDevServer(hook: (params: { port: number }) => void): void
  onCloseDevServer(hook: () => Promise<void>): void
}

/** A plugin in Rsbuild's shape, told without Rsbuild's types. */
export interface RsbuildOryPlugin {
  readonly name: string
  setup(api: Api): void
}

/**
 * Ory inside Rsbuild's dev and preview server: sign-in under `/.ory`, and a JWT on every request that goes on
 * to `server.proxy` or to your own middlewares.
 *
 * Hosts besides loopback names and IP addresses are refused until `allowedHosts`, here or in Rsbuild's
 * `server.allowedHosts`, lists them: Rsbuild's own default is to allow every host.
 *
 * @throws {OryProxyError} at the start of the server, when an option is wrong
 *
 * @example
 * import { ory } from 'ory-proxy/rsbuild'
 *
 * export default {
 *   plugins: [ory()],
 *   server: { proxy: { '/api': 'http://localhost:8080' } },
 * }
 */
export function ory(options: OryOptions = {}): RsbuildOryPlugin {
  return {
    name: 'ory-proxy',
    setup(api) {
      let shared: SharedOry | undefined
      const start = async ({ server }: { server: Server }): Promise<void> => {
        shared = await attach(server, api, options)
      }
      api.onBeforeStartDevServer(start)
      api.onBeforeStartPreviewServer(start)
      api.onAfterStartDevServer(({ port }) => shared && announce(shared, port))
      api.onCloseDevServer(async () => shared?.release())
    },
  }
}

async function attach(
  { middlewares, httpServer }: Server,
  api: Api,
  options: OryOptions,
): Promise<SharedOry> {
  const config = api.getNormalizedConfig()
  const shared = await shareOry(options, { root: api.context.rootPath, allowedHosts: hostsOf(config) })
  middlewares.use(shared.ory.middleware)
  if (httpServer === null) return shared // middleware mode: the server is the user's to gate
  const hmr = config.dev?.client?.path ?? '/rsbuild-hmr'
  shared.ory.gateUpgrades(httpServer, req => req.url?.split('?', 1)[0] === hmr)
  httpServer.once('close', () => shared.release())
  return shared
}

/** `true` is Rsbuild's default and nobody's decision, so it counts for nothing here. */
function hostsOf({ server }: Config): string[] {
  return [server?.allowedHosts, server?.host].flat().filter(name => typeof name === 'string')
}

function announce({ ory: { target, emulator, options } }: SharedOry, port: number): void {
  const which = emulator ? 'emulator' : target.url.origin
  options.logger.info(`  ➜  Ory:      http://localhost:${port}/.ory (${which}: ${target.why})`)
  if (emulator)
    for (const { email, password } of emulator.people) {
      options.logger.info(`               ${email} · ${password}`)
    }
}
