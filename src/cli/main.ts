import module from 'node:module'
import { Command, CommanderError } from 'commander'
import { startLine } from '../common/one-line.js'
import { ownVersion } from '../common/version.js'
import { OryProxyError } from '../errors.js'
import { exampleOf } from '../options/check.js'
import { flagOf, OPTIONS, type OptionName } from '../options/table.js'
import { certCommand } from './commands/cert.js'
import { checkCommand } from './commands/check.js'
import { doctorCommand } from './commands/doctor.js'
import { emulatorCommand } from './commands/emulator.js'
import { exportCommand } from './commands/export.js'
import { initCommand } from './commands/init.js'
import { jsonnetCommand } from './commands/jsonnet.js'
import { localCommand } from './commands/local.js'
import { rehearseCommand } from './commands/rehearse.js'
import { tunnelCommand } from './commands/tunnel.js'
import { helpCommand, WIDTH } from './terminal/help.js'

const USAGE = 2

// From Node 22 on, what was compiled at the last start is read instead of compiled again.
;(module as { enableCompileCache?: () => void }).enableCompileCache?.()

/** Runs the command line and says in one line what is wrong with it. */
export async function main(argv: readonly string[]): Promise<void> {
  const version = ownVersion()
  const program = new Command('ory-proxy')
    .description('Ory inside your dev server: sign-in, sessions and a verified JWT on one origin.')
    .version(version)
    .addHelpText('after', '\nExample: ory-proxy local http://localhost:3000')
    .helpCommand(false)
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {}) // whoever read our lines is gone
  for (const command of [
    initCommand(),
    localCommand(),
    tunnelCommand(),
    emulatorCommand(),
    exportCommand(),
    rehearseCommand(),
    checkCommand(),
    certCommand(),
    doctorCommand(),
    jsonnetCommand(),
  ]) {
    program.addCommand(command)
  }
  program.addCommand(helpCommand(program))
  settle(program)
  try {
    await program.parseAsync(argv)
  } catch (error) {
    process.exitCode = explain(error)
  }
}

/** Ways of speaking that all commands share. */
function settle(command: Command): void {
  command
    .exitOverride()
    .configureHelp({ helpWidth: WIDTH, subcommandTerm: nameOf, ...command.configureHelp() })
    .helpOption('-h, --help', 'show this')
    .configureOutput({ outputError: (text, write) => write(`ory-proxy: ${oneLine(text, command)}\n`) })
  command.commands.forEach(settle)
}

const nameOf = (command: Command): string => [command.name(), ...command.aliases()].join('|')

/** What commander says, and for the commonest slips what would be right. */
function oneLine(text: string, command: Command): string {
  const line = text
    .replace(/^error: /, '')
    .replaceAll('\n(', ' (')
    .trimEnd()
  const flag = /^option '(--[\w-]+) <.*' argument missing/.exec(line)?.[1]
  const name = (Object.keys(OPTIONS) as OptionName[]).find(known => flagOf(known) === flag)
  if (name) return `${flag} needs a value: ${exampleOf(name)}.`
  if (line.includes("missing required argument 'application-url'"))
    return 'Where is your app? Say it like: ory-proxy local http://localhost:3000'
  const app = /^unknown command '(\d+|https?:\/\/\S+|localhost:\d+)'/.exec(line)?.[1]
  if (app !== undefined) return `${line} (Did you mean: ory-proxy local ${app})`
  return line.endsWith(')') ? line : `${line.replace(/\.$/, '')} (see: ory-proxy ${nameBelow(command)}--help)`
}

/** The words of a command behind our own name, each with a space behind it. */
const nameBelow = (command: Command): string =>
  command.parent ? `${nameBelow(command.parent)}${command.name()} ` : ''

/** Writes the one line; returns the exit code. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE // commander has written its line
  if (error instanceof OryProxyError) {
    process.stderr.write(`${startLine(error)}\n`)
    return error.exit
  }
  process.stderr.write(`ory-proxy: ${error instanceof Error ? error.message : String(error)}\n`)
  return 1
}
