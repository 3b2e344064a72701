// The one test command: what a fresh machine lacks is installed, then everything is checked, in this order.
import { spawnSync } from 'node:child_process'
import { ensureBrowser } from './ensure-browser.mjs'
import { ensureDesktopBrowsers } from './ensure-desktop-browsers.mjs'
import { ensureInstalled } from './ensure-installed.mjs'

const shell = process.platform === 'win32' // npm is a .cmd there
const picked = process.argv.slice(2)

/** Runs one step; the first that fails ends the run with its exit code. */
function step(name, command, args, env = {}) {
  console.log(`\n▸ ${name}`)
  const started = performance.now()
  const { status } = spawnSync(command, args, { stdio: 'inherit', shell, env: { ...process.env, ...env } })
  if (status !== 0) {
    console.error(`✗ ${name} failed`)
    process.exit(status ?? 1)
  }
  console.log(`✓ ${name}, ${((performance.now() - started) / 1000).toFixed(1)} s`)
}

/** What the tests start and nobody else needs; the other frameworks are for `npm run test:ecosystem`. */
const FIXTURES = [
  'ecosystem/oldest',
  'ecosystem/older',
  'ecosystem/newer',
  'ecosystem/devtools',
  'ecosystem/backends',
  'frameworks/node',
  'frameworks/sveltekit',
  'frameworks/nuxt',
  'frameworks/next',
]

const CHROMIUM_PATH = await ensureBrowser()
if (picked.length === 0) for (const folder of FIXTURES) await ensureInstalled(`test/${folder}`)
if (picked.length === 0 && process.platform === 'linux') ensureDesktopBrowsers()
step('build', 'npm', ['run', '--silent', 'build'])
if (picked.length === 0) {
  step('types', 'npm', ['run', '--silent', 'typecheck'])
  step('format and lint', 'npm', ['run', '--silent', 'lint'])
  step('package', 'npm', ['run', '--silent', 'package-check'])
}
step('tests', 'node', ['node_modules/vitest/vitest.mjs', 'run', ...picked], { CHROMIUM_PATH })
