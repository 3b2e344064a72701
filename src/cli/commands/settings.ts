import type { Command } from 'commander'
import { checked } from '../../options/check.js'
import { fromEnvironment, type Surroundings } from '../../options/resolve.js'
import { readSettingsFile, type SettingsFile } from '../../options/settings-file.js'
import { type CommandOptions, OPTIONS, type OptionName } from '../../options/table.js'
import type { OryOptions } from '../../options/types.js'

/** Defaults of what only the command has. */
export const COMMAND_DEFAULTS: Readonly<Record<string, unknown>> = { port: 4000, host: '127.0.0.1' }

/** What may be written, as a flag or in a file. */
type Written = CommandOptions & OryOptions

/** What a command runs with: flag, else environment, else file, else default. */
export interface Settings {
  readonly port: number
  /** What said so; undefined for the default. */
  readonly portFrom: string | undefined
  readonly host: string
  readonly https: boolean
  readonly dontInstallCert: boolean
  readonly tlsCert: string | undefined
  readonly tlsKey: string | undefined
  readonly certProvider: 'own' | 'devcert' | undefined
  readonly rewriteHost: boolean
  /** Further apps, as they were written. */
  readonly route: readonly string[]
  /** Undefined: when somebody is there to see it. */
  readonly open: boolean | undefined
  readonly quiet: boolean
  readonly json: boolean
  /** The library asks for itself; here it decides whether its lines are shown. */
  readonly debug: boolean
  /** For {@link startOry}: what was given as a flag. */
  readonly options: OryOptions
  readonly surroundings: Surroundings
}

/**
 * @throws {OryProxyError} `ORY_PROXY_BAD_OPTION` for a wrong value, wherever it was written
 */
export function resolveSettings(command: Command, env: NodeJS.ProcessEnv = process.env): Settings {
  const flags = givenFlags(command)
  const file = readSettingsFile(flags.config, env)
  const value = <K extends OptionName>(name: K): Written[K] | undefined => {
    if (flags[name] !== undefined) return flags[name]
    const found = fromEnvironment(name, env)
    if (found) return checked(name, found.value as Written[K], found.source)
    const written = file?.settings[name]
    if (written !== undefined) return checked(name, written, `"${name}" in ${file!.name}`)
    return COMMAND_DEFAULTS[name] as Written[K]
  }
  const port = value('port')!
  return {
    port,
    portFrom: sourceOfPort(flags, file, env),
    host: value('host')!,
    https: value('https') ?? true,
    dontInstallCert: value('dontInstallCert') ?? false,
    tlsCert: value('tlsCert'),
    tlsKey: value('tlsKey'),
    certProvider: value('certProvider'),
    rewriteHost: value('rewriteHost') ?? false,
    route: value('route') ?? [],
    open: value('open'),
    quiet: value('quiet') ?? false,
    json: value('json') ?? false,
    debug: value('debug') ?? false,
    options: libraryOptions(flags, file),
    surroundings: { ownPort: port, ...(file && { file }) },
  }
}

function sourceOfPort(
  flags: Written,
  file: SettingsFile | undefined,
  env: NodeJS.ProcessEnv,
): string | undefined {
  if (flags.port !== undefined) return '--port'
  return fromEnvironment('port', env)?.source ?? (file?.settings.port === undefined ? undefined : file.name)
}

/** Only what was typed: commander's own default of `--no-x` would hide the environment and the file. */
function givenFlags(command: Command): Written {
  const given = Object.entries(command.opts()).filter(
    ([name]) => name in OPTIONS && command.getOptionValueSource(name) === 'cli',
  )
  return Object.fromEntries(given) as Written
}

const isForLibrary = (name: string): boolean => OPTIONS[name as OptionName]?.commandOnly !== true

function libraryOptions({ seed, ...flags }: Written, file: SettingsFile | undefined): OryOptions {
  const options = Object.fromEntries(Object.entries(flags).filter(([name]) => isForLibrary(name)))
  return { ...options, ...(seed !== undefined && { emulator: { ...file?.settings.emulator, seed } }) }
}
