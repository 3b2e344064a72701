import { Argument, Command, type Help, type Option } from 'commander'
import { OPTIONS, type OptionName } from '../../options/table.js'
import { defaultOf } from '../commands/flags.js'

/** Columns of the terminal that help is made for; `--help` fits its 24 lines too. */
export const WIDTH = 80
/** Columns where every flag has its line. */
const WIDE = 110
const GROUP_WIDTH = 11
const FLAG_WIDTH = 25

const rowOf = (option: Option) => OPTIONS[option.attributeName() as OptionName]

/** Help of many flags on one screen: the usual ones have a line each, the others only their names. */
export function screenHelp(command: Command, helper: Help): string {
  const options = helper.visibleOptions(command)
  const groups = helper.groupItems([], options, option => rowOf(option)?.group ?? 'Terminal')
  return [
    `Usage: ${helper.commandUsage(command)}`,
    '',
    helper.commandDescription(command),
    '',
    ...[...groups].flatMap(([group, members]) => groupLines(group, members)),
    `${'More'.padEnd(GROUP_WIDTH)}ory-proxy help ${command.name()}: every flag explained`,
    '',
  ].join('\n')
}

function groupLines(group: string, options: readonly Option[]): string[] {
  const usual = options.filter(option => rowOf(option)?.usual)
  const others = options.filter(option => !usual.includes(option))
  const lines = [...usual.map(explained), ...wrapped(others.map(namesOf))]
  return lines.map((line, i) => (i === 0 ? group : '').padEnd(GROUP_WIDTH) + line)
}

function explained(option: Option): string {
  const [preset] = defaultOf(option.attributeName() as OptionName)
  return option.flags.padEnd(FLAG_WIDTH) + rowOf(option).help + (preset ? ` (${preset})` : '')
}

const namesOf = ({ short, long }: Option): string => [short, long].filter(Boolean).join(' ')

function wrapped(words: readonly string[]): string[] {
  const lines: string[] = []
  for (const word of words) {
    const longer = `${lines.at(-1) ?? ''} ${word}`.trim()
    if (longer.length > WIDTH - GROUP_WIDTH) lines.push(word)
    else lines.splice(-1, 1, longer)
  }
  return lines
}

/** `ory-proxy help local`: a line for every flag, as commander lays it out. */
export function helpCommand(program: Command): Command {
  const named = new Map(program.commands.flatMap(c => [c.name(), ...c.aliases()].map(name => [name, c])))
  return new Command('help')
    .summary('explain every flag of a command')
    .description('Explains every flag of a command.')
    .addArgument(new Argument('[command]').choices([...named.keys()]))
    .action((name: string | undefined) => {
      const command = named.get(name ?? '') ?? program
      command.configureHelp({ helpWidth: WIDE }).outputHelp()
    })
}
