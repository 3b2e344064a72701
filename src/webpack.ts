import type { IncomingMessage, Server } from 'node:http'
import { orInOneLine, startLine } from './common/one-line.js'
import { OryProxyError } from './errors.js'
import { announcement, originOf } from './host/announcement.js'
import { type SharedOry, shareOry } from './host/shared.js'
import type { Ory } from './host/start.js'
import { gateServer } from './host/upgrade.js'
import { answerError } from './middleware/answer.js'
import { MOUNT } from './middleware/mount.js'
import type { Exchange, Middleware } from './middleware/pipeline.js'
import { type ResolvedOptions, resolveOptions } from './options/resolve.js'
import { OPTIONS, type OptionName } from './options/table.js'
import type { OryOptions } from './options/types.js'

/** One layer of the dev server: a bare handler or one with a name. */
type Layer = { readonly name?: string; readonly middleware: unknown } | ((...args: never[]) => unknown)

/** What of a dev server is used; webpack-dev-server and @rspack/dev-server both have it. */
interface DevServer {
  readonly server?: Server | undefined
  readonly compiler?: { readonly options?: { readonly context?: string } }
  readonly options: {
    readonly allowedHosts?: unknown
    readonly host?: unknown
    readonly webSocketServer?: unknown
  }
}

type SetupMiddlewares = (layers: Layer[], devServer: DevServer) => Layer[]

const NAME = 'ory-proxy'

/**
 * Ory inside webpack-dev-server (5 and 6) and @rspack/dev-server (1 and 2): takes your `devServer` options and
 * gives them back with Ory in front. Your own `setupMiddlewares` still runs.
 *
 * @throws {OryProxyError} when an option is wrong
 *
 * @example
 * import { withOry } from 'ory-proxy/webpack'
 *
 * export default {
 *   entry: './src/index.js',
 *   devServer: withOry({ proxy: [{ context: ['/api'], target: 'http://localhost:3001' }] }),
 * }
 */
export function withOry<T extends object>(devServer?: T, options: OryOptions = {}): T {
  // A wrong option stops the start, not the first request.
  const resolved = orInOneLine(() => {
    assertDevServer(devServer ?? {})
    return resolveOptions(options)
  })
  const own = (devServer ?? {}) as { setupMiddlewares?: SetupMiddlewares }
  const setupMiddlewares: SetupMiddlewares = (layers, server) => {
    const list = own.setupMiddlewares ? own.setupMiddlewares(layers, server) : layers
    if (list.some(layer => nameOf(layer) === NAME)) {
      resolved.logger.warn(
        'ory-proxy: withOry() is around the devServer options more than once: only one counts.',
      )
      return list
    }
    list.splice(behindHostChecks(list), 0, { name: NAME, middleware: attach(server, options, resolved) })
    return list
  }
  return { ...own, setupMiddlewares } as T
}

/** What was given in the wrong place, the bundler would refuse in words that are not about that. */
function assertDevServer(given: object): void {
  const bad = (message: string): OryProxyError => new OryProxyError('ORY_PROXY_BAD_OPTION', message)
  if ('devServer' in given)
    throw bad(
      'withOry takes the options of `devServer`, not the whole configuration: `devServer: withOry({ … })`.',
    )
  const ours = Object.keys(given).find(
    name =>
      OPTIONS[name as OptionName]?.commandOnly === undefined && name in OPTIONS && name !== 'allowedHosts',
  )
  if (ours !== undefined)
    throw bad(
      `"${ours}" is no option of the dev server, but of ory-proxy, the second argument: withOry({}, { ${ours}: … }).`,
    )
}

const nameOf = (layer: Layer): string => ('name' in layer ? (layer.name ?? '') : '')

/** The dev server's own host and cross-origin checks come first, everything else after us. */
function behindHostChecks(layers: readonly Layer[]): number {
  return layers.findLastIndex(layer => /-header-check$/.test(nameOf(layer))) + 1
}

/** The dev server awaits nothing here: requests and handshakes wait for us instead. */
function attach(devServer: DevServer, options: OryOptions, resolved: ResolvedOptions): Middleware {
  const root = devServer.compiler?.options?.context
  const starting = shareOry(options, {
    allowedHosts: hostsOf(devServer),
    ...(root !== undefined && { root }),
  })
  starting.catch((error: Error) =>
    resolved.logger.error(error instanceof OryProxyError ? startLine(error) : `ory-proxy: ${error.message}`),
  )
  if (devServer.server) hangInto(devServer.server, devServer, starting)
  // webpack-dev-server 4 makes its server right behind this, before anything else has a turn.
  else {
    queueMicrotask(() => {
      if (devServer.server) hangInto(devServer.server, devServer, starting)
      else resolved.logger.error(`ory-proxy: ${tooOld().explanation}`)
    })
  }
  return (req, res, next) => {
    if (!devServer.server) return answerError(req, res, tooOld())
    starting.then(
      ({ ory }) => ory.middleware(req, res, next),
      error => answerError(req, res, error),
    )
  }
}

function hangInto(server: Server, devServer: DevServer, starting: Promise<SharedOry>): void {
  const prepare = async (x: Exchange): Promise<void> => (await starting).ory.handshake(x)
  gateServer(server, { prepare, isHmr: isHmr(devServer) })
  server.once('listening', () =>
    starting.then(({ ory }) => announce(server, devServer.options.host, ory)).catch(() => {}),
  )
  server.once('close', () => starting.then(({ release }) => release()).catch(() => {}))
}

/** One without a server has nothing that could be gated: to pass its requests on unchecked would be worse than not to serve. */
const tooOld = (): OryProxyError =>
  new OryProxyError('ORY_PROXY_UNSUPPORTED', 'This dev server is too old for withOry().')

function announce(server: Server, host: unknown, ory: Ory): void {
  const origin = originOf(server, host)
  ory.announcedAt(() => origin)
  for (const line of announcement(ory, origin + MOUNT)) ory.options.logger.info(line)
}

function hostsOf({ options }: DevServer): readonly string[] | true {
  const listed = [options.allowedHosts].flat()
  if (listed.includes('all')) return true
  return [...listed, options.host].filter(name => typeof name === 'string' && name !== 'auto') as string[]
}

/** The socket for hot updates is told by its path. */
function isHmr({ options }: DevServer): (req: IncomingMessage) => boolean {
  const { webSocketServer } = options
  if (webSocketServer === false) return () => false
  const { path = '/ws' } = (webSocketServer as { options?: { path?: string } } | undefined)?.options ?? {}
  return req => req.url?.split('?', 1)[0] === path
}
