import { chromium } from 'playwright-core'
import { connectTestOry } from '../dist/testing/index.js'
import { ensureBrowser } from '../scripts/ensure-browser.mjs'
import { startCli, start as startProgram } from './_processes.mjs'
import { AS_INSTALLED, playwrightCrowd, startExample, vitestRun } from './_runners.mjs'
import { inTurns, median, percentile, promise, shown } from './_stats.mjs'

const NAMESPACES = 1000
const TESTS = 200
const PAGES = 20
const FILES = 20
const ROUNDS = 3
const CROWD = { tests: 100, workers: 4 }
const MIB = 1024 * 1024

/** What the test kit costs a test, a page and a run. */
export async function testing() {
  const app = await startProgram('sides/app.mjs')
  const command = await startCli(app.url)
  const spaces = await manyNamespaces(command)
  const backend = await backendTests(command)
  const pages = await inChromium(command)
  await Promise.all([command.close(), app.close()])
  const runs = await inTurns(ROUNDS, RUNS, measure => measure())
  const example = await startExample()
  const crowd = await playwrightCrowd(example.url, CROWD)
  example.close()
  return report({ spaces, backend, pages, runs, crowd })
}

/** One after another, over HTTP; the emulator keeps 256 of them. */
async function manyNamespaces(command) {
  const open = async () => void (await connectTestOry(command.url))
  const first = await times(NAMESPACES / 2, open)
  const middle = await command.usage()
  const second = await times(NAMESPACES / 2, open)
  const end = await command.usage()
  return { ms: [...first, ...second], grown: (end.heapUsed - middle.heapUsed) / MIB }
}

/** What the fixture of a backend's test does: a state of its own, somebody signed in, the state gone. */
async function backendTests(command) {
  const signIn = []
  const whole = await times(TESTS, async () => {
    const ory = await connectTestOry(command.url)
    const started = performance.now()
    await ory.signIn('alice@example.com')
    signIn.push(performance.now() - started)
    await ory.close()
  })
  return { signIn, whole }
}

/** From the start of a test to the app's page, in a browser that is there. */
async function inChromium(command) {
  const browser = await chromium.launch({ executablePath: await ensureBrowser(), args: ['--no-sandbox'] })
  const sides = { anonymous: false, 'signed in': true }
  const open = async isSignedIn => {
    const started = performance.now()
    const context = await browser.newContext()
    if (isSignedIn) {
      const ory = await connectTestOry(command.url)
      const { headers } = await ory.signIn('alice@example.com')
      const pairs = headers.cookie.split('; ').map(pair => pair.split('='))
      await context.addCookies(
        pairs.map(([name, ...value]) => ({ name, value: value.join('='), url: command.url })),
      )
    }
    await (await context.newPage()).goto(`${command.url}/who`)
    const ms = performance.now() - started
    await context.close()
    return ms
  }
  await inTurns(2, sides, open)
  const pages = await inTurns(PAGES, sides, open)
  await browser.close()
  return pages
}

const OURS = `import { expect, test } from 'ory-proxy/vitest'
test('alice', async ({ ory }) => {
  expect((await ory.signIn('alice@example.com')).session.active).toBe(true)
})
`
const CONFIG = more => `export default { root: import.meta.dirname, test: { maxWorkers: 2, ${more} } }\n`
const RUNS = {
  'Vitest alone': () =>
    vitestRun(
      FILES,
      OURS.replace('ory-proxy/', '')
        .replace(/expect\(\(.*\n/, 'expect(1).toBe(1)\n')
        .replace('{ ory }', ''),
      CONFIG(''),
    ),
  'with the kit': () =>
    vitestRun(FILES, OURS, CONFIG(`globalSetup: ['ory-proxy/vitest/setup'], ${AS_INSTALLED}`)),
}

async function times(count, run) {
  const taken = []
  for (let i = 0; i < count; i++) {
    const started = performance.now()
    await run()
    taken.push(performance.now() - started)
  }
  return taken
}

function report({ spaces, backend, pages, runs, crowd }) {
  const behind = median(pages['signed in']) - median(pages.anonymous)
  const paid = median(runs['with the kit']) - median(runs['Vitest alone'])
  const row = (name, ms) => [name, percentile(ms, 0.5).toFixed(1), percentile(ms, 0.95).toFixed(1)]
  return {
    title: 'Tests with people in them',
    how:
      `the kit against the command with the emulator, one call after another; a page in Chromium, sign-in included. ` +
      `${FILES} files of one test each in Vitest, ${ROUNDS} rounds: ${shown(runs['with the kit'])} ms, ` +
      `without the kit ${shown(runs['Vitest alone'])} ms. ${CROWD.tests} tests in ${CROWD.workers} workers of Playwright, all with ` +
      `one and the same address, by sign-up and mail, half of them with a moved clock or a fault: ` +
      `${crowd.passed} passed, ${crowd.failed} failed, in ${crowd.seconds.toFixed(0)} s`,
    table: {
      columns: ['', 'p50, ms', 'p95, ms'],
      rows: [
        row(`a namespace, of ${NAMESPACES.toLocaleString('en-US')}`, spaces.ms),
        row('`signIn`', backend.signIn),
        row('all that the kit does for a test of a backend', backend.whole),
        row('an anonymous page', pages.anonymous),
        row('the page of somebody signed in', pages['signed in']),
      ],
    },
    promises: [
      promise('making a namespace, p95 of 1,000', '< 10', percentile(spaces.ms, 0.95), 'ms'),
      promise('heap that the second 500 namespaces take', '< 2', spaces.grown, 'MiB'),
      promise('`signIn` of the kit, p50', '< 20', percentile(backend.signIn, 0.5), 'ms'),
      promise('a test of a backend, signed in, p50', '< 10', percentile(backend.whole, 0.5), 'ms'),
      promise('a page of somebody signed in, behind an anonymous one', '<= 50', behind, 'ms'),
      promise('what 20 files of Vitest pay for the kit', '< 1000', paid, 'ms'),
      promise('of 100 tests in Playwright, not passed', '= 0', CROWD.tests - crowd.passed),
    ],
  }
}
