// What manifests are validated with: kubernetes-validate from PyPI, and the CRDs of Gateway API and Envoy Gateway from
// their Go modules.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const FOLDER = fileURLToPath(new URL('../node_modules/.cache/engines/schemas', import.meta.url))
const VALIDATOR = 'kubernetes-validate==1.37.0'
const MODULES = [
  ['sigs.k8s.io/gateway-api@v1.4.0', 'config/crd/standard'],
  ['github.com/envoyproxy/gateway@v1.6.0', 'charts/gateway-helm/crds/generated'],
]
/** Of the kinds that we write. */
const USED = /_(gateways|httproutes|securitypolicies|clienttrafficpolicies|backends)\.yaml$/

function moduleFolder(name) {
  // Outside of every module; GOFLAGS of whoever runs this do not count.
  const options = { cwd: '/', encoding: 'utf8', env: { ...process.env, GOFLAGS: '-mod=mod' } }
  return JSON.parse(execFileSync('go', ['mod', 'download', '-json', name], options)).Dir
}

/** A Python that has the validator, and the files of the CRDs. */
export function ensureSchemas() {
  const python = join(FOLDER, 'bin', 'python')
  if (!existsSync(join(FOLDER, 'bin', 'kubernetes-validate'))) {
    console.error(`Installing ${VALIDATOR} with pip for the tests …`)
    execFileSync('python3', ['-m', 'venv', FOLDER], { stdio: ['ignore', 2, 2] })
    execFileSync(python, ['-m', 'pip', 'install', '-q', VALIDATOR], { stdio: ['ignore', 2, 2] })
  }
  const crds = MODULES.flatMap(([name, below]) => {
    const folder = join(moduleFolder(name), below)
    return readdirSync(folder)
      .filter(file => USED.test(file))
      .map(file => join(folder, file))
  })
  return { python, crds }
}
