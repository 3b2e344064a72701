// The nginx (with njs) that the tests start: found, or installed with apt-get where that can be done.
import { existsSync } from 'node:fs'
import { aptInstall } from './apt.mjs'

const NGINX = '/usr/sbin/nginx'
const NJS = '/usr/lib/nginx/modules/ngx_http_js_module.so'
const isThere = () => existsSync(NGINX) && existsSync(NJS)

/** Its path; throws where it is missing and cannot be had. */
export function ensureNginx() {
  if (isThere()) return NGINX
  aptInstall('nginx', 'libnginx-mod-http-js')
  if (isThere()) return NGINX
  throw new Error(
    'No nginx with njs, and it could not be installed. Debian: apt-get install nginx libnginx-mod-http-js',
  )
}
