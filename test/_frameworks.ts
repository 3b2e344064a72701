import { type ChildProcess, spawn } from 'node:child_process'
import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureInstalled } from '../scripts/ensure-installed.mjs'
import { freePort } from './_faces.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const here = fileURLToPath(new URL('./frameworks', import.meta.url))

/** A framework, and how its app in test/frameworks is started. */
export interface Framework {
  readonly name: string
  /** The package whose version is reported. */
  readonly package: string
  /** The script of its command, inside its node_modules, and the arguments that make it listen on a port. */
  readonly command: (port: number) => readonly [script: string, ...args: string[]]
  /** Where the app says "first", for an edit while it runs. */
  readonly page: string
  /** Ory comes from the command in front of the app; else from the Vite plugin inside it. */
  readonly behindCommand?: true
  /** The first Node that runs it: `[major, minor]`. */
  readonly node: readonly [number, number]
  /** Its page has a form that runs on the server: frameworks compare Origin and Host there. */
  readonly form?: true
  /** Where page and endpoint are, when not at `/` and `/api/who`. */
  readonly at?: { readonly page: string; readonly endpoint: string }
}

const vite = (port: number): [string, ...string[]] => [
  'vite/bin/vite.js',
  'dev',
  '--port',
  `${port}`,
  '--strictPort',
]

/** In front are those that run with every `npm test`. */
export const ALWAYS: readonly Framework[] = [
  {
    name: 'sveltekit',
    package: '@sveltejs/kit',
    command: vite,
    page: 'src/routes/+page.svelte',
    form: true,
    node: [22, 17],
  },
  {
    name: 'nuxt',
    package: 'nuxt',
    command: port => ['nuxt/bin/nuxt.mjs', 'dev', '--port', `${port}`, '--host', 'localhost', '--no-fork'],
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
    page: 'src/text.js',
    node: [22, 12],
    at: { page: '/sub/', endpoint: '/sub/api/who/' },
  },
  {
    name: 'react-router',
    package: '@react-router/dev',
    command: port => ['@react-router/dev/bin.cjs', 'dev', '--port', `${port}`, '--strictPort'],
    page: 'app/routes/home.jsx',
    node: [22, 22],
  },
  {
    name: 'tanstack-start',
    package: '@tanstack/react-start',
    command: vite,
    page: 'src/routes/index.jsx',
    node: [22, 12],
  },
  { name: 'solidstart', package: '@solidjs/start', command: vite, page: 'src/text.jsx', node: [24, 0] },
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

/** Copies the app, so that an edit touches nothing of ours, and starts it as its users do. */
export async function startFramework(framework: Framework): Promise<RunningApp> {
  const folder = join(here, framework.name)
  await ensureInstalled(folder)
  const modules = join(folder, 'node_modules')
  await symlink(root, join(modules, 'ory-proxy'), 'junction').catch(() => {}) // there from the last run
  const app = join(folder, '.run')
  await rm(app, { recursive: true, force: true, maxRetries: 5 })
  await mkdir(app)
  await cp(join(folder, 'app'), app, { recursive: true })
  const port = await freePort()
  const [script, ...args] = framework.command(port)
  const node = await nodeFor(framework)
  const dev = start(node, [join(modules, script), ...args], app)
  const children = [dev]
  const { at = { page: '/', endpoint: '/api/who' } } = framework
  let url = `http://localhost:${port}`
  try {
    if (framework.behindCommand) {
      const front = await freePort()
      const flags = ['--no-https', '--no-open', '--port', `${front}`]
      children.push(start(process.execPath, [join(root, 'dist/cli.js'), 'local', url, ...flags], app))
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

/** The Node we run on, or a newer one from the registry where the framework needs it. */
async function nodeFor({ node: [major, minor] }: Framework): Promise<string> {
  const [ours = 0, oursMinor = 0] = process.versions.node.split('.').map(Number)
  if (ours > major || (ours === major && oursMinor >= minor)) return process.execPath
  const folder = join(here, 'node')
  await ensureInstalled(folder)
  return join(folder, 'node_modules/node/bin/node')
}

interface Started {
  readonly child: ChildProcess
  output: string
}

function start(command: string, args: readonly string[], cwd: string): Started {
  // No key of a test run's own environment may decide which Ory answers.
  const { VITEST: _vitest, NODE_ENV: _env, ...env } = process.env
  const child = spawn(command, args, {
    cwd,
    env: { ...env, CI: 'true', BROWSER: 'none', NEXT_TELEMETRY_DISABLED: '1', ASTRO_TELEMETRY_DISABLED: '1' },
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
async function answers(url: string, started: readonly Started[]): Promise<void> {
  for (let tries = 0; tries < 240; tries++) {
    const ended = started.find(({ child }) => child.exitCode !== null)
    const answer = await fetch(url, { headers: { accept: 'text/html' } }).catch(() => undefined)
    if (answer?.ok && (await answer.text()).includes('id="who"')) return
    if (ended) throw new Error(`ended with ${ended.child.exitCode}:\n${ended.output}`)
    await new Promise(resolve => setTimeout(resolve, 250))
  }
  throw new Error(`no page at ${url}:\n${started.map(({ output }) => output).join('\n')}`)
}

async function end({ child }: Started): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return
  const gone = new Promise(resolve => child.once('exit', resolve))
  if (process.platform === 'win32') child.kill()
  else process.kill(-child.pid, 'SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), 5000)
  await gone
  clearTimeout(late)
}
