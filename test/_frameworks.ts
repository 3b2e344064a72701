import { type ChildProcess, spawn } from 'node:child_process'
import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureInstalled } from '../scripts/ensure-installed.mjs'
import { freePort } from './_faces.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const here = fileURLToPath(new URL('./frameworks', import.meta.url))

/** A script of a package, inside node_modules, and its arguments. */
export type Command = readonly [script: string, ...args: string[]]

/** How a server is started that listens on a port. */
interface Serving {
  readonly command: (port: number) => Command
  /** Ory comes from the command in front of it; else from the Vite plugin inside it. */
  readonly behindCommand?: true
}

/** A framework, and how its app in test/frameworks is started. */
export interface Framework extends Serving {
  readonly name: string
  /** The package whose version is reported. */
  readonly package: string
  /** Where the app says "first", for an edit while it runs. */
  readonly page: string
  /** How it is built, and the build shown. */
  readonly preview?: Serving & { readonly build: Command }
  /** The first Node that runs it: `[major, minor]`. */
  readonly node: readonly [number, number]
  /** Its page has a form that runs on the server: frameworks compare Origin and Host there. */
  readonly form?: true
  /** Where page and endpoint are, when not at `/` and `/api/who`. */
  readonly at?: { readonly page: string; readonly endpoint: string }
}

const vite =
  (verb: string) =>
  (port: number): Command => ['vite/bin/vite.js', verb, '--port', `${port}`, '--strictPort']

const vitePreview = { build: ['vite/bin/vite.js', 'build'], command: vite('preview') } as const

/** In front are those that run with every `npm test`. */
export const ALWAYS: readonly Framework[] = [
  {
    name: 'sveltekit',
    package: '@sveltejs/kit',
    command: vite('dev'),
    preview: vitePreview,
    page: 'src/routes/+page.svelte',
    form: true,
    node: [22, 17],
  },
  {
    name: 'nuxt',
    package: 'nuxt',
    command: port => ['nuxt/bin/nuxt.mjs', 'dev', '--port', `${port}`, '--host', 'localhost', '--no-fork'],
    preview: {
      build: ['nuxt/bin/nuxt.mjs', 'build'],
      command: port => ['nuxt/bin/nuxt.mjs', 'preview', '--port', `${port}`],
      behindCommand: true,
    },
    page: 'app/app.vue',
    node: [22, 19],
  },
  {
    name: 'next',
    package: 'next',
    command: port => ['next/dist/bin/next', 'dev', '--port', `${port}`, '--hostname', 'localhost'],
    page: 'app/text.jsx',
    form: true,
    behindCommand: true,
    node: [20, 9],
  },
]

/** These run with `npm run test:ecosystem`. */
export const REST: readonly Framework[] = [
  {
    name: 'astro',
    package: 'astro',
    command: port => ['astro/bin/astro.mjs', 'dev', '--port', `${port}`],
    preview: {
      build: ['astro/bin/astro.mjs', 'build'],
      command: port => ['astro/bin/astro.mjs', 'preview', '--port', `${port}`],
      behindCommand: true,
    },
    page: 'src/text.js',
    node: [22, 12],
    at: { page: '/sub/', endpoint: '/sub/api/who/' },
  },
  {
    name: 'react-router',
    package: '@react-router/dev',
    command: port => ['@react-router/dev/bin.cjs', 'dev', '--port', `${port}`, '--strictPort'],
    preview: {
      build: ['@react-router/dev/bin.cjs', 'build'],
      command: () => ['@react-router/serve/bin.cjs', 'build/server/index.js'],
      behindCommand: true,
    },
    page: 'app/routes/home.jsx',
    node: [22, 22],
  },
  {
    name: 'tanstack-start',
    package: '@tanstack/react-start',
    command: vite('dev'),
    preview: vitePreview,
    page: 'src/routes/index.jsx',
    node: [22, 12],
  },
  {
    name: 'solidstart',
    package: '@solidjs/start',
    command: vite('dev'),
    preview: vitePreview,
    page: 'src/text.jsx',
    node: [24, 0],
  },
]

/** A framework's app, running with the embedded emulator. */
export interface RunningApp {
  /** Its origin. */
  readonly url: string
  readonly page: string
  readonly endpoint: string
  /** Changes what the page says. */
  edit(from: string, to: string): Promise<void>
  close(): Promise<void>
}

/**
 * Starts a framework's dev server as its users do, on a copy of the app: an edit touches nothing of ours.
 *
 * @param sockets address of what answers the app's WebSockets, for a framework that has none of its own
 */
export async function startFramework(framework: Framework, sockets: string): Promise<RunningApp> {
  const place = await prepare(framework, sockets)
  return serve(framework, framework, place)
}

/** Builds the app, and starts what shows the build. */
export async function startPreview(framework: Framework, sockets: string): Promise<RunningApp> {
  const place = await prepare(framework, sockets)
  const { build, ...serving } = framework.preview!
  const building = start(place, build, { NODE_ENV: 'production' })
  const code = await new Promise(resolve => building.child.once('exit', resolve))
  if (code !== 0) throw new Error(`the build ended with ${code}:\n${building.output}`)
  return serve(framework, serving, place)
}

/** Where an app is run, and by what. */
export interface Place {
  readonly node: string
  readonly modules: string
  readonly app: string
  readonly env: NodeJS.ProcessEnv
}

/** A copy of an app in test/frameworks, with what it needs. */
export async function prepare(framework: Pick<Framework, 'name' | 'node'>, sockets: string): Promise<Place> {
  const folder = join(here, framework.name)
  await ensureInstalled(folder)
  const modules = join(folder, 'node_modules')
  await symlink(root, join(modules, 'ory-proxy'), 'junction').catch(() => {}) // there from the last run
  const app = join(folder, '.run')
  await rm(app, { recursive: true, force: true, maxRetries: 5 })
  await mkdir(app)
  await cp(join(folder, 'app'), app, { recursive: true })
  // An address of our own names no Ory: with the emulator, a build that imports `virtual:ory` needs one.
  const env = { SOCKETS: sockets, VITE_ORY_SDK_URL: 'http://localhost/.ory' }
  return { node: await nodeFor(framework), modules, app, env }
}

async function serve(framework: Framework, serving: Serving, place: Place): Promise<RunningApp> {
  const port = await freePort()
  // Previews run with NODE_ENV=production unless told otherwise, and there the emulator does not start.
  const children = [start(place, serving.command(port), { PORT: `${port}`, NODE_ENV: 'development' })]
  const { at = { page: '/', endpoint: '/api/who' } } = framework
  const { app } = place
  let url = `http://localhost:${port}`
  try {
    if (serving.behindCommand) {
      const front = await freePort()
      const flags = ['--no-https', '--no-open', '--port', `${front}`]
      children.push(start(inFront(place), ['dist/cli.js', 'local', url, ...flags]))
      url = `http://localhost:${front}`
    }
    await answers(`${url}${at.page}`, children)
  } catch (error) {
    await Promise.all(children.map(end))
    throw error
  }
  return {
    url,
    page: `${url}${at.page}`,
    endpoint: `${url}${at.endpoint}`,
    async edit(from, to) {
      const file = join(app, framework.page)
      const text = await readFile(file, 'utf8')
      await writeFile(file, text.replace(from, to))
    },
    async close() {
      await Promise.all(children.map(end))
      await rm(app, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Our own command, which runs beside an app. */
export const inFront = (place: Place): Place => ({ ...place, node: process.execPath, modules: root })

/** The Node we run on, or a newer one from the registry where the framework needs it. */
export async function nodeFor({ node: [major, minor] }: Pick<Framework, 'node'>): Promise<string> {
  const [ours = 0, oursMinor = 0] = process.versions.node.split('.').map(Number)
  if (ours > major || (ours === major && oursMinor >= minor)) return process.execPath
  const folder = join(root, 'test/nodes/24')
  await ensureInstalled(folder)
  return join(folder, 'node_modules/node/bin/node')
}

export interface Started {
  readonly child: ChildProcess
  output: string
}

/** Starts a program of a place. */
export function start(place: Place, [script, ...args]: Command, more: NodeJS.ProcessEnv = {}): Started {
  // No key of a test run's own environment may decide which Ory answers.
  const { VITEST: _vitest, NODE_ENV: _env, PORT: _port, ...env } = process.env
  const quiet = { CI: 'true', BROWSER: 'none', NEXT_TELEMETRY_DISABLED: '1', ASTRO_TELEMETRY_DISABLED: '1' }
  const child = spawn(place.node, [join(place.modules, script), ...args], {
    cwd: place.app,
    env: { ...env, ...quiet, ...place.env, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32', // a group of its own: some frameworks start children
  })
  const started: Started = { child, output: '' }
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (started.output += chunk))
  }
  return started
}

/** The first page may take long: frameworks build it when it is asked for. */
export async function answers(url: string, started: readonly Started[]): Promise<void> {
  for (let tries = 0; tries < 240; tries++) {
    const ended = started.find(({ child }) => child.exitCode !== null)
    const answer = await fetch(url, { headers: { accept: 'text/html' } }).catch(() => undefined)
    if (answer?.ok && (await answer.text()).includes('id="who"')) return
    if (ended) throw new Error(`ended with ${ended.child.exitCode}:\n${ended.output}`)
    await new Promise(resolve => setTimeout(resolve, 250))
  }
  throw new Error(`no page at ${url}:\n${started.map(({ output }) => output).join('\n')}`)
}

export async function end({ child }: Started): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return
  const gone = new Promise(resolve => child.once('exit', resolve))
  if (process.platform === 'win32') child.kill()
  else process.kill(-child.pid, 'SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), 5000)
  await gone
  clearTimeout(late)
}
