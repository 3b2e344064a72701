import type { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Plugin, PreviewServer, ViteDevServer } from 'vite'
import type { OryOptions } from './options.js'
import { type Ory, startOry } from './setup.js'

/** The sub-protocols of Vite's own sockets. */
const HMR = new Set(['vite-hmr', 'vite-ping'])

const isHmr = (req: IncomingMessage): boolean => HMR.has(req.headers['sec-websocket-protocol'] ?? '')

/**
 * Ory inside Vite's dev and preview server: sign-in under `/.ory`, and a JWT on every request that goes on to
 * `server.proxy` or to a framework's own handlers.
 *
 * @throws {OryProxyError} at the start of the server, when an option is wrong
 *
 * @example
 * import { defineConfig } from 'vite'
 * import { ory } from 'ory-proxy/vite'
 *
 * export default defineConfig({
 *   plugins: [ory()],
 *   server: { proxy: { '/api': 'http://localhost:8080' } },
 * })
 */
export function ory(options: OryOptions = {}): Plugin {
  return {
    name: 'ory-proxy',
    apply: 'serve', // a production build contains nothing of ours
    enforce: 'pre',
    configureServer: { order: 'pre', handler: server => attach(server, options) },
    configurePreviewServer: { order: 'pre', handler: server => attach(server, options) },
  }
}

async function attach(server: ViteDevServer | PreviewServer, options: OryOptions): Promise<void> {
  const { config } = server
  const running = await startOry(options, { root: config.root, allowedHosts: hostsOf(server) })
  server.middlewares.use(running.middleware)
  const carrier = socketCarrier(server)
  if (carrier) running.gateUpgrades(carrier, isHmr)
  closeWith(server, running)
  announce(server, running)
}

/** Vite's own list, mirrored: it is not asked for every request that reaches us. */
function hostsOf({ config }: ViteDevServer | PreviewServer): readonly string[] | true {
  const { host, allowedHosts, origin } = config.server
  if (allowedHosts === true) return true
  const own = typeof host === 'string' ? [host] : []
  if (origin !== undefined && URL.canParse(origin)) own.push(new URL(origin).hostname)
  return [...own, ...(allowedHosts ?? [])]
}

/** The server that hears upgrades; in middleware mode it belongs to the user, or to a framework. */
function socketCarrier(server: ViteDevServer | PreviewServer): EventEmitter | undefined {
  const { ws, hmr, middlewareMode } = server.config.server as {
    ws?: { server?: EventEmitter } | false
    hmr?: { server?: EventEmitter } | boolean
    middlewareMode?: { server?: EventEmitter } | boolean
  }
  const inside = (value: unknown): EventEmitter | undefined =>
    typeof value === 'object' && value !== null ? (value as { server?: EventEmitter }).server : undefined
  return server.httpServer ?? inside(middlewareMode) ?? inside(ws) ?? inside(hmr)
}

function closeWith(server: ViteDevServer | PreviewServer, running: Ory): void {
  const close = server.close.bind(server)
  server.close = async () => {
    await running.close()
    await close()
  }
}

/** One more line below Vite's own addresses. */
function announce(server: ViteDevServer | PreviewServer, { target, emulator }: Ory): void {
  const print = server.printUrls.bind(server)
  server.printUrls = () => {
    print()
    const { info } = server.config.logger
    const which = emulator ? 'emulator' : target.url.origin
    info(`  ➜  Ory:     /.ory (${which}: ${target.why})`)
    if (emulator)
      for (const { email, password } of emulator.people) info(`              ${email} · ${password}`)
  }
}
