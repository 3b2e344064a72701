import { Command } from 'commander'
import type { OptionName } from '../../options/table.js'
import type { ExportCommandFlags } from '../actions/run-export.js'
import { addFlags } from './flags.js'
import { resolveSettings } from './settings.js'

/** What a gateway does like the dev server. */
export const GATEWAY_FLAGS: readonly OptionName[] = [
  'sdkUrl',
  'project',
  'apiEndpoint',
  'config',
  'protect',
  'sessionCache',
  'cookieDomain',
  'allowedCorsOrigins',
  'additionalCorsHeaders',
]

/** `ory-proxy export <engine>`: the same contract for staging and production. */
export function exportCommand(): Command {
  const command = new Command('export')
    .summary('write the configuration of a gateway for staging and production')
    .description(
      'Writes a folder from which a gateway does in production what ory-proxy does in\ndevelopment: the same header, claims, keys and paths, for the same settings.',
    )
    .argument('<engine>', 'nginx, envoy, envoy-ext-authz, haproxy, oathkeeper or kubernetes')
  return addFlags(command, GATEWAY_FLAGS)
    .option('--app <url>', 'where your app listens, as the gateway sees it')
    .option('--public-url <url>', 'the address people type')
    .option('--ory-domain', 'Ory has a domain of its own: /.ory is not on the app’s origin')
    .option('--out <folder>', 'where to write (default: the engine’s name)')
    .option('--force', 'overwrite what is there')
    .addHelpText(
      'after',
      '\nExample: ory-proxy export nginx --sdk-url http://kratos:4433 --app http://app:3000 --public-url https://app.example.com',
    )
    .action(async (engine: string, flags: ExportCommandFlags) => {
      const { runExport } = await import('../actions/run-export.js')
      await runExport(engine, flags, resolveSettings(command))
    })
}
