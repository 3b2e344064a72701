import connect from 'connect'
import { OryProxyError } from '../errors.js'
import { isLoopback } from '../loopback.js'
import { localBanner, localFacts } from './banner.js'
import { openBrowser } from './browser.js'
import { createLazyForwarder } from './lazy-forwarder.js'
import { serve } from './serve.js'
import type { Settings } from './settings.js'

/** `ory-proxy local`: starts the proxy and serves until a signal comes. */
export async function serveLocal(
  app: URL,
  publishUrl: string | undefined,
  settings: Settings,
): Promise<void> {
  const { rewriteHost, https, open, quiet, json } = settings
  refuseCircle(app, settings.port)
  const { ory, url, terminal } = await serve({
    settings,
    https,
    publishUrl,
    serving(ory, watch, { logger }) {
      const { trustForwarded } = ory.options
      const forwarder = createLazyForwarder({ app, rewriteHost, trustForwarded, logger })
      const chain = connect().use(ory.middleware).use(forwarder.request)
      return {
        onRequest(req, res) {
          watch.request(req, res)
          chain(req, res)
        },
        onUpgrade(req, socket, head) {
          watch.upgraded(req)
          forwarder.upgrade(req, socket, head)
        },
        close: forwarder.close,
      }
    },
  })
  const started = { url, app, ory }
  terminal.started({ facts: localFacts(started), banner: localBanner(started) })
  await openBrowser(url, quiet || json ? (open ?? false) : open)
}

/** Pointed at ourselves, one request would ask for the next one for ever. */
function refuseCircle(app: URL, port: number): void {
  const appPort = Number(app.port) || (app.protocol === 'https:' ? 443 : 80)
  if (port === 0 || appPort !== port || !isLoopback(app.hostname)) return
  const message = `The app cannot be at ${app.origin}: that is where ory-proxy is going to listen (--port).`
  throw new OryProxyError('ORY_PROXY_PORT_TAKEN', message)
}
