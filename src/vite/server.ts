/** What we need of Vite's servers. */
import type { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { posix } from 'node:path'
import type { PreviewServer, ViteDevServer } from 'vite'
import type { Middleware } from '../middleware/pipeline.js'

/** Vite's dev server or its preview server: what we need of them is the same. */
export type ViteServer = ViteDevServer | PreviewServer

/** The sub-protocols of Vite's own sockets. */
const HMR = new Set(['vite-hmr', 'vite-ping'])

/** Settings of Vite's sockets, whatever a version calls them. */
interface Sockets {
  readonly path?: string
  readonly server?: EventEmitter
}

/**
 * Whether a handshake is Vite's own, for hot updates. Not by its sub-protocol alone, which any page may write: Vite takes
 * it at one path, and at all others the app's own sockets are.
 */
export function hmrOf({ config }: ViteServer): (req: IncomingMessage) => boolean {
  const { ws, hmr } = config.server as { ws?: Sockets | boolean; hmr?: Sockets | boolean }
  const path = inside(ws)?.path ?? inside(hmr)?.path
  const home = path ? posix.join(config.base, path) : config.base
  return ({ url = '', headers }) =>
    HMR.has(headers['sec-websocket-protocol'] ?? '') && url.split('?', 1)[0] === home
}

const inside = (value: Sockets | boolean | undefined): Sockets | undefined =>
  typeof value === 'object' && value !== null ? value : undefined

/** Vite's own list, mirrored: it is not asked for every request that reaches us. */
export function hostsOf(server: ViteServer): readonly string[] | true {
  const { config } = server
  const { host, allowedHosts } = isPreview(server) ? config.preview : config.server
  if (allowedHosts === true) return true
  const own = typeof host === 'string' ? [host] : []
  const { origin } = config.server
  if (origin !== undefined && URL.canParse(origin)) own.push(new URL(origin).hostname)
  return [...own, ...(allowedHosts ?? [])]
}

export const isPreview = (server: ViteServer): boolean => !('moduleGraph' in server)

/** The server that hears upgrades; in middleware mode it belongs to the user, or to a framework. */
export function socketCarrier(server: ViteServer): EventEmitter | undefined {
  const { ws, hmr, middlewareMode } = server.config.server as {
    ws?: Sockets | boolean
    hmr?: Sockets | boolean
    middlewareMode?: Sockets | boolean
  }
  const named = [middlewareMode, ws, hmr].map(value => inside(value)?.server)
  return server.httpServer ?? named.find(one => one !== undefined)
}

/**
 * Puts a middleware in front of all others, and again when the server listens.
 *
 * Some frameworks (Astro) put layers of their own in front of everything that is there: they would answer
 * `/.ory` themselves, or believe an `Authorization` we have not seen yet. Vite's host check comes behind us
 * then; ours does not need it.
 */
export function useFirst({ middlewares, httpServer }: ViteServer, middleware: Middleware): void {
  middlewares.use(middleware)
  httpServer?.once('listening', () => {
    const { stack } = middlewares
    const layer = stack.findIndex(({ handle }) => handle === middleware)
    if (layer > 0) stack.unshift(...stack.splice(layer, 1))
  })
}

/** Runs when the server ends, before it does. */
export function beforeClose(server: ViteServer, release: () => Promise<void>): void {
  const close = server.close.bind(server)
  server.close = async () => {
    await release()
    await close()
  }
}
