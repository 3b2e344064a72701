import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureBrowser } from '../../scripts/ensure-browser.mjs'
import { freePort } from '../_faces.js'
import { appOf, type FreshProject, freshProject, runIn } from './_recipes.js'

let project: FreshProject
let chromium: string
beforeAll(async () => {
  chromium = await ensureBrowser()
  project = await freshProject()
}, 600_000)
afterAll(() => project?.remove())

/** The page's own configuration, with the Chromium of this machine. */
const PLAYWRIGHT = `import config from './playwright.config.js'

const launchOptions = { executablePath: process.env.CHROMIUM_PATH, args: ['--no-sandbox'] }
export default { ...config, reporter: 'line', use: { ...config.use, launchOptions } }
`

const BROWSER_MODE = `import { playwright } from '@vitest/browser-playwright'
import config from './vitest.config.js'

const launchOptions = { executablePath: process.env.CHROMIUM_PATH, args: ['--no-sandbox'] }
const browser = { ...config.test.browser, provider: playwright({ launchOptions }) }
export default { ...config, test: { ...config.test, browser } }
`

/** Every port of a recipe becomes a free one, in all of its files. */
async function onFreePorts(
  folder: string,
  files: readonly string[],
  ports: readonly string[],
): Promise<void> {
  const free = await Promise.all(ports.map(async port => [port, `${await freePort()}`] as const))
  for (const file of files) {
    let text = await readFile(join(folder, file), 'utf8')
    for (const [port, instead] of free) text = text.replaceAll(port, instead)
    await writeFile(join(folder, file), text)
  }
}

const SHELL = `const { spawnSync } = require('node:child_process')
process.exitCode = spawnSync('sh', ['-ec', process.argv[1]], { stdio: 'inherit' }).status`

describe('the testing recipe for', () => {
  test.for([
    ['vite', ['Playwright'], ['vite.config.js'], ['5173']],
    ['next', ['Playwright', 'Next.js'], [], ['3000', '4000']],
    ['webpack', ['Playwright', 'webpack'], ['webpack.config.js'], ['8080']],
  ] as const)('Playwright, %s', { timeout: 300_000 }, async ([name, headings, files, ports]) => {
    const folder = await project.recipe(name, headings, { 'run.config.js': PLAYWRIGHT })
    await onFreePorts(folder, ['playwright.config.js', ...files], ports)
    const cli = '@playwright/test/cli.js'
    const { code, output } = await runIn(folder, cli, ['test', '-c', 'run.config.js'], {
      CHROMIUM_PATH: chromium,
    })
    expect(output).toContain('2 passed')
    expect(code, output).toBe(0)
  })

  test.for([
    ['hono', 'Hono'],
    ['express', 'Express'],
    ['fastify', 'Fastify'],
  ] as const)('Vitest, %s', { timeout: 120_000 }, async ([name, heading]) => {
    const folder = await project.recipe(name, ['Vitest', heading], { 'src/app.js': await appOf(name) })
    const { code, output } = await runIn(folder, 'vitest/vitest.mjs', ['run'])
    expect(output).toMatch(/Tests +1 passed \(1\)/)
    expect(code, output).toBe(0)
  })

  test('Vitest, browser mode', { timeout: 120_000 }, async () => {
    const files = { 'run.config.js': BROWSER_MODE }
    const folder = await project.recipe('browser-mode', ["Vitest's browser mode"], files)
    const { code, output } = await runIn(folder, 'vitest/vitest.mjs', ['run', '--config', 'run.config.js'], {
      CHROMIUM_PATH: chromium,
    })
    expect(output).toMatch(/Tests +1 passed \(1\)/)
    expect(code, output).toBe(0)
  })

  test('node:test', { timeout: 120_000 }, async () => {
    const folder = await project.recipe('node-test', ['node:test'])
    const { code, output } = await runIn(folder, '', ['--test'])
    expect(output).toMatch(/pass 1\n/)
    expect(code, output).toBe(0)
  })

  test('Jest', { timeout: 120_000 }, async () => {
    const folder = await project.recipe('jest', ['Jest'])
    const env = { NODE_OPTIONS: '--experimental-vm-modules' }
    const { code, output } = await runIn(folder, 'jest/bin/jest.js', ['--rootDir', '.'], env)
    expect(output).toMatch(/Tests: +1 passed, 1 total/)
    expect(code, output).toBe(0)
  })

  test('HTTP, in curl', { timeout: 120_000 }, async () => {
    const folder = await project.recipe('http', [])
    const page = await readFile(new URL('../../docs/testing.md', import.meta.url), 'utf8')
    const script = /```sh\n(APP=[\s\S]*?)```/.exec(page)![1]!
    const port = await freePort()
    const app = createServer((_req, res) => void res.end('app'))
    await new Promise<void>(resolve => app.listen(0, '127.0.0.1', resolve))
    const address = `http://127.0.0.1:${(app.address() as AddressInfo).port}`
    const args = ['local', address, '--port', `${port}`, '--no-https', '--no-open', '--quiet']
    const command = spawn(process.execPath, [join(folder, '../node_modules/ory-proxy/dist/cli.js'), ...args])
    await expect
      .poll(() => fetch(`http://127.0.0.1:${port}/.ory/health/alive`).catch(() => undefined))
      .toBeDefined()
    // Each answer on a line of its own; what the variable takes is no line.
    const lines = script
      .replace('localhost:4000', `localhost:${port}`)
      .replace(/^curl /gm, "curl -f -w '\\n' ")
    const { code, output } = await runIn(folder, '', ['-e', SHELL, lines])
    command.kill()
    app.close()
    expect(code, output).toBe(0)
    const [signedIn, mails, clock, fault, { requests }, end] = output
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line))
    expect(signedIn.session.authenticator_assurance_level).toBe('aal2')
    expect([mails, clock.offset, fault.path]).toEqual([[], 90_000_000, '/sessions/whoami'])
    expect([requests, typeof end.deleted]).toEqual([[], 'string'])
  })

  test('Cypress, type-checked', { timeout: 120_000 }, async () => {
    const folder = await project.recipe('cypress-types', ['Cypress'])
    const strict = ['--noEmit', '--strict', '--skipLibCheck', '--types', 'cypress', '--lib', 'es2022,dom']
    const files = ['cypress/support/commands.ts', 'cypress/e2e/alice.cy.ts']
    const options = [...strict, '--module', 'esnext', '--moduleResolution', 'bundler']
    const { code, output } = await runIn(folder, 'typescript/bin/tsc', [...options, ...files])
    expect(output).toBe('')
    expect(code).toBe(0)
  })
})
