import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createServer, type ViteDevServer } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureBrowser } from '../../scripts/ensure-browser.mjs'
import { freePort } from '../_faces.js'

const fixtures = fileURLToPath(new URL('./fixtures', import.meta.url))
const example = fileURLToPath(new URL('../../examples/testing', import.meta.url))
const cli = join(dirname(createRequire(import.meta.url).resolve('@playwright/test/package.json')), 'cli.js')

let app: ViteDevServer
let url: string
let output: string
beforeAll(async () => {
  const port = await freePort()
  process.env['PORT'] = String(port)
  app = await createServer({
    root: example,
    configFile: join(example, 'vite.config.js'),
    logLevel: 'error',
    server: { port, strictPort: true },
  })
  await app.listen()
  url = `http://localhost:${port}`
  output = await mkdtemp(join(tmpdir(), 'ory-proxy-playwright-'))
})
afterAll(async () => {
  delete process.env['PORT']
  await app?.close()
  await rm(output, { recursive: true, force: true, maxRetries: 5 })
})

interface Run {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number }
  results: {
    title: string
    errors: string[]
    attachments: { name: string; body?: string }[]
    steps: string[]
  }[]
}

/** Playwright itself, in a process of its own, as people run it. */
async function playwright(folder: string, env: Record<string, string> = {}, root = fixtures): Promise<Run> {
  const config = join(root, root === fixtures ? 'playwright.config.mjs' : 'playwright.config.js')
  const child = spawn(process.execPath, [cli, 'test', '--config', config, '--reporter', 'json'], {
    cwd: root,
    env: {
      ...process.env,
      FOLDER: join(fixtures, folder),
      OUTPUT: output,
      BASE_URL: url,
      CHROMIUM_PATH: await ensureBrowser(),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.on('data', chunk => {
    text += chunk
  })
  await new Promise(resolve => child.once('close', resolve))
  const report = JSON.parse(text) as Report
  return { stats: report.stats, results: report.suites.flatMap(resultsOf) }
}

interface Suite {
  suites?: Suite[]
  specs: { title: string; tests: { results: Result[] }[] }[]
}
interface Result {
  errors: { message?: string }[]
  attachments: { name: string; body?: string }[]
  steps?: { title: string }[]
}
interface Report {
  stats: Run['stats']
  suites: Suite[]
}

function resultsOf({ suites = [], specs }: Suite): Run['results'] {
  const own = specs.flatMap(({ title, tests }) =>
    tests.flatMap(({ results }) =>
      results.map(({ errors, attachments, steps = [] }) => ({
        title,
        errors: errors.map(({ message = '' }) => message),
        attachments,
        steps: steps.map(step => step.title),
      })),
    ),
  )
  return [...own, ...suites.flatMap(resultsOf)]
}

test('the ten tests of the example pass', async () => {
  const { stats, results } = await playwright('', { CI: '', PORT: new URL(url).port }, example)
  expect(results.flatMap(({ title, errors }) => errors.map(error => [title, error]))).toEqual([])
  expect(stats).toMatchObject({ expected: 10, unexpected: 0, flaky: 0, skipped: 0 })
})

test('a crowd of one and the same address signs up, and nobody meets anybody', async () => {
  const { stats, results } = await playwright('crowd', { CROWD: '12', WORKERS: '4' })
  expect(results.flatMap(({ title, errors }) => errors.map(error => [title, error]))).toEqual([])
  expect(stats).toMatchObject({ expected: 12, unexpected: 0, flaky: 0 })
})

test('a failure is one sentence, one step, and the state beside it', async () => {
  const { results } = await playwright('failing')
  const failed = results.filter(({ errors }) => errors.length > 0)
  expect(failed.map(({ title }) => title)).toEqual([
    'waits for a mail that never comes',
    'names somebody who is not there',
    'names somebody who is not there',
  ])
  const [mail, person, option] = failed
  expect(mail!.errors[0]).toContain(
    'No new mail to alice@example.com came within 0.05 s. The inbox is empty.',
  )
  expect(mail!.steps).toContain('ory: mail to alice@example.com')
  const unknown = /There is nobody called "carol@example\.com" in namespace \S+; there is alice@example\.com/
  for (const result of [person, option]) expect(result!.errors[0]).toMatch(unknown)
  for (const { attachments } of failed) {
    const state = attachments.find(({ name }) => name === 'ory.json')
    const { namespace, identities, requests } = JSON.parse(Buffer.from(state!.body!, 'base64').toString())
    expect([typeof namespace, identities.length]).toEqual(['string', 2])
    for (const request of requests) expect(request.namespace).toBe(namespace)
    const page = { method: 'GET', path: '/', status: 200, who: 'alice@example.com', why: 'asked' }
    expect(requests).toEqual(
      attachments === mail!.attachments ? expect.arrayContaining([expect.objectContaining(page)]) : [],
    )
  }
})

test('without a dev server, and without its address, the sentence says so', async () => {
  const nobody = `http://localhost:${await freePort()}`
  const unreachable = await playwright('crowd', { CROWD: '1', BASE_URL: nobody })
  expect(unreachable.results[0]!.errors[0]).toContain(`Nobody answers at ${nobody}`)
  const unknown = await playwright('crowd', { CROWD: '1', BASE_URL: '' })
  expect(unknown.results[0]!.errors[0]).toContain(
    'Playwright does not know the dev server: set `use: { baseURL',
  )
})
