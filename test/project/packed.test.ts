import { spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureInstalled } from '../../scripts/ensure-installed.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const newer = join(root, 'test/ecosystem/newer')

let folder: string
let tarball: string
let project: string

/** Runs a program in the project; its output, or an error that shows it. */
function run(command: string, args: readonly string[], cwd = project): string {
  const { ORY_SDK_URL: _ours, ...env } = process.env
  const shell = process.platform === 'win32' && command === 'npm'
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', shell, env })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${status}\n${stdout}\n${stderr}`)
  return stdout.trim()
}

const module = (code: string): string => run(process.execPath, ['--input-type=module', '-e', code])

/** Lets the project find a package that is installed elsewhere, as if it were its own. */
function link(name: string, from = root): void {
  const place = join(project, 'node_modules', name)
  mkdirSync(dirname(place), { recursive: true })
  symlinkSync(join(from, 'node_modules', name), place, 'junction')
}

beforeAll(async () => {
  await ensureInstalled(newer)
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'ory-proxy-packed-')))
  project = join(folder, 'project')
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{ "name": "app", "private": true }')
  const [packed] = JSON.parse(
    run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root),
  ) as [{ filename: string }]
  tarball = join(folder, packed.filename)
  run('npm', ['install', tarball, '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'])
  for (const name of ['vite', 'webpack', 'webpack-dev-server', '@types/node', '@types/connect']) link(name)
  for (const name of ['@playwright/test', 'playwright', 'playwright-core', 'vitest']) link(name)
  link('@rsbuild/core', newer)
}, 180_000)
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))

/** What each entry offers. A name that goes is a breaking change, one that comes is a promise. */
const EXPORTS: Readonly<Record<string, readonly string[]>> = {
  'ory-proxy': ['DEFAULTS', 'ERRORS', 'OryProxyError', 'createLogger', 'createOryMiddleware', 'silentLogger'],
  'ory-proxy/vite': ['ory'],
  'ory-proxy/webpack': ['withOry'],
  'ory-proxy/rsbuild': ['ory'],
  'ory-proxy/verify': ['OryProxyError', 'verifySession'],
  'ory-proxy/emulator': ['startEmulator'],
  'ory-proxy/testing': ['connectTestOry', 'startTestOry'],
  'ory-proxy/playwright': ['expect', 'test'],
}

describe('the packed package', () => {
  test('weighs less than 420 kB', () => {
    expect(statSync(tarball).size).toBeLessThan(420_000)
  })

  test.for(Object.keys(EXPORTS))('%s offers these names, by import and by require', entry => {
    const names = `console.log(JSON.stringify(Object.keys(m).filter(n => n !== '__esModule').sort()))`
    const imported = module(`import * as m from '${entry}'; ${names}`)
    expect(JSON.parse(imported)).toEqual(EXPORTS[entry])
    const required = run(process.execPath, ['-e', `const m = require('${entry}'); ${names}`])
    expect(JSON.parse(required)).toEqual(EXPORTS[entry])
  })

  test('without a test runner, the kit for any runner starts an Ory', () => {
    const code = `import { startTestOry } from 'ory-proxy/testing'
      const ory = await startTestOry()
      const { session } = await (await ory.fork()).signIn('alice@example.com')
      console.log(session.identity.traits.email)
      await ory.close()`
    expect(module(code)).toBe('alice@example.com')
  })

  test('the pages that the doctor names are in it', () => {
    writeFileSync(join(project, '.env'), 'VITE_ORY_SDK_URL=http://localhost:4433\nORY_SDK_URL=kratos\n')
    const { stdout } = spawnSync('npx', ['ory-proxy', 'doctor'], {
      cwd: project,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    })
    rmSync(join(project, '.env'))
    const pages = [...stdout.matchAll(/^ {2}(\S+\.md)#/gm)].map(([, page]) => page!)
    expect(pages).toEqual(['errors', 'doctor'].map(page => join(`node_modules/ory-proxy/docs/${page}.md`)))
    for (const page of pages) expect(statSync(join(project, page)).size).toBeGreaterThan(0)
  })

  test('nothing else can be reached', () => {
    const code = "import('ory-proxy/dist/jwt.js').catch(error => console.log(error.code))"
    expect(module(code)).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED')
  })

  test('webpack.config.cjs requires it, and the dev server it configures serves the keys', () => {
    writeFileSync(
      join(project, 'webpack.config.cjs'),
      `const { withOry } = require('ory-proxy/webpack')
       module.exports = {
         mode: 'development', entry: './entry.js', stats: 'none', infrastructureLogging: { level: 'none' },
         devServer: withOry({ port: 0, host: '127.0.0.1' }, { sdkUrl: 'http://127.0.0.1:9' }),
       }`,
    )
    writeFileSync(join(project, 'entry.js'), '')
    const output = run(process.execPath, [
      '-e',
      `const webpack = require('webpack'), Server = require('webpack-dev-server')
       const config = require('./webpack.config.cjs')
       const server = new Server(config.devServer, webpack(config))
       server.start()
         .then(() => fetch('http://localhost:' + server.server.address().port + '/.ory/jwks.json'))
         .then(answer => answer.json())
         .then(({ keys }) => console.log(keys[0].alg))
         .finally(() => server.stop())`,
    ])
    expect(output.split('\n').at(-1)).toBe('ES256')
  })

  const SOURCE = `import { createServer } from 'node:http'
import { defineConfig as rsbuild } from '@rsbuild/core'
import { createOryMiddleware, OryProxyError } from 'ory-proxy'
import { startEmulator } from 'ory-proxy/emulator'
import { expect, type Ory, test } from 'ory-proxy/playwright'
import { connectTestOry, type TestOry } from 'ory-proxy/testing'
import { test as unit } from 'ory-proxy/vitest'
import { ory as rsbuildOry } from 'ory-proxy/rsbuild'
import { verifySession } from 'ory-proxy/verify'
import { ory } from 'ory-proxy/vite'
import { withOry } from 'ory-proxy/webpack'
import { mode, sdkUrl } from 'virtual:ory'
import { defineConfig } from 'vite'
import type { Configuration } from 'webpack-dev-server'

export const vite = defineConfig({ plugins: [ory({ sdkUrl: 'https://ory.example' })] })
export const rspack = rsbuild({ plugins: [rsbuildOry()] })
export const devServer: Configuration = withOry({ port: 3000 } satisfies Configuration)
export const told: [string, 'emulator' | 'ory'] = [sdkUrl, mode]
export const who = async (request: Request): Promise<string | undefined> =>
  (await verifySession<{ email: string }>(request))?.session.identity.traits.email
export const start = async (): Promise<void> => {
  const middleware = await createOryMiddleware()
  const server = createServer((req, res) => middleware(req, res, () => res.end()))
  server.on('request', async req => (await verifySession(req))?.sub)
  middleware.gateUpgrades(server)
  const emulator: { url: string } = await startEmulator()
  throw new OryProxyError('ORY_PROXY_UNREACHABLE', emulator.url)
}
test.use({ oryUser: 'alice@example.com', oryAal: 'aal2' })
test('types', async ({ page, ory }: { page: { url(): string }; ory: Ory }) => expect(page.url()).toBe(ory.adminUrl))
unit('types', async ({ ory }) => void (await ory.signIn()).headers.authorization)
export const kit = async (): Promise<TestOry> => connectTestOry('http://localhost:5173')
// @ts-expect-error: no such option
test.use({ oryUsr: 'alice@example.com' })
// @ts-expect-error: no such option
ory({ sdkURL: 'https://ory.example' })
// @ts-expect-error: no such option
rsbuildOry({ sdkURL: 'https://ory.example' })
// @ts-expect-error: no such option
withOry({}, { sdkURL: 'https://ory.example' })
// @ts-expect-error: no such option
createOryMiddleware({ sdkURL: 'https://ory.example' })
`

  test.for([
    { module: 'nodenext', moduleResolution: 'nodenext', name: 'app.mts' },
    { module: 'nodenext', moduleResolution: 'nodenext', name: 'app.cts' },
    { module: 'esnext', moduleResolution: 'bundler', name: 'app.ts' },
  ])('its types fit in $name with moduleResolution $moduleResolution', ({ name, ...resolution }) => {
    writeFileSync(join(project, name), SOURCE)
    const compilerOptions = {
      ...resolution,
      target: 'es2023',
      lib: ['es2023', 'dom', 'dom.iterable'],
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: true,
      types: ['node', 'ory-proxy/client'],
    }
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [name] }))
    expect(run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', project])).toBe('')
  })

  test('the emulator is loaded only where it is used: without its files, everything else works', () => {
    const lean = join(folder, 'lean')
    cpSync(project, lean, { recursive: true })
    rmSync(join(lean, 'node_modules/ory-proxy/dist/emulator'), { recursive: true, maxRetries: 5 })
    const entries = Object.keys(EXPORTS).filter(entry => entry !== 'ory-proxy/emulator')
    const code = `${entries.map(entry => `import '${entry}'`).join('\n')}
      import { createOryMiddleware } from 'ory-proxy'
      const middleware = await createOryMiddleware({ sdkUrl: 'http://127.0.0.1:9' })
      await middleware.close()
      const emulated = await createOryMiddleware().catch(error => error.code)
      console.log(emulated)`
    const output = run(process.execPath, ['--input-type=module', '-e', code], lean)
    expect(output).toBe('ERR_MODULE_NOT_FOUND')
  })

  test('ory-proxy/verify needs nothing of Node, so it runs at the edge', async () => {
    writeFileSync(join(project, 'edge.js'), "export { verifySession } from 'ory-proxy/verify'\n")
    const result = await build({
      root: project,
      configFile: false,
      logLevel: 'silent',
      build: { write: false, minify: false, lib: { entry: 'edge.js', formats: ['es'], fileName: 'edge' } },
    })
    const [{ output }] = [result].flat() as unknown as [{ output: { code?: string; imports?: string[] }[] }]
    const code = output.map(chunk => chunk.code ?? '').join('')
    expect(code).toContain('createRemoteJWKSet')
    expect(code).not.toMatch(/from ["']node:|vite-browser-external|require\(/)
    expect(output.flatMap(({ imports }) => imports ?? [])).toEqual([])
  })
})
