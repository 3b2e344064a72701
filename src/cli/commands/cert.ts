import { Command } from 'commander'
import { checked } from '../../options/check.js'
import { KINDS } from '../../options/kinds.js'
import type { CommandResult } from '../../tls/commands.js'

interface CertFlags {
  readonly allowedHosts?: readonly string[]
  readonly system?: boolean
  readonly pem?: boolean
}

/** `ory-proxy cert status|path|install|uninstall`: the certificate for local https and who trusts it. */
export function certCommand(): Command {
  const parent = new Command('cert')
    .summary('the certificate for local https')
    .description('Shows, trusts or removes the certificate that `local` and `tunnel` serve with.')
    .helpCommand(false)
    .addHelpText('after', '\nExample: ory-proxy cert status')
  const load = () => import('../../tls/commands.js')
  sub(parent, 'status', 'say what there is and who trusts it').action(
    async ({ allowedHosts = [] }: CertFlags) =>
      print(await (await load()).certStatus({ hosts: allowedHosts })),
  )
  sub(parent, 'path', 'print the file for NODE_EXTRA_CA_CERTS and curl --cacert')
    .option('--pem', 'print the certificate itself, for a store that takes it by hand')
    .action(async ({ allowedHosts = [], pem = false }: CertFlags) => {
      const result = await (await load()).certPath({ hosts: allowedHosts, pem })
      // Its output goes into NODE_EXTRA_CA_CERTS: a sentence would be taken for a file.
      print(result, result.exitCode === 0 ? process.stdout : process.stderr)
    })
  sub(parent, 'install', "make it, and trust it in the user's own browsers")
    .option('--system', 'trust it in the whole system too (Linux, as root)')
    .action(async ({ allowedHosts = [], system = false }: CertFlags) =>
      print(await (await load()).certInstall({ hosts: allowedHosts, system })),
    )
  sub(parent, 'uninstall', 'take it out of every store and delete it').action(async () =>
    print(await (await load()).certUninstall()),
  )
  return parent
}

function sub(parent: Command, name: string, summary: string): Command {
  return parent
    .command(name)
    .description(summary)
    .addHelpText('after', `\nExample: ory-proxy cert ${name}`)
    .option('--allowed-hosts <names>', 'its further host names, as given to `local`', (text: string) =>
      checked('allowedHosts', KINDS.hosts.fromText(text) as string[], '--allowed-hosts'),
    )
}

function print({ text, exitCode }: CommandResult, to: NodeJS.WriteStream = process.stdout): void {
  to.write(`${text}\n`)
  process.exitCode = exitCode
}
