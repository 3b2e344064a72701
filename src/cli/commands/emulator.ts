import { Command } from 'commander'
import { checked } from '../../options/check.js'
import { KINDS } from '../../options/kinds.js'
import type { EmulatorFlags } from '../actions/serve-emulator.js'

const portOf =
  (flag: string) =>
  (text: string): number =>
    checked('port', KINDS.port.fromText(text) as number, flag)

const hosts = (text: string): string[] =>
  checked('allowedHosts', KINDS.hosts.fromText(text) as string[], '--allowed-hosts')

/** Several flags, or one with commas in it, as Kratos takes them. */
const addFiles = (text: string, before: string[] = []): string[] => [...before, ...text.split(',')]

/** `ory-proxy emulator`: the emulator alone, where Kratos would be. */
export function emulatorCommand(): Command {
  return new Command('emulator')
    .summary('serve the Ory emulator alone')
    .description("Serves Kratos' public API and admin API in memory, for tests and offline work.")
    .option('--port <number>', 'public API (default: as configured, else 4433)', portOf('--port'))
    .option('--admin-port <number>', 'admin API (default: as configured, else 4434)', portOf('--admin-port'))
    .option('--host <address>', 'address to listen on; beyond this machine your network gets in', '127.0.0.1')
    .option(
      '--admin-host <address>',
      'address of the admin API (default: --host on this machine, else 127.0.0.1)',
    )
    .option(
      '--allowed-hosts <names>',
      "names it answers to besides this machine's and the configured ones",
      hosts,
    )
    .option('-c, --config <file>', "Kratos' own; several are laid over one another", addFiles)
    .option('--seed <file>', "people to begin with, in Kratos' import shape")
    .option('--import <file>', 'read the state from this file at the start')
    .option('--export <file>', 'write the state to this file at the end')
    .option(
      '--call-host <host>',
      'host beside this machine that web hooks and the courier may call',
      addFiles,
    )
    .option('-q, --quiet', 'say nothing but errors')
    .option('--json', 'JSON lines on standard output, for scripts')
    .addHelpText('after', '\nExample: ory-proxy emulator --config kratos.yml')
    .action(async (flags: EmulatorFlags) => {
      const { serveEmulator } = await import('../actions/serve-emulator.js')
      await serveEmulator(flags)
    })
}
