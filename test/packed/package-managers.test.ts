import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureInstalled } from '../../scripts/ensure-installed.mjs'
import { type EchoApp, startEchoApp } from '../_app.js'
import { type PackedProject, packedProject, TARBALLS } from './_packed.js'
import { expectKnown, expectSockets, PAGE, SERVER, startPair, VITE_CONFIG } from './_signed-in.js'

const TOOLS = fileURLToPath(new URL('../ecosystem/managers', import.meta.url))
const tool = (name: string): string => join(TOOLS, 'node_modules/.bin', name)

type Command = readonly [string, ...string[]]

/** How one installs with it, and how it runs a script of a package and a file. */
interface Manager {
  readonly install: Command
  readonly bin: (name: string, ...args: string[]) => Command
  readonly file: (name: string) => Command
  /** Files beside package.json. */
  readonly files?: Readonly<Record<string, string>>
}

const SCRIPTS: Readonly<Record<string, string>> = {
  vite: 'node_modules/vite/bin/vite.js',
  'ory-proxy': 'node_modules/ory-proxy/dist/cli.js',
}

const node = (name: string): Command => [process.execPath, name]

const MANAGERS: Readonly<Record<string, Manager>> = {
  pnpm: {
    install: [tool('pnpm'), 'install', '--prefer-offline'],
    bin: (name, ...args) => [tool('pnpm'), 'exec', name, ...args],
    file: node,
  },
  'yarn, Plug’n’Play': {
    install: [tool('yarn'), 'install'],
    bin: (name, ...args) => [tool('yarn'), name, ...args],
    file: name => [tool('yarn'), 'node', name],
    files: {
      'yarn.lock': '',
      '.yarnrc.yml': 'nodeLinker: pnp\nenableTelemetry: false\nenableImmutableInstalls: false\n',
    },
  },
  'Bun, and run in Bun': {
    install: [tool('bun'), 'install'],
    bin: (name, ...args) => [tool('bun'), '--bun', 'x', name, ...args],
    file: name => [tool('bun'), name],
  },
  // Deno takes no tarballs in package.json: npm has installed them, and everything runs in Deno.
  'npm, and run in Deno': {
    install: ['npm', 'install', '--prefer-offline', '--no-audit', '--no-fund'],
    bin: (name, ...args) => [tool('deno'), 'run', '-A', SCRIPTS[name]!, ...args],
    file: name => [tool('deno'), 'run', '-A', name],
    files: { 'deno.json': '{ "nodeModulesDir": "manual" }' },
  },
}

const MANIFEST = JSON.stringify({
  name: 'stack',
  private: true,
  type: 'module',
  dependencies: { ...TARBALLS, vite: '^8.3.8' },
})

let echo: EchoApp
beforeAll(async () => {
  await ensureInstalled(TOOLS)
  echo = await startEchoApp()
}, 300_000)
afterAll(() => echo?.close())

describe.each(Object.entries(MANAGERS))('installed with %s', (_name, { install, bin, file, files }) => {
  let project: PackedProject
  beforeAll(async () => {
    const own = {
      'package.json': MANIFEST,
      'vite.config.js': VITE_CONFIG,
      'index.html': PAGE,
      'server.js': SERVER,
    }
    project = await packedProject({ ...own, ...files })
    await project.run(...install)
  }, 300_000)
  afterAll(() => project?.remove())

  test('the Vite plugin knows who is signed in, in requests and sockets', async () => {
    const vite = (port: number): Command =>
      bin('vite', '--port', `${port}`, '--strictPort', '--host', 'localhost')
    const url = await startPair(project, file('server.js'), vite, echo.url)
    expect(await (await fetch(url)).text()).toContain('<p id="who">app</p>')
    await expectKnown(url)
    await expectSockets(url)
  })

  test('the command knows who is signed in, in requests and sockets', async () => {
    const front = (port: number, backend: string): Command => {
      const flags = ['--no-https', '--no-open', '--port', `${port}`, '--route', `/live=${echo.url}`]
      return bin('ory-proxy', 'local', backend, ...flags)
    }
    const url = await startPair(project, file('server.js'), front, echo.url)
    await expectKnown(url)
    await expectSockets(url)
  })
})
