// The one test command: what a fresh machine lacks is installed, then everything is checked, in this order.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, relative, resolve } from 'node:path'
import { ensureBrowser } from './ensure-browser.mjs'
import { ensureDesktopBrowsers } from './ensure-desktop-browsers.mjs'
import { ensureInstalled } from './ensure-installed.mjs'

const shell = process.platform === 'win32' // npm is a .cmd there
const picked = process.argv.slice(2)

/** The place of everything that tests write, gone with them; nginx's workers are other users and read in it. */
const TMPDIR = mkdtempSync(join(tmpdir(), 'ory-proxy-tests-'))
chmodSync(TMPDIR, 0o755)
process.on('exit', () => rmSync(TMPDIR, { recursive: true, force: true, maxRetries: 5 }))

/** Runs one command; gives whether it succeeded. */
function succeeds(name, command, args, env = {}) {
  console.log(`\n▸ ${name}`)
  const started = performance.now()
  const { status } = spawnSync(command, args, { stdio: 'inherit', shell, env: { ...process.env, ...env } })
  if (status === 0) console.log(`✓ ${name}, ${((performance.now() - started) / 1000).toFixed(1)} s`)
  return status === 0
}

/** Runs one step; the first that fails ends the run. */
function step(name, ...command) {
  if (succeeds(name, ...command)) return
  console.error(`✗ ${name} failed`)
  process.exit(1)
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

const REPORT = join(TMPDIR, 'report.json')
const VITEST = ['node_modules/vitest/vitest.mjs', 'run']
const REPORTERS = ['--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`]
const flaky = []

/** The files that failed; none where the run did not come to its end. */
function failedFiles() {
  try {
    const { testResults } = JSON.parse(readFileSync(REPORT, 'utf8'))
    return testResults.filter(({ status }) => status === 'failed').map(({ name }) => relative('.', name))
  } catch {
    return []
  }
}

/**
 * Runs tests. Two or fewer files that fail are run once more, with nothing beside them: what passes then depends on the
 * load of this machine, is said to be flaky at the end, and fails nobody's change.
 */
function tests(name, node, files, env) {
  rmSync(REPORT, { force: true })
  if (succeeds(name, node, [...VITEST, ...REPORTERS, ...files], { TMPDIR, ...env })) return
  const failed = failedFiles()
  const again = failed.length > 0 && failed.length <= 2
  if (!again || !succeeds(`${name}, once more`, node, [...VITEST, ...failed], { TMPDIR, ...env })) {
    console.error(`✗ ${name} failed`)
    process.exit(1)
  }
  flaky.push(...failed.map(file => `${file} (${name})`))
}

tests('tests', 'node', picked, { CHROMIUM_PATH })
for (const major of picked.length === 0 ? NODES : []) {
  const node = resolve(`test/nodes/${major}/node_modules/node/bin/node`)
  const PATH = dirname(node) + delimiter + process.env.PATH
  tests(`tests on Node ${major}`, node, ON_NODE, { CHROMIUM_PATH, PATH })
}
for (const one of flaky) console.warn(`⚠ flaky: ${one} failed beside the others and passed alone`)
