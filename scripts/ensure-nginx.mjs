// The nginx (with njs) that the tests start: found, or installed with apt-get where that can be done.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const NGINX = '/usr/sbin/nginx'
const NJS = '/usr/lib/nginx/modules/ngx_http_js_module.so'
const isThere = () => existsSync(NGINX) && existsSync(NJS)

/** Its path; throws where it is missing and cannot be had. */
export function ensureNginx() {
  if (isThere()) return NGINX
  console.error('Installing nginx and its njs module with apt-get for the tests …')
  const options = ['-q', '-o', 'DPkg::Lock::Timeout=300']
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const packages = ['nginx', 'libnginx-mod-http-js']
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
    spawnSync('apt-get', [...options, ...args], { stdio: ['ignore', 2, 2], env })
  }
  if (isThere()) return NGINX
  throw new Error(
    'No nginx with njs, and it could not be installed. Debian: apt-get install nginx libnginx-mod-http-js',
  )
}
