import type { IncomingMessage } from 'node:http'
import type { Forwarder, ForwardRules } from '../../outbound/forward.js'
import { createLazyForwarder } from './lazy-forwarder.js'
import { createRouteTable, type Route } from './routes.js'

/** The way to every app: to those that rules name, and to the one that gets the rest. Each has connections of its own. */
export function createForwarderToApps(
  app: URL,
  routes: readonly Route[],
  rules: Omit<ForwardRules, 'app'>,
): Forwarder {
  const rest = createLazyForwarder({ ...rules, app })
  if (routes.length === 0) return rest
  const ways = new Map([[app.href, rest]])
  for (const { app: other } of routes) {
    if (!ways.has(other.href)) ways.set(other.href, createLazyForwarder({ ...rules, app: other }))
  }
  const routeOf = createRouteTable(routes, rules.trustForwarded)
  const wayOf = (req: IncomingMessage): Forwarder => ways.get(routeOf(req)?.app.href ?? app.href)!
  return {
    request: (req, res) => wayOf(req).request(req, res),
    upgrade: (req, socket, head) => wayOf(req).upgrade(req, socket, head),
    close() {
      for (const way of ways.values()) way.close()
    },
  }
}
