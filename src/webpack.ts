import type { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Exchange, Middleware } from './middleware/pipeline.js'
import { type OryOptions, type ResolvedOptions, resolveOptions } from './options.js'
import { startOry } from './setup.js'
import { gateServer } from './upgrade.js'

/** One layer of the dev server: a bare handler or one with a name. */
type Layer = { readonly name?: string; readonly middleware: unknown } | ((...args: never[]) => unknown)

/** What of a dev server is used; webpack-dev-server and @rspack/dev-server both have it. */
interface DevServer {
  readonly server?: EventEmitter | undefined
  readonly options: { readonly allowedHosts?: unknown; readonly webSocketServer?: unknown }
}

type SetupMiddlewares = (layers: Layer[], devServer: DevServer) => Layer[]

/**
 * Ory inside webpack-dev-server (5 and 6) and @rspack/dev-server: takes your `devServer` options and gives
 * them back with Ory in front. Your own `setupMiddlewares` still runs.
 *
 * @throws {OryProxyError} when an option is wrong
 *
 * @example
 * import { withOry } from 'ory-proxy/webpack'
 *
 * export default {
 *   entry: './src/index.js',
 *   devServer: withOry({ proxy: [{ context: ['/api'], target: 'http://localhost:8080' }] }),
 * }
 */
export function withOry<T extends object>(devServer?: T, options: OryOptions = {}): T {
  const resolved = resolveOptions(options) // a wrong option stops the start, not the first request
  const own = (devServer ?? {}) as { setupMiddlewares?: SetupMiddlewares }
  const setupMiddlewares: SetupMiddlewares = (layers, server) => {
    const mine: Layer = { name: 'ory-proxy', middleware: attach(server, options, resolved) as never }
    const list = own.setupMiddlewares ? own.setupMiddlewares(layers, server) : layers
    list.splice(behindHostChecks(list), 0, mine)
    return list
  }
  return { ...own, setupMiddlewares } as T
}

/** The dev server's own host and cross-origin checks come first, everything else after us. */
function behindHostChecks(layers: readonly Layer[]): number {
  return layers.findLastIndex(layer => /-header-check$/.test('name' in layer ? (layer.name ?? '') : '')) + 1
}

/** The dev server awaits nothing here: requests and handshakes wait for us instead. */
function attach(devServer: DevServer, options: OryOptions, resolved: ResolvedOptions): Middleware {
  const starting = startOry(options, { allowedHosts: hostsOf(devServer) })
  starting.catch((error: Error) => resolved.logger.error(`ory-proxy: ${error.message}`))
  const { server } = devServer
  if (server) {
    const prepare = async (x: Exchange): Promise<void> => (await starting).handshake(x)
    gateServer(server, { prepare, allowedOrigins: resolved.allowedCorsOrigins, isHmr: isHmr(devServer) })
    server.once('close', () => starting.then(running => running.close()).catch(() => {}))
  }
  return (req, res, next) => {
    starting.then(running => running.middleware(req, res, next), next)
  }
}

function hostsOf({ options }: DevServer): readonly string[] | true {
  const { allowedHosts } = options
  if (allowedHosts === 'all') return true
  return Array.isArray(allowedHosts) ? (allowedHosts as string[]) : []
}

/** The socket for hot updates is told by its path. */
function isHmr({ options }: DevServer): (req: IncomingMessage) => boolean {
  const { path = '/ws' } =
    (options.webSocketServer as { options?: { path?: string } } | undefined)?.options ?? {}
  return req => req.url?.split('?', 1)[0] === path
}
