// Installs a folder of test/ that has a package.json and lock of its own, once: the dev servers and frameworks
// our tests start, which nobody needs who does not run them.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** What was installed last: the lock file's hash, and which Node it was for. */
function wanted(folder) {
  const lock = readFileSync(join(folder, 'package-lock.json'))
  return `${createHash('sha256').update(lock).digest('hex')} ${process.platform} ${process.arch}`
}

function isInstalled(folder) {
  try {
    return readFileSync(join(folder, 'node_modules/.ory-proxy-installed'), 'utf8') === wanted(folder)
  } catch {
    return false
  }
}

function npmCi(folder) {
  const args = ['ci', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']
  return new Promise((resolve, reject) => {
    const shell = process.platform === 'win32' // npm is a .cmd there
    const child = spawn('npm', args, { cwd: folder, shell, stdio: ['ignore', 'ignore', 'inherit'] })
    child.on('error', reject)
    child.on('close', code =>
      code === 0 ? resolve() : reject(new Error(`npm ci in ${folder}: exit ${code}`)),
    )
  })
}

/** Test files run in parallel: the first one installs, the others wait. A lock of a dead process counts for nothing. */
async function lock(file) {
  for (;;) {
    try {
      return writeFileSync(file, String(process.pid), { flag: 'wx' })
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    if (!isAlive(file)) rmSync(file, { force: true })
    else await sleep(200)
  }
}

function isAlive(file) {
  try {
    return process.kill(Number(readFileSync(file, 'utf8')) || process.pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Makes sure that what a folder's lock file lists is in its node_modules. */
export async function ensureInstalled(folder) {
  if (isInstalled(folder)) return
  const file = join(folder, '.installing')
  await lock(file)
  try {
    if (isInstalled(folder)) return
    console.error(`Installing ${relative(process.cwd(), folder)} for the tests …`)
    await npmCi(folder)
    mkdirSync(join(folder, 'node_modules'), { recursive: true })
    writeFileSync(join(folder, 'node_modules/.ory-proxy-installed'), wanted(folder))
  } finally {
    rmSync(file, { force: true })
  }
}
