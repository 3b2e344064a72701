// The one test command: what a fresh machine lacks is installed, then everything is checked, in this order.
import { spawnSync } from 'node:child_process'
import { delimiter, dirname, resolve } from 'node:path'
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
  'frameworks/sveltekit',
  'frameworks/nuxt',
  'frameworks/next',
]

/** What rests on Node's own HTTP, TLS, files and cryptography, and so may differ from one Node to the next. */
const ON_NODE = ['attacks', 'keys', 'middleware', 'outbound', 'tls', 'verify.test.ts'].map(
  name => `test/${name}`,
)
const NODES = ['20', '22', '24'].filter(major => major !== process.versions.node.split('.')[0])

const CHROMIUM_PATH = await ensureBrowser()
if (picked.length === 0) {
  const folders = [...FIXTURES, ...NODES.map(major => `nodes/${major}`)]
  for (const folder of folders) await ensureInstalled(`test/${folder}`)
  if (process.platform === 'linux') ensureDesktopBrowsers()
}
step('build', 'npm', ['run', '--silent', 'build'])
if (picked.length === 0) {
  step('types', 'npm', ['run', '--silent', 'typecheck'])
  step('format and lint', 'npm', ['run', '--silent', 'lint'])
  step('package', 'npm', ['run', '--silent', 'package-check'])
}
const VITEST = ['node_modules/vitest/vitest.mjs', 'run']
step('tests', 'node', [...VITEST, ...picked], { CHROMIUM_PATH })
for (const major of picked.length === 0 ? NODES : []) {
  const node = resolve(`test/nodes/${major}/node_modules/node/bin/node`)
  const PATH = dirname(node) + delimiter + process.env.PATH
  step(`tests on Node ${major}`, node, [...VITEST, ...ON_NODE], { CHROMIUM_PATH, PATH })
}
