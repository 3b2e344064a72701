import { answerError } from '../../middleware/answer.js'
import type { Settings } from '../commands/settings.js'
import { createForwarderToApps } from '../server/apps.js'
import { openBrowser } from '../server/browser.js'
import { assertElsewhere } from '../server/port.js'
import { jarWarning, parseRoutes } from '../server/routes.js'
import { serve } from '../server/serve.js'
import { localBanner, localFacts } from '../terminal/banner.js'

/** `ory-proxy local`: starts the proxy and serves until a signal comes. */
export async function serveLocal(
  app: URL,
  publishUrl: string | undefined,
  settings: Settings,
): Promise<void> {
  const { rewriteHost, https, open, quiet, json } = settings
  const routes = parseRoutes(settings.route)
  for (const route of routes) assertElsewhere(route.app, settings.port, settings.portFrom)
  const { ory, url, network, terminal } = await serve({
    settings,
    app,
    https,
    publishUrl,
    names: routes.flatMap(({ host }) => host ?? []),
    serving(ory, watch, { logger }) {
      const { trustForwarded, publicUrl } = ory.options
      const isSecure = https || publicUrl?.protocol === 'https:'
      const watchPage = isSecure && { watchPage: ory.watchPage }
      const rules = { rewriteHost, trustForwarded, logger, onError: answerError, ...watchPage }
      const forwarder = createForwarderToApps(app, routes, rules)
      return {
        onRequest(req, res) {
          watch.request(req, res)
          ory.middleware(req, res, () => forwarder.request(req, res))
        },
        onUpgrade(req, socket, head) {
          watch.upgraded(req)
          forwarder.upgrade(req, socket, head)
        },
        close: forwarder.close,
      }
    },
  })
  const apart = jarWarning(routes, ory.options.cookieDomain)
  if (apart !== undefined) terminal.logger.warn(apart)
  const started = { url, network, app, routes, ory }
  terminal.started({ facts: localFacts(started), banner: localBanner(started) })
  await openBrowser(url, quiet || json ? (open ?? false) : open)
}
