import type { Server as HttpServer, IncomingMessage } from 'node:http'
import { inOneLine } from './common/one-line.js'
import { OryProxyError } from './errors.js'
import { announcement, originOf } from './host/announcement.js'
import { gatedByFirst } from './host/first-server.js'
import { previewWithoutOry } from './host/preview-off.js'
import { type SharedOry, shareOry } from './host/shared.js'
import { MOUNT } from './middleware/mount.js'
import type { Middleware } from './middleware/pipeline.js'
import { resolveOptions } from './options/resolve.js'
import type { OryOptions } from './options/types.js'

/** What of Rsbuild's dev and preview server is used. */
interface Server {
  readonly httpServer: HttpServer | null
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
  /** Absent before Rsbuild 2. */
  onBeforeStartPreviewServer?(hook: (params: { server: Server }) => Promise<void>): void
  onAfterStartDevServer(hook: () => void): void
  onAfterStartPreviewServer(hook: () => void): void
  onCloseDevServer(hook: () => Promise<void>): void
  /** Absent before Rsbuild 2.2: there, a restart signs everybody out of the emulator. */
  onRestart?(hook: () => void): void
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
 * @throws {OryProxyError} at the start of the server, when an option is wrong or Rsbuild is too old
 *
 * @example
 * import { ory } from 'ory-proxy/rsbuild'
 *
 * export default {
 *   plugins: [ory()],
 *   server: { proxy: { '/api': 'http://localhost:3001' } },
 * }
 */
export function ory(options: OryOptions = {}): RsbuildOryPlugin {
  return {
    name: 'ory-proxy',
    setup(api) {
      if (!api.onBeforeStartPreviewServer) inOneLine(tooOld())
      let attached: Attached | undefined
      const start = async ({ server }: { server: Server }): Promise<void> => {
        if (!isFirst(server)) return resolveOptions(options).logger.warn(TWICE)
        attached = await attach(server, api, options)
        await takeOver()
      }
      const warn = (line: string): void => resolveOptions(options).logger.warn(line)
      const startPreview = (context: { server: Server }): Promise<void> =>
        start(context).catch(error => previewWithoutOry(error, 'rsbuild preview', warn))
      const announce = (): void => attached && say(attached, api.getNormalizedConfig().server?.host)
      api.onBeforeStartDevServer(context => start(context).catch(inOneLine))
      api.onBeforeStartPreviewServer(startPreview)
      api.onAfterStartDevServer(announce)
      api.onAfterStartPreviewServer(announce)
      api.onRestart?.(() => void (attached && left.add(attached.shared)))
      api.onCloseDevServer(async () => attached && release(attached))
    },
  }
}

/**
 * What servers that are about to restart share with the ones that follow: Rsbuild ends the old one first, and with
 * its last holder everybody signed in at the emulator would be gone.
 */
const left = new Set<SharedOry>()

async function takeOver(): Promise<void> {
  const shared = [...left]
  left.clear()
  await Promise.all(shared.map(old => old.release()))
}

async function release({ shared }: Attached): Promise<void> {
  if (!left.has(shared)) await shared.release()
}

interface Attached {
  readonly shared: SharedOry
  readonly httpServer: HttpServer | null
}

const tooOld = (): OryProxyError =>
  new OryProxyError('ORY_PROXY_UNSUPPORTED', 'This Rsbuild is older than 2.')

/** The servers that have us: two of us would ask Ory twice. */
const served = new WeakSet<object>()

const isFirst = ({ middlewares }: Server): boolean =>
  !served.has(middlewares) && Boolean(served.add(middlewares))

const TWICE = 'ory-proxy: ory() is in `plugins` more than once: only the first one counts.'

async function attach({ middlewares, httpServer }: Server, api: Api, options: OryOptions): Promise<Attached> {
  const config = api.getNormalizedConfig()
  const shared = await shareOry(options, { root: api.context.rootPath, allowedHosts: hostsOf(config) })
  const hmr = config.dev?.client?.path ?? '/rsbuild-hmr'
  const isHmr = (req: IncomingMessage): boolean => req.url?.split('?', 1)[0] === hmr
  if (httpServer === null) {
    middlewares.use(gatedByFirst(shared.ory, isHmr, "call Rsbuild's middlewares from a server of Node's."))
    return { shared, httpServer }
  }
  middlewares.use(shared.ory.middleware)
  shared.ory.gateUpgrades(httpServer, isHmr)
  const attached = { shared, httpServer }
  httpServer.once('close', () => release(attached))
  return attached
}

/** `true` is Rsbuild's default and nobody's decision, so it counts for nothing here. */
function hostsOf({ server }: Config): string[] {
  return [server?.allowedHosts, server?.host].flat().filter(name => typeof name === 'string')
}

function say({ shared: { ory }, httpServer }: Attached, host: unknown): void {
  const origin = httpServer === null ? '' : originOf(httpServer, host)
  if (origin !== '') ory.announcedAt(() => origin)
  for (const line of announcement(ory, origin + MOUNT)) ory.options.logger.info(line)
}
