#!/usr/bin/env node
import { createRequire } from 'node:module'
import { Command, CommanderError } from 'commander'
import { emulatorCommand } from './cli/emulator.js'
import { localCommand } from './cli/local.js'
import { OryProxyError } from './errors.js'

const USAGE = 2

/** Runs the command line and says in one line what is wrong with it. */
async function main(argv: readonly string[]): Promise<void> {
  const { version } = createRequire(import.meta.url)('../package.json') as { version: string }
  const program = new Command('ory-proxy')
    .description('Ory inside your dev server: sign-in, sessions and a verified JWT on one origin.')
    .version(version)
    .addCommand(localCommand(), { isDefault: false })
    .addCommand(emulatorCommand())
    .exitOverride()
  for (const command of program.commands) command.exitOverride()
  try {
    await program.parseAsync(argv)
  } catch (error) {
    process.exitCode = explain(error)
  }
}

/** Writes the one line; returns the exit code. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE // commander has written its line
  if (error instanceof OryProxyError) {
    process.stderr.write(`ory-proxy: ${error.message} ${error.hint}\n`)
    return error.exit
  }
  process.stderr.write(`ory-proxy: ${error instanceof Error ? error.message : String(error)}\n`)
  return 1
}

void main(process.argv)
