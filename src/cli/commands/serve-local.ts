import connect from 'connect'
import { answerError } from '../../middleware/answer.js'
import { openBrowser } from '../server/browser.js'
import { createLazyForwarder } from '../server/lazy-forwarder.js'
import { serve } from '../server/serve.js'
import { localBanner, localFacts } from '../terminal/banner.js'
import type { Settings } from './settings.js'

/** `ory-proxy local`: starts the proxy and serves until a signal comes. */
export async function serveLocal(
  app: URL,
  publishUrl: string | undefined,
  settings: Settings,
): Promise<void> {
  const { rewriteHost, https, open, quiet, json } = settings
  const { ory, url, network, terminal } = await serve({
    settings,
    app,
    https,
    publishUrl,
    serving(ory, watch, { logger }) {
      const { trustForwarded } = ory.options
      const forwarder = createLazyForwarder({
        app,
        rewriteHost,
        trustForwarded,
        logger,
        onError: answerError,
      })
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
  const started = { url, network, app, ory }
  terminal.started({ facts: localFacts(started), banner: localBanner(started) })
  await openBrowser(url, quiet || json ? (open ?? false) : open)
}
