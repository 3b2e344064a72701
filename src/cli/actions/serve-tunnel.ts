import { OryProxyError } from '../../errors.js'
import { answerError } from '../../middleware/answer.js'
import type { Settings } from '../commands/settings.js'
import { serve } from '../server/serve.js'
import { tunnelBanner, tunnelFacts } from '../terminal/banner.js'

/** `ory-proxy tunnel`: Ory alone, at the root of a port beside the app's. */
export async function serveTunnel(
  app: URL,
  publishUrl: string | undefined,
  settings: Settings,
): Promise<void> {
  const { ory, url, network, terminal } = await serve({
    settings,
    app,
    https: settings.https && app.protocol === 'https:', // cookies are not shared between http and https (Schemeful Same-Site)
    publishUrl,
    options: { jwt: false },
    context: { tunnelFor: app.origin },
    serving: (ory, watch) => ({
      onRequest(req, res) {
        watch.request(req, res)
        ory.middleware(req, res, () => answerError(req, res, NOTHING_BEHIND))
      },
    }),
  })
  const started = { url, network, app, ory }
  terminal.started({ facts: tunnelFacts(started), banner: tunnelBanner(started) })
}

/** Everything is Ory's here; what is no path is refused before. */
const NOTHING_BEHIND = new OryProxyError('ORY_PROXY_BAD_REQUEST', 'A tunnel has no app behind it.')
