import { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Middleware } from '../middleware/pipeline.js'
import type { Ory } from './start.js'
import { holdHandshakes } from './whose-server.js'

/**
 * The stages, for a dev server that has no HTTP server of its own (middleware mode): whoever's it is, the first
 * request came through it, so its handshakes meet the same rules from then on; until then they wait.
 *
 * @param help what to do where a request does not tell which server it came through
 */
export function gatedByFirst(ory: Ory, isHmr: (req: IncomingMessage) => boolean, help: string): Middleware {
  const gated = new WeakSet<EventEmitter>()
  const waiting = holdHandshakes()
  ory.beforeClose(waiting.close)
  let last: unknown
  let told = false
  const gate = (server: unknown): void => {
    // What hands sockets on to a server of HTTP is none itself.
    if (server instanceof EventEmitter && server.listenerCount('request') > 0) {
      if (!gated.has(server)) ory.gateUpgrades(server, isHmr)
      gated.add(server)
    } else if (!told) {
      told = true
      ory.options.logger.warn(
        `WebSocket handshakes pass unchecked, with whatever Authorization a client wrote, as no request tells which server they come to: ${help}`,
      )
    }
  }
  return (req, res, next) => {
    const asked = waiting.askedAbout(req)
    if (asked !== undefined) {
      gate(asked)
      return void res.writeHead(204).end()
    }
    const { server } = req.socket as { server?: unknown }
    if (server === undefined || server !== last) gate(server)
    last = server
    ory.middleware(req, res, next)
  }
}
