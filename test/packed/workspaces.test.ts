import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EchoApp, startEchoApp } from '../_app.js'
import { type PackedProject, packedProject, TARBALLS } from './_packed.js'
import { expectKnown, expectSockets, PAGE, SERVER, startPair, VITE_CONFIG } from './_signed-in.js'

const LOCK = new URL('../ecosystem/managers/package-lock.json', import.meta.url)
const { packages } = JSON.parse(readFileSync(LOCK, 'utf8')) as {
  packages: Record<string, { version: string }>
}
const versionOf = (name: string): string => packages[`node_modules/${name}`]!.version

/** Somebody who is in the app's own seed only: files count that lie in the app's folder, not where one typed. */
const CAROL = {
  schema_id: 'default',
  traits: { email: 'carol@example.com' },
  credentials: { password: { config: { password: 'ory-dev-password' } } },
}

const json = (value: object): string => JSON.stringify(value, null, 2)
const dependencies = Object.fromEntries(
  Object.entries(TARBALLS).map(([name, file]) => [name, file.replace('./', '../../')]),
)
const FILES = {
  'package.json': json({
    name: 'workspace',
    private: true,
    packageManager: 'npm@11.0.0',
    workspaces: ['apps/*'],
    devDependencies: { nx: versionOf('nx'), turbo: versionOf('turbo') },
  }),
  'turbo.json': json({ tasks: { dev: { cache: false, persistent: true } } }),
  'nx.json': json({ analytics: false }),
  'apps/web/package.json': json({
    name: 'web',
    private: true,
    type: 'module',
    scripts: { dev: 'vite --strictPort --host localhost' },
    dependencies: { ...dependencies, vite: '^8.3.8' },
  }),
  'apps/web/project.json': json({
    name: 'web',
    targets: { 'dev-from-root': { command: 'vite apps/web --strictPort --host localhost' } },
  }),
  'apps/web/vite.config.js': VITE_CONFIG,
  'apps/web/index.html': PAGE,
  'apps/web/server.js': SERVER,
  'apps/web/ory.seed.json': json([CAROL]),
}

/** What is typed in the workspace's root. */
const TASKS: readonly [name: string, ...command: string[]][] = [
  ['turborepo', 'turbo', 'run', 'dev', '--filter=web', '--env-mode=loose', '--'],
  ['Nx, a script of package.json', 'nx', 'run', 'web:dev', '--'],
  ['Nx, a target whose folder is the root', 'nx', 'run', 'web:dev-from-root', '--'],
]

describe('in a workspace, from its root', () => {
  let echo: EchoApp
  let project: PackedProject
  beforeAll(async () => {
    echo = await startEchoApp()
    project = await packedProject(FILES)
    await project.run('npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts')
  }, 300_000)
  afterAll(async () => {
    await project?.remove()
    await echo?.close()
  })

  test.for(TASKS)('%s: the plugin reads the files of the app', async ([, tool, ...args]) => {
    const bin = (name: string): string => join(project.folder, 'node_modules/.bin', name)
    const quiet = { NX_DAEMON: 'false', NX_TUI: 'false', TURBO_TELEMETRY_DISABLED: '1', TURBO_UI: 'false' }
    const own = { ...project, env: { ...project.env, ...quiet } }
    const front = (port: number) => [bin(tool!), ...args, '--port', `${port}`] as const
    const url = await startPair(own, [process.execPath, 'apps/web/server.js'], front, echo.url)
    expect(await (await fetch(url)).text()).toContain('<p id="who">app</p>')
    await expectKnown(url, 'carol@example.com')
    await expectSockets(url, 'carol@example.com')
  })
})
