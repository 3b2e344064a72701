import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, resolve } from 'node:path'
import { hasComments } from '../common/comments.js'
import { rejectUnknown } from '../common/spelling.js'
import { OryProxyError } from '../errors.js'
import { printable } from '../log.js'
import { type CommandOptions, OPTIONS } from './table.js'
import type { OryOptions } from './types.js'

/** A project's settings, read. */
export interface SettingsFile {
  readonly name: string
  readonly settings: CommandOptions & OryOptions
}

const VARIABLE = OPTIONS.config.env![0]!

/** Looked for where no file is named. */
const USUAL = ['ory-proxy.yml', 'ory-proxy.yaml', 'ory-proxy.json']

/**
 * The settings file, YAML or JSON, with the options' names.
 *
 * `ory proxy` knows `--config` as the path of the Ory CLI's own file: of such a file the selected project
 * counts, and its credentials are not looked at. `ory-proxy emulator` knows it as Kratos' own configuration, which is
 * the emulator's here, too.
 *
 * @param config the user's choice; without it that of the environment, or one of the usual names, if there is one
 * @param root the project's folder
 * @throws {OryProxyError} `ORY_PROXY_BAD_OPTION` when it cannot be read or holds what we do not know
 */
export function readSettingsFile(
  config: string | undefined,
  env: NodeJS.ProcessEnv,
  root = '.',
): SettingsFile | undefined {
  const path = config || env[VARIABLE] || usualFile(root)
  if (path === undefined) return undefined
  const name = printable(basename(path))
  const content = parse(read(resolve(root, path), path), name)
  if (content === null || content === undefined) return { name, settings: {} }
  if (typeof content !== 'object' || Array.isArray(content)) throw bad(`${name} holds no settings.`)
  if (isOryCliFile(content)) return { name, settings: selectedProject(content) }
  if (isKratosFile(content)) return { name, settings: { emulator: { config: resolve(root, path) } } }
  try {
    rejectUnknown(content, Object.keys(OPTIONS), '')
  } catch (error) {
    throw bad(`${name}: ${(error as Error).message}`)
  }
  return { name, settings: withPaths(dirname(resolve(root, path)), withSeed(content)) }
}

/** Of two, whichever counted, somebody would edit the other one in vain. */
function usualFile(root: string): string | undefined {
  const [first, second] = USUAL.filter(file => existsSync(resolve(root, file)))
  if (second !== undefined) throw bad(`Both ${first} and ${second} are there: keep one of them.`)
  return first
}

/** The command has `--seed`; everywhere else, people are a setting of the emulator. */
function withSeed({ seed, ...settings }: CommandOptions & OryOptions): SettingsFile['settings'] {
  return seed === undefined ? settings : { ...settings, emulator: { seed, ...settings.emulator } }
}

/** A path, or a list of them; what is none stays as it is. */
function from(folder: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map(one => from(folder, one))
  return typeof value === 'string' ? resolve(folder, value) : value
}

/** A path in a file is meant from where the file is, wherever a dev server was started. */
function withPaths(folder: string, settings: SettingsFile['settings']): SettingsFile['settings'] {
  const moved = <T>(values: T, names: readonly string[]): T => {
    const paths = Object.entries(values as object).filter(([name]) => names.includes(name))
    return { ...values, ...Object.fromEntries(paths.map(([name, path]) => [name, from(folder, path)])) }
  }
  const { emulator } = settings
  const isPlain = typeof emulator === 'object' && emulator !== null
  return moved(
    isPlain ? { ...settings, emulator: moved(emulator, ['config', 'seed', 'import', 'export']) } : settings,
    ['keyFile', 'tlsCert', 'tlsKey'],
  )
}

const bad = (message: string): OryProxyError => new OryProxyError('ORY_PROXY_BAD_OPTION', message)

function read(path: string, named: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw bad(
      `The settings file ${printable(named)} cannot be read (${(error as NodeJS.ErrnoException).code}).`,
    )
  }
}

/** The YAML reader is loaded here only: most starts have no file. JSON is YAML. */
function parse(text: string, name: string): unknown {
  const { parse: parseYaml } = createRequire(import.meta.url)('yaml') as typeof import('yaml')
  try {
    return parseYaml(text)
  } catch (error) {
    if (name.endsWith('.json') && hasComments(text))
      throw bad(`${name} cannot be read: JSON has no comments. Take them out, or call it ory-proxy.yml.`)
    throw bad(
      `${name} cannot be read: ${printable((error as Error).message.split('\n', 1)[0]!.replace(/:$/, '.'))}`,
    )
  }
}

function isOryCliFile(content: object): boolean {
  return 'session_identity_traits' in content || 'selected_project' in content || 'session_token' in content
}

/** None of our options is called so. */
const isKratosFile = (content: object): boolean => 'selfservice' in content || 'identity' in content

function selectedProject(content: object): OryOptions {
  const { selected_project: project } = content as { selected_project?: unknown }
  return typeof project === 'string' && !/^0[0-]*0$/.test(project) ? { project } : {}
}
