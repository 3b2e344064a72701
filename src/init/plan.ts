import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { editConfig, type Insertion } from './edit-config.js'
import type { Fit } from './faces.js'
import type { Project } from './project.js'

/** A file as it is and as it would be. */
export interface Change {
  readonly file: string
  /** Empty: it is not there yet. */
  readonly before: string
  readonly after: string
}

/** What would be done, and what is left to the person. */
export interface Plan {
  readonly changes: readonly Change[]
  /** Lines to write where a file is written in a way we do not understand. */
  readonly byHand?: { readonly file: string; readonly lines: readonly string[] }
  /** The file in which it stands already. */
  readonly already?: string
  /** What to type, in its order. */
  readonly next: readonly string[]
}

const INSERTIONS: Readonly<Record<'vite' | 'rsbuild' | 'webpack', Insertion>> = {
  vite: { name: 'ory', from: 'ory-proxy/vite', property: 'plugins' },
  rsbuild: { name: 'ory', from: 'ory-proxy/rsbuild', property: 'plugins' },
  webpack: { name: 'withOry', from: 'ory-proxy/webpack', property: 'devServer' },
}

const SIGN_IN = 'open /.ory/ui/login on its address: people sign in there'

/** The script that starts the command. */
const SCRIPT = 'ory'

/** What to change in a project for the face that fits. Reads, and writes nothing. */
export function planFor(project: Project, fit: Fit): Plan {
  if (fit.face === 'none') return { changes: [], next: [] }
  if (fit.face === 'command') return commandPlan(project, fit.app)
  const insertion = INSERTIONS[fit.face]
  const path = join(project.root, fit.file)
  const before = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const next = [...installing(project), ...verifying(project), start(project), SIGN_IN]
  if (before.includes('ory-proxy/')) return { changes: [], already: fit.file, next }
  const after = before === '' ? configOf(insertion) : editConfig(before, insertion)
  if (after !== undefined) return { changes: [{ file: fit.file, before, after }], next }
  return { changes: [], byHand: { file: fit.file, lines: linesOf(insertion) }, next }
}

/** A configuration with nothing but our plugin. */
const configOf = ({ name, from, property }: Insertion): string =>
  `import { ${name} } from '${from}'\n\nexport default {\n  ${property}: [${name}()],\n}\n`

const linesOf = ({ name, from, property }: Insertion): string[] => [
  `import { ${name} } from '${from}'`,
  property === 'plugins' ? `plugins: [${name}()],` : `devServer: ${name}({ /* what is there */ }),`,
]

/** A script beside the others where there is a package.json; the line to type where there is none. */
function commandPlan(project: Project, app: string): Plan {
  const line = `ory-proxy local ${app}`
  const { manifest } = project
  if (!manifest) return { changes: [], next: [`npx ${line}`] }
  const next = [
    ...installing(project),
    ...verifying(project),
    start(project),
    `${runs(project)} ${SCRIPT}   (beside it, in a second terminal)`,
    SIGN_IN,
  ]
  if (Object.values(manifest.scripts).some(script => /\bory-proxy\b/.test(script)))
    return { changes: [], next }
  const after = withScript(manifest.text, SCRIPT, line)
  if (after === undefined) {
    return { changes: [], byHand: { file: 'package.json', lines: [`"${SCRIPT}": "${line}"`] }, next }
  }
  return { changes: [{ file: 'package.json', before: manifest.text, after }], next }
}

/** Another script, in the file's own indentation and line ends. `undefined` where one of that name does something else. */
function withScript(text: string, name: string, script: string): string | undefined {
  const manifest = JSON.parse(text) as { scripts?: Record<string, string> }
  if (manifest.scripts?.[name] !== undefined) return undefined
  const indent = /^([ \t]+)"/m.exec(text)?.[1] ?? '  '
  const written = JSON.stringify(
    { ...manifest, scripts: { ...manifest.scripts, [name]: script } },
    null,
    indent,
  )
  const crlf = text.includes('\r\n') ? written.replaceAll('\n', '\r\n') : written
  return crlf + (/\r?\n$/.exec(text)?.[0] ?? '')
}

const INSTALL: Readonly<Record<Project['manager'], string>> = {
  npm: 'npm install --save-dev ory-proxy',
  pnpm: 'pnpm add --save-dev ory-proxy',
  yarn: 'yarn add --dev ory-proxy',
  bun: 'bun add --dev ory-proxy',
  deno: 'deno add --dev npm:ory-proxy',
}

const installing = ({ manager, manifest }: Project): string[] =>
  manifest && 'ory-proxy' in manifest.packages ? [] : [INSTALL[manager]]

/** A backend in the same package keeps the half that verifies, in production too. */
function verifying({ manager, manifest }: Project): string[] {
  const { packages = {} } = manifest ?? {}
  const backend = ['express', 'fastify', 'hono', '@nestjs/core', 'koa', 'next'].find(name => name in packages)
  if (!backend || 'ory-proxy-verify' in packages) return []
  return [INSTALL[manager].replace(/ --(save-)?dev/, '').replace('ory-proxy', 'ory-proxy-verify')]
}

const RUN: Readonly<Record<Project['manager'], string>> = {
  npm: 'npm run',
  pnpm: 'pnpm run',
  yarn: 'yarn',
  bun: 'bun run',
  deno: 'deno task',
}

const runs = ({ manager }: Project): string => RUN[manager]

function start(project: Project): string {
  const { scripts } = project.manifest ?? { scripts: {} }
  const name = ['dev', 'start', 'serve'].find(known => known in scripts)
  return name ? `${runs(project)} ${name}` : 'start your app as you do'
}
