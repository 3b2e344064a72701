import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { ensureBrowser } from '../scripts/ensure-browser.mjs'
import { scratch, startCli, start as startProgram } from './_processes.mjs'
import { inTurns, median, promise, shown } from './_stats.mjs'

const ROUNDS = 9
const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url))

/** What one waits for: `doctor`, and another person in the page one is at. */
export async function tools() {
  const app = await startProgram('sides/app.mjs')
  const command = await startCli(app.url)
  const browser = await chromium.launch({ executablePath: await ensureBrowser(), args: ['--no-sandbox'] })
  const page = await browser.newPage()
  await page.goto(command.url)
  const [first, second] = ['alice@example.com', 'bob@example.com']
  await switchTo(page, first)
  let next = second
  const sides = {
    '`ory-proxy doctor`, with a server that runs': () => doctor(command.url),
    'a page, loaded anew': () => reload(page),
    'another person in it, by one click': async () => {
      const took = await switchTo(page, next)
      next = next === first ? second : first
      return took
    },
  }
  const rounds = await inTurns(ROUNDS, sides, measure => measure())
  await browser.close()
  await command.close()
  await app.close()
  const [looked, anew, switched] = Object.values(rounds)
  return {
    title: 'Tools',
    how:
      `${ROUNDS} rounds, milliseconds, in Chromium; the click is on a person in a frame of the page, as in the badge's panel, ` +
      'and counts until the page is there again, with the other person signed in',
    table: { columns: ['', 'ms'], rows: Object.keys(rounds).map(name => [name, shown(rounds[name])]) },
    promises: [
      promise('doctor, node included', '< 500', median(looked), 'ms'),
      promise('a switch of the person, more than a reload', '< 200', median(switched) - median(anew), 'ms'),
    ],
  }
}

/** A project as they are, with a file of every kind that is looked at. */
function doctor(url) {
  const folder = join(scratch, 'project')
  mkdirSync(folder, { recursive: true })
  const files = {
    'package.json': '{"dependencies":{"@ory/client-fetch":"^1.22.0"}}',
    '.env': `VITE_ORY_SDK_URL=/.ory\nORY_JWKS_URL=${url}/.ory/jwks.json\n`,
    'kratos.yml': 'selfservice:\n  allowed_return_urls: [http://localhost:3000]\n',
    'vite.config.js': "import { ory } from 'ory-proxy/vite'\nexport default { plugins: [ory()] }\n",
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const started = performance.now()
  const child = spawn(process.execPath, [CLI, 'doctor', url, '--strict'], { cwd: folder, stdio: 'ignore' })
  return new Promise(resolve => {
    child.once('close', code => {
      assert.equal(code, 0)
      resolve(performance.now() - started)
    })
  })
}

async function reload(page) {
  const started = performance.now()
  await page.reload()
  return performance.now() - started
}

/** The panel is open already, as it is for somebody who tries one person after the other. */
async function switchTo(page, email) {
  await page.evaluate(async () => {
    const frame = Object.assign(document.createElement('iframe'), { src: '/.ory/dev/users' })
    const loaded = new Promise(done => frame.addEventListener('load', done))
    document.documentElement.append(frame)
    await loaded
  })
  const button = page.frameLocator('iframe').getByRole('button', { name: `Sign in as ${email}` })
  await button.waitFor()
  const loaded = page.waitForEvent('load')
  const started = performance.now()
  await button.evaluate(element => element.click()) // at once: the driver's own would look first whether it can be hit
  await loaded
  const took = performance.now() - started
  const { who } = await page.evaluate(async () =>
    (await fetch('/.ory/dev/token', { headers: { accept: 'application/json' } })).json(),
  )
  assert.equal(who, email)
  return took
}
