import { execFile, spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify, stripVTControlCharacters } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))
const apps = join(root, 'test/ecosystem/testing')

/** A project that has nothing of ours but the packages as they are published, and a folder for each recipe in it. */
export interface FreshProject {
  /** Writes a recipe: an app of `test/ecosystem/testing`, and what docs/testing.md shows below these headings. */
  recipe(name: string, headings: readonly string[], more?: Readonly<Record<string, string>>): Promise<string>
  remove(): Promise<void>
}

/** Installs the runners that the lock file names, and then ory-proxy and ory-proxy-verify from their tarballs. */
export async function freshProject(): Promise<FreshProject> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'ory-proxy-recipes-')))
  for (const file of ['package.json', 'package-lock.json']) await cp(join(apps, file), join(folder, file))
  // What packages run after they are installed is nothing that a recipe uses; Cypress' would fetch its binary.
  await npm(folder, 'ci', '--ignore-scripts', '--prefer-offline')
  const ours = [root, join(root, 'packages/verify')]
  const packed = await npm(root, 'pack', ...ours, '--json', '--ignore-scripts', '--pack-destination', folder)
  const tarballs = (JSON.parse(packed) as { filename: string }[]).map(({ filename }) =>
    join(folder, filename),
  )
  await npm(folder, 'install', '--no-save', '--ignore-scripts', '--prefer-offline', ...tarballs)
  const page = await readFile(join(root, 'docs/testing.md'), 'utf8')
  return {
    async recipe(name, headings, more = {}) {
      const own = join(folder, name)
      await mkdir(own)
      await cp(join(apps, name), own, { recursive: true }).catch(() => {}) // most have no app
      const shown = Object.assign({}, ...headings.map(heading => filesBelow(page, heading)))
      const manifest = JSON.stringify({ name, private: true, type: 'module' })
      const files = { 'package.json': manifest, ...shown, ...more }
      for (const [file, text] of Object.entries<string>(files)) {
        await mkdir(dirname(join(own, file)), { recursive: true })
        await writeFile(join(own, file), text)
      }
      return own
    },
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  }
}

async function npm(cwd: string, ...args: string[]): Promise<string> {
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error']
  const options = { cwd, shell: process.platform === 'win32', maxBuffer: 64 * 1024 * 1024 }
  return (await promisify(execFile)('npm', [...args, ...quiet], options)).stdout
}

/** The blocks of code between that heading and the next one, by the names in their first lines. */
export function filesBelow(page: string, heading: string): Record<string, string> {
  const section = new RegExp(`^#+ ${heading}\\n([\\s\\S]*?)(?=^#+ |(?![\\s\\S]))`, 'm').exec(page)?.[1]
  if (section === undefined) throw new Error(`docs/testing.md has no "${heading}"`)
  const blocks = section.matchAll(/```\w+\n\/\/ (\S+\.\w+)\n([\s\S]*?)```/g)
  return Object.fromEntries([...blocks].map(([, file, code]) => [file!, code!]))
}

/** The app of docs/recipes, exported, without the line that listens. */
export async function appOf(recipe: string): Promise<string> {
  const page = await readFile(join(root, `docs/recipes/${recipe}.md`), 'utf8')
  const code = /```js\n\/\/ server\.mjs\n([\s\S]*?)```/.exec(page)?.[1]?.trimEnd()
  const listens = code?.lastIndexOf('\n\n') ?? -1
  if (!code || !/listen|serve/.test(code.slice(listens)))
    throw new Error(`no app in docs/recipes/${recipe}.md`)
  return `${code.slice(0, listens).replace("import { serve } from '@hono/node-server'\n", '').replace('const app', 'export const app')}\n`
}

/** Runs a script of a package there; its output, and how it ended. */
export async function runIn(
  cwd: string,
  script: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
) {
  const {
    VITEST: _ours,
    NODE_ENV: _too,
    ORY_JWKS_URL: _none,
    NODE_OPTIONS: _options,
    ...others
  } = process.env
  const file = join(dirname(cwd), 'node_modules', script)
  const child = spawn(process.execPath, [...(script === '' ? [] : [file]), ...args], {
    cwd,
    env: { ...others, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (output += chunk))
  const code = await new Promise(resolve => child.once('close', resolve))
  return { code, output: stripVTControlCharacters(output) }
}
