// How the tests install what Debian packages, where they may.
import { spawnSync } from 'node:child_process'

/** Installs packages; what apt-get says goes to standard error. Whether they are there afterwards is the caller's to look. */
export function aptInstall(...packages) {
  console.error(`Installing ${packages.join(', ')} with apt-get for the tests …`)
  const options = ['-q', '-o', 'DPkg::Lock::Timeout=300'] // test files run in parallel
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
    spawnSync('apt-get', [...options, ...args], { stdio: ['ignore', 2, 2], env })
  }
}
