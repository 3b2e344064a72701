/** What can be typed: a file a command, and one that serves it. */
import { Command, Option } from 'commander'
import type { OptionName } from '../../options/table.js'
import { screenHelp } from '../terminal/help.js'
import { parseAppUrl, parsePublishUrl } from './app-url.js'
import { addFlags } from './flags.js'
import { resolveSettings } from './settings.js'

/** Everything but what is for a tunnel's or an emulator's own command; `publicUrl` is the second argument. */
export const LOCAL_FLAGS: readonly OptionName[] = [
  'sdkUrl',
  'project',
  'workspace',
  'apiEndpoint',
  'consoleApiEndpoint',
  'apiKeyExpiry',
  'seed',
  'config',
  'port',
  'host',
  'allowedHosts',
  'https',
  'dontInstallCert',
  'tlsCert',
  'tlsKey',
  'certProvider',
  'trustForwarded',
  'jwt',
  'tokenizeAs',
  'sessionCache',
  'protect',
  'passAuthorization',
  'keyFile',
  'defaultRedirectUrl',
  'cookieDomain',
  'allowedCorsOrigins',
  'additionalCorsHeaders',
  'rewriteHost',
  'route',
  'panel',
  'open',
  'quiet',
  'yes',
  'debug',
  'json',
]

/** `ory-proxy local <application-url>`: the proxy in front of any app. */
export function localCommand(): Command {
  const command = new Command('local')
    .alias('proxy')
    .summary('put Ory in front of an app')
    .description('Serves your app and Ory on one origin: /.ory is Ory, the rest is your app.')
    .argument('<application-url>', 'your app, like http://localhost:3000 or just 3000', parseAppUrl)
    .argument('[publish-url]', 'the address people type, when it is another one', parsePublishUrl)
  return addFlags(command, LOCAL_FLAGS)
    .addOption(new Option('--dev').hideHelp()) // `ory proxy` takes it and does nothing with it
    .configureHelp({ formatHelp: screenHelp })
    .addHelpText('after', '\nExample: ory-proxy local http://localhost:3000')
    .action(async (app: string, publishUrl: string | undefined) => {
      const settings = resolveSettings(command)
      const { serveLocal } = await import('../actions/serve-local.js')
      await serveLocal(new URL(app), publishUrl, settings)
    })
}
