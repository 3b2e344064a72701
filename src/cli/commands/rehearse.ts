import { Command } from 'commander'
import type { OptionName } from '../../options/table.js'
import type { RehearseFlags } from '../actions/serve-rehearsal.js'
import { parseAppUrl } from './app-url.js'
import { GATEWAY_FLAGS } from './export.js'
import { addFlags } from './flags.js'
import { resolveSettings } from './settings.js'

const FLAGS: readonly OptionName[] = [...GATEWAY_FLAGS, 'port', 'seed']

/** `ory-proxy rehearse <engine> [application-url]`: production's gateway on this machine. */
export function rehearseCommand(): Command {
  const command = new Command('rehearse')
    .summary('run an app behind the gateway of production, on this machine')
    .description(
      'Starts the real engine from the folder that `export` writes, in front of your\n' +
        'app, with the emulator or the Ory you name behind it, on one port: for the\n' +
        "app's own end-to-end tests. Without an app, one that tells what it received.",
    )
    .argument('<engine>', 'nginx, envoy, envoy-ext-authz, haproxy or oathkeeper')
    .argument('[application-url]', 'your app, like http://localhost:3000 or just 3000', parseAppUrl)
  return addFlags(
    command,
    FLAGS.filter((name, i) => FLAGS.indexOf(name) === i),
  )
    .option('--workers <number>', 'gateways behind the one port, with one key set (default: 1)', workers)
    .addHelpText('after', '\nExample: ory-proxy rehearse nginx 3000 --workers 2')
    .action(async (engine: string, app: string | undefined, flags: RehearseFlags) => {
      const { serveRehearsal } = await import('../actions/serve-rehearsal.js')
      await serveRehearsal(
        engine,
        app === undefined ? undefined : new URL(app),
        flags,
        resolveSettings(command),
      )
    })
}

/** Not a number is refused where it is used. */
const workers = (text: string): number => Number(text)
