import { Command, Option } from 'commander'
import type { OryOptions } from '../options.js'
import { parseAppUrl, parseList, parsePort, parseSeconds } from './arguments.js'

/** Flags of `ory-proxy local` beside those that are options of the library. */
interface LocalFlags extends OryOptions {
  port: number
  host: string
  https: boolean
  open: boolean
  quiet?: boolean
  rewriteHost?: boolean
}

/** `ory-proxy local <application-url>`: the proxy in front of any app. */
export function localCommand(): Command {
  return new Command('local')
    .alias('proxy')
    .summary('put Ory in front of an app')
    .description('Serves your app and Ory on one origin: /.ory is Ory, everything else is your app.')
    .argument('<application-url>', 'your app, like http://localhost:3000 or just 3000', parseAppUrl)
    .argument('[publish-url]', 'the address people type, when it is not this one')
    .addOption(
      new Option('--port <number>', 'port to listen on').default(4000).env('PORT').argParser(parsePort),
    )
    .option('--host <name>', 'address to listen on', '127.0.0.1')
    .option('--no-https', 'serve plain http')
    .option('--no-open', 'do not open the browser')
    .option('--no-jwt', 'no session check, no JWT')
    .option('--sdk-url <url>', 'the Ory to talk to (ORY_SDK_URL); without it, the embedded emulator')
    .option('--project <slug-or-id>', 'Ory Network project (ORY_PROJECT)')
    .option('--api-endpoint <url>', 'where Ory Network lives; alone: the Ory to talk to')
    .option('--console-api-endpoint <url>', "where Ory Network's console lives")
    .option('--default-redirect-url <url>', "where people go instead of Ory's welcome page")
    .option('--cookie-domain <domain>', "domain of Ory's cookies")
    .option('--allowed-hosts <names>', 'more host names to answer to', parseList)
    .option('--session-cache <seconds>', 'how long an answer of whoami is believed', parseSeconds)
    .option('--pass-authorization', "hand on a client's own Authorization when nobody is signed in")
    .option('--rewrite-host', "tell the app its own host name instead of the browser's")
    .option('--key-file <path>', 'where the signing key is kept')
    .option('--debug', 'say for each request who it is and why')
    .option('-q, --quiet', 'say nothing but errors')
    .addHelpText('after', '\nExample:\n  $ ory-proxy local http://localhost:3000\n')
    .action(async (app: string, publishUrl: string | undefined, flags: LocalFlags) => {
      const { serveLocal } = await import('./serve-local.js')
      await serveLocal(new URL(app), publishUrl, flags)
    })
}

export type { LocalFlags }
