import { Command } from 'commander'
import { checked } from '../../options/check.js'
import { KINDS } from '../../options/kinds.js'
import type { CheckFlags } from '../actions/run-check.js'

const number = (kind: 'port' | 'seconds', name: 'port' | 'sessionCache', flag: string) => (text: string) =>
  checked(name, KINDS[kind].fromText(text) as number, flag)

/** `ory-proxy check <url>`: does a gateway keep the contract of development? */
export function checkCommand(): Command {
  return new Command('check')
    .summary('ask a gateway whether it does what the dev server does')
    .description(
      'Asks whatever answers at an address the questions of the contract, from outside:\n' +
        'keys, JWT, forged headers, foreign pages, sockets, streams, gate, CORS. Signs\n' +
        'in and out, as somebody who is there for that. Exits with 0 when every answer\n' +
        'is yes, with 1 when one is no, with 2 when nothing answers.',
    )
    .argument('<url>', 'the address people type, of staging or of a dev server', (text: string) =>
      checked('publicUrl', text, 'url'),
    )
    .option(
      '--app-port <number>',
      'play the app on this port; point the gateway at it',
      number('port', 'port', '--app-port'),
    )
    .option('--app-host <address>', 'where the app listens (default: 127.0.0.1)')
    .option('--echo <path>', 'an endpoint of your app that answers {"method","url","headers"} instead')
    .option('--prefix <path>', 'where the gateway has the app, when not at its root')
    .option('--user <email>', 'who signs in, by password (default: alice@example.com on this machine)')
    .option('--second-user <email>', 'and another one (default: bob@example.com on this machine)')
    .option('--protect <path>', 'a path behind the gate, like /members')
    .option('--cors-origin <url>', 'an origin whose pages may read answers')
    .option(
      '--session-cache <seconds>',
      'how long the gateway believes whoami (default: 10)',
      number('seconds', 'sessionCache', '--session-cache'),
    )
    .option('--json', 'one JSON object on standard output, for scripts')
    .addHelpText(
      'after',
      '\nTheir passwords: ORY_PROXY_CHECK_PASSWORD, for both.\nExample: ory-proxy check https://staging.example.com --app-port 3000 --user probe@example.com',
    )
    .action(async (url: string, flags: CheckFlags) => {
      const { runCheck } = await import('../actions/run-check.js')
      await runCheck(new URL(url), flags)
    })
}
