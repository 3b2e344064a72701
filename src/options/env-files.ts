import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { OPTIONS } from './table.js'

/** Variables of a project's `.env` files, each with the file it is from. */
export type EnvFiles = Readonly<Record<string, { readonly value: string; readonly file: string }>>

/** Ours alone: `PORT` in there is the app's. */
const NAMES = Object.values(OPTIONS)
  .flatMap(({ env = [] }) => env)
  .filter(name => name.includes('ORY_'))

/**
 * What the `.env` files of a project say about Ory: the same ones, in the same order, as Vite reads, where the later
 * one wins. Nothing but Vite hands them to us, and of Vite we see only what is meant for pages.
 *
 * @param root the folder they are in
 * @param mode what the dev server calls its mode
 */
export function readEnvFiles(root = '.', mode: string = modeOf(process.env)): EnvFiles {
  const files = ['.env', '.env.local', `.env.${mode}`, `.env.${mode}.local`]
  return Object.fromEntries(
    files.flatMap(file => {
      const values = read(join(resolve(root), file))
      return NAMES.flatMap(name => (values[name] ? [[name, { value: values[name], file }] as const] : []))
    }),
  )
}

const modeOf = ({ NODE_ENV }: NodeJS.ProcessEnv): string => NODE_ENV || 'development'

/** One that is not there, or a folder that is called so (a virtual environment of Python), says nothing. */
function read(path: string): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''))
  } catch {
    return {}
  }
}

/** The environment over the files, and what to call a variable in a message. */
export function withEnvFiles(env: NodeJS.ProcessEnv, files: EnvFiles): WithEnvFiles {
  const values = Object.entries(files).map(([name, { value }]) => [name, value])
  return {
    env: { ...Object.fromEntries(values), ...env },
    named: name => (name in env || !files[name] ? name : `${name} in ${files[name].file}`),
  }
}

interface WithEnvFiles {
  readonly env: NodeJS.ProcessEnv
  named(variable: string): string
}
