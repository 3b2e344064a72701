import { Command } from 'commander'
import type { OptionName } from '../../options/table.js'
import { screenHelp } from '../terminal/help.js'
import { parseAppUrl, parsePublishUrl } from './app-url.js'
import { addFlags } from './flags.js'
import { LOCAL_FLAGS } from './local.js'
import { resolveSettings } from './settings.js'

/** No app is behind a tunnel: nobody to tell who asks, nothing to open. */
const FOR_AN_APP: readonly OptionName[] = [
  'jwt',
  'tokenizeAs',
  'sessionCache',
  'protect',
  'passAuthorization',
  'keyFile',
  'rewriteHost',
  'open',
]

const FLAGS = LOCAL_FLAGS.filter(name => !FOR_AN_APP.includes(name))

/** `ory-proxy tunnel [<application-url>]`: Ory on an origin beside the app's. */
export function tunnelCommand(): Command {
  const command = new Command('tunnel')
    .summary('put Ory on a port beside an app')
    .description(
      "Serves Ory at the root of a port of its own, for front ends on another origin,\nwith your app's scheme: cookies are not shared between http and https.",
    )
    .argument(
      '[application-url]',
      "your app's address, which may read Ory's answers",
      parseAppUrl,
      'http://localhost:3000',
    )
    .argument(
      '[publish-url]',
      'the address people reach the tunnel at, when it is another one',
      parsePublishUrl,
    )
  return addFlags(command, FLAGS)
    .configureHelp({ formatHelp: screenHelp })
    .addHelpText('after', '\nExample: ory-proxy tunnel http://localhost:3000')
    .action(async (app: string, publishUrl: string | undefined) => {
      const settings = resolveSettings(command)
      const { serveTunnel } = await import('../actions/serve-tunnel.js')
      await serveTunnel(new URL(app), publishUrl, settings)
    })
}
