import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from './_faces.js'
import { type Command, end, nodeFor, type Place, type Started, start } from './_frameworks.js'
import { ensurePacked, type Tarball } from './_packed.js'

const here = fileURLToPath(new URL('./stacks', import.meta.url))

/** A dev server whose pages are static: what asks who is there is a backend behind its proxy. */
export interface Stack {
  readonly name: string
  readonly command: (port: number) => Command
  /** Ory comes from the command in front of it; else from inside it. */
  readonly behindCommand?: true
  /** Where the page says "first", for an edit while it runs. */
  readonly source: string
  /** Where that page is, when not at `/`. */
  readonly page?: string
  /** Its own proxy takes no WebSockets. */
  readonly noSockets?: true
  /** Hot updates come by an event stream; a WebSocket beside it says other things. */
  readonly streams?: true
  /** An edit makes the page load anew, by the dev server's own rules. */
  readonly reloads?: true
  /** The first Node that runs it: `[major, minor]`. */
  readonly node: readonly [number, number]
}

const storybook = (port: number): Command => [
  'storybook/dist/bin/dispatcher.js',
  'dev',
  '--port',
  `${port}`,
  '--ci',
]

const STORY = '/iframe.html?id=text--first&viewMode=story'

export const STACKS: readonly Stack[] = [
  {
    name: 'angular',
    command: port => ['@angular/cli/bin/ng.js', 'serve', '--port', `${port}`, '--host', 'localhost'],
    behindCommand: true,
    source: 'src/app.ts',
    node: [24, 15],
  },
  {
    name: 'create-react-app',
    command: () => ['react-scripts/bin/react-scripts.js', 'start'],
    source: 'src/App.js',
    node: [20, 19],
  },
  {
    name: 'vue-cli',
    command: port => ['@vue/cli-service/bin/vue-cli-service.js', 'serve', '--port', `${port}`],
    source: 'src/App.vue',
    node: [20, 19],
  },
  {
    name: 'storybook-vite',
    command: storybook,
    source: 'src/text.jsx',
    page: STORY,
    noSockets: true,
    node: [20, 19],
  },
  {
    name: 'docusaurus',
    command: port => ['@docusaurus/core/bin/docusaurus.mjs', 'start', '--port', `${port}`, '--no-open'],
    source: 'src/pages/index.js',
    node: [20, 19],
  },
  {
    name: 'quasar',
    command: port => ['@quasar/app-vite/bin/quasar.js', 'dev', '--port', `${port}`],
    source: 'src/App.vue',
    node: [22, 22],
  },
  {
    name: 'storybook-webpack',
    command: storybook,
    source: 'src/text.jsx',
    page: STORY,
    streams: true,
    node: [20, 19],
  },
  {
    name: 'ember',
    command: port => ['vite/bin/vite.js', '--port', `${port}`, '--strictPort'],
    source: 'app/templates/application.gjs',
    reloads: true,
    node: [20, 19],
  },
]

/** A stack's dev server, running with the embedded emulator. */
export interface RunningStack {
  /** Its origin. */
  readonly url: string
  readonly page: string
  /** What dev server and command have said. */
  output(): string
  /** Changes what the page says. */
  edit(from: string, to: string): Promise<void>
  close(): Promise<void>
}

/**
 * Starts a dev server as its users do, on a copy of the app, with ory-proxy from its tarball.
 *
 * @param backend address of what is behind the dev server's own proxy
 */
export async function startStack(stack: Stack, tarball: Tarball, backend: string): Promise<RunningStack> {
  const place = await prepare(stack, tarball, backend)
  const port = await freePort()
  const children = [start(place, stack.command(port), { PORT: `${port}` })]
  const close = async (): Promise<void> => {
    await Promise.all(children.map(end))
    await rm(place.app, { recursive: true, force: true, maxRetries: 5 })
  }
  let url = `http://localhost:${port}`
  try {
    if (stack.behindCommand) {
      const front = await freePort()
      const flags = ['--no-https', '--no-open', '--port', `${front}`]
      children.push(start(place, ['ory-proxy/dist/cli.js', 'local', url, ...flags]))
      url = `http://localhost:${front}`
    }
    await serves(`${url}${stack.page ?? '/'}`, children)
  } catch (error) {
    await close()
    throw error
  }
  return {
    url,
    page: `${url}${stack.page ?? '/'}`,
    output: () => children.map(({ output }) => output).join('\n'),
    async edit(from, to) {
      const file = join(place.app, stack.source)
      await writeFile(file, (await readFile(file, 'utf8')).replace(from, to))
    },
    close,
  }
}

/** The app beside its package.json and node_modules, where these tools look for both. */
async function prepare(stack: Stack, tarball: Tarball, backend: string): Promise<Place> {
  const folder = join(here, stack.name)
  await ensurePacked(folder, tarball)
  const app = join(folder, 'run')
  await rm(app, { recursive: true, force: true, maxRetries: 5 })
  await mkdir(app)
  await cp(join(folder, 'app'), app, { recursive: true })
  await cp(join(folder, 'package.json'), join(app, 'package.json'))
  await symlink('../node_modules', join(app, 'node_modules'), 'junction')
  const env = { BACKEND: backend, NODE_ENV: 'development' }
  return { node: await nodeFor(stack), modules: join(folder, 'node_modules'), app, env }
}

/** Bundlers that are asked for the first time may take a while. */
async function serves(url: string, started: readonly Started[]): Promise<void> {
  for (let tries = 0; tries < 480; tries++) {
    const ended = started.find(({ child }) => child.exitCode !== null)
    if (ended) throw new Error(`ended with ${ended.child.exitCode}:\n${ended.output}`)
    const answer = await fetch(url, { headers: { accept: 'text/html' } }).catch(() => undefined)
    if (answer?.ok) return
    await new Promise(resolve => setTimeout(resolve, 250))
  }
  throw new Error(`no page at ${url}:\n${started.map(({ output }) => output).join('\n')}`)
}
