import { type Command, Option } from 'commander'
import { checked } from '../../options/check.js'
import { KINDS } from '../../options/kinds.js'
import { DEFAULTS } from '../../options/resolve.js'
import { flagOf, GROUPS, OPTIONS, type OptionName } from '../../options/table.js'
import { COMMAND_DEFAULTS } from './settings.js'

/** The word for a value in `--help`. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  url: 'url',
  seconds: 'seconds',
  port: 'number',
  hosts: 'names',
  origins: 'urls',
  headers: 'names',
  paths: 'paths',
  routes: 'rule',
  domain: 'domain',
}

/** Gives a command the flags of these settings, as the one table has them. */
export function addFlags(command: Command, names: readonly OptionName[]): Command {
  for (const group of GROUPS) {
    for (const name of names.filter(n => OPTIONS[n].group === group)) {
      for (const option of optionsFor(name)) command.addOption(option.helpGroup(`${group}:`))
    }
  }
  return command
}

function optionsFor(name: OptionName): Option[] {
  const { kind, on } = OPTIONS[name]
  const flag = flagOf(name)
  if (kind !== 'switch') return [valued(name, flag)]
  if (!on) return [new Option(SHORT[name] ? `${SHORT[name]}, ${flag}` : flag, helpOf(name))]
  return [new Option(flag.replace('--', '--no-'), helpOf(name)), new Option(flag).hideHelp()]
}

const SHORT: Readonly<Partial<Record<OptionName, string>>> = { quiet: '-q', yes: '-y' }

function valued(name: OptionName, flag: string): Option {
  const { kind } = OPTIONS[name]
  const word = PLACEHOLDERS[kind] ?? (VALUE_WORDS[name] || 'text')
  const { fromText } = KINDS[kind]
  return new Option(`${flag} <${word}>`, helpOf(name)).argParser((text, before: unknown) => {
    const value = checked(name, fromText(text), flag)
    return Array.isArray(value) && Array.isArray(before) ? [...before, ...value] : value // lists add up
  })
}

const VALUE_WORDS: Readonly<Partial<Record<OptionName, string>>> = {
  project: 'slug-or-id',
  workspace: 'id',
  seed: 'file',
  config: 'file',
  host: 'address',
  tlsCert: 'file',
  tlsKey: 'file',
  certProvider: 'name',
  keyFile: 'file',
}

function helpOf(name: OptionName): string {
  const { help, env } = OPTIONS[name]
  const notes = [...(env ? [env[0]!] : []), ...defaultOf(name)]
  return notes.length > 0 ? `${help} (${notes.join(', ')})` : help
}

/** A default that is worth a word: `default: 4000`. */
export function defaultOf(name: OptionName): [] | [string] {
  const preset = { ...DEFAULTS, ...COMMAND_DEFAULTS }[name as string]
  const told = !OPTIONS[name].on && preset !== undefined && preset !== false && !Array.isArray(preset)
  return told ? [`default: ${preset}`] : []
}
