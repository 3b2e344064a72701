// The browser the tests drive: found, or else installed. `node scripts/ensure-browser.mjs` prints where it is.
import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']
const ELSEWHERE = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]
/** The browser, what writes its certificate store, and what checks our certificates independently. */
const DEBIAN_PACKAGES = ['chromium', 'libnss3-tools', 'openssl']

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function onPath(name) {
  const directories = (process.env.PATH ?? '').split(delimiter).filter(Boolean)
  return directories.map(directory => join(directory, name)).find(isExecutable)
}

function findBrowser() {
  const named = NAMES.map(onPath).find(Boolean)
  return named ?? [...ELSEWHERE, chromium.executablePath()].find(isExecutable)
}

const isDebianRoot = () => process.getuid?.() === 0 && onPath('apt-get') !== undefined

/** Runs with our standard error as its output: standard output is for the path alone. */
function run(command, args, env = process.env) {
  return new Promise(resolve => {
    const child = spawn(command, args, { stdio: ['ignore', 2, 2], env })
    child.on('error', error => resolve(error.message))
    child.on('close', code => resolve(code === 0 ? undefined : `exit code ${code}`))
  })
}

/** Test files start in parallel, so another process may hold apt's lock: look again before each attempt. */
async function installWithApt(find) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const options = ['-q', '-o', 'DPkg::Lock::Timeout=300']
  let problem
  for (let attempt = 0; attempt < 3 && !find(); attempt++) {
    if (attempt > 0) await sleep(10_000)
    console.error(`Installing ${DEBIAN_PACKAGES.join(' and ')} with apt-get for the browser tests …`)
    const install = ['install', '-y', '--no-install-recommends', ...DEBIAN_PACKAGES]
    problem =
      (await run('apt-get', [...options, 'update'], env)) ??
      (await run('apt-get', [...options, ...install], env))
  }
  return problem
}

function installWithPlaywright() {
  console.error('Downloading Chromium with playwright-core for the browser tests …')
  const cli = join(dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')), 'cli.js')
  return run(process.execPath, [cli, 'install', 'chromium'])
}

/** The executable of a Chromium or Chrome: `CHROMIUM_PATH`, an installed one, or one that is installed now. */
export async function ensureBrowser() {
  const chosen = process.env.CHROMIUM_PATH
  if (chosen && !isExecutable(chosen)) throw new Error(`CHROMIUM_PATH names no executable: ${chosen}`)
  const found = chosen || findBrowser()
  // On Debian the tools that the certificate tests need come along, before a test's own time limit runs.
  const lacks = isDebianRoot() && !(found && onPath('certutil') && onPath('openssl'))
  if (found && !lacks) return found
  const isComplete = () => findBrowser() && onPath('certutil') && onPath('openssl')
  const problem = lacks ? await installWithApt(isComplete) : await installWithPlaywright()
  if (found) return found
  const installed = findBrowser()
  if (installed) return installed
  throw new Error(
    `No Chromium, and it could not be installed (${problem}). Install one and name it: CHROMIUM_PATH=/path/to/chromium`,
  )
}

/** NSS' `certutil`, which writes the certificate stores of Chromium and Firefox on Linux. */
export async function ensureCertutil() {
  const find = () => onPath('certutil')
  const problem = !find() && isDebianRoot() ? await installWithApt(find) : 'not root, or no apt-get'
  const installed = find()
  if (installed) return installed
  throw new Error(
    `No certutil, and it could not be installed (${problem}). Debian/Ubuntu: sudo apt install libnss3-tools; Fedora: sudo dnf install nss-tools; macOS: brew install nss`,
  )
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  ensureBrowser().then(console.log, error => {
    console.error(error.message)
    process.exitCode = 1
  })
}
