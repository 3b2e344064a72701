/** The configuration of a gateway that does in production what the dev server does in development. */
import { EXT_AUTHZ, envoyYaml, LUA } from './envoy/conf.js'
import { envoyLua } from './envoy/lua.js'
import { haproxyCfg } from './haproxy/conf.js'
import { haproxyLua } from './haproxy/lua.js'
import { kubernetes } from './kubernetes/folder.js'
import { sharedCache } from './lua/core.js'
import { nginxConf } from './nginx/conf.js'
import { signJs, textJs } from './nginx/njs.js'
import { signerFolder } from './nginx/signer.js'
import { oathkeeperSigning, oathkeeperYml, rulesYml } from './oathkeeper/conf.js'
import { MAKE_PEM, type Manual, readmeMd } from './readme.js'
import type { Folder, Gateway } from './settings.js'

const GITIGNORE = 'keys/\nrun/\nlogs/\n'
const NGINX = 'nginx with njs (Debian: `apt-get install nginx libnginx-mod-http-js`)'
const FOLDERS = 'mkdir -p keys run logs'

/** Of engines that ask a signer beside them. */
const beside = (manual: Pick<Manual, 'engine' | 'install' | 'start' | 'more'>): Manual => ({
  ...manual,
  install: `${manual.install}, and ${NGINX} for the signer`,
  start: `\`(cd signer && nginx -p . -c nginx.conf)\`, then ${manual.start}`,
  reload: '`(cd signer && nginx -p . -c nginx.conf -s reload)`',
  keys: 'signer/keys',
  makeKey: `mkdir -p signer/keys signer/run signer/logs && cd signer && ${MAKE_PEM}`,
})

/** The signer beside an engine, in a folder of its own. */
const signerBeside = (gateway: Gateway, engine: string, cache: number): Folder => {
  const options = { listen: `127.0.0.1:${gateway.signerPort}`, cache, engine }
  const files = Object.entries(signerFolder(gateway, options))
  return Object.fromEntries(files.map(([name, text]) => [`signer/${name}`, text]))
}

const nginx = (gateway: Gateway): Folder => ({
  'nginx.conf': nginxConf(gateway),
  'njs/sign.js': signJs(gateway),
  'njs/text.js': textJs(gateway),
  'README.md': readmeMd(gateway, {
    engine: 'nginx',
    install: NGINX,
    start: '`nginx -p . -c nginx.conf` in this folder',
    reload: '`nginx -p . -c nginx.conf -s reload`',
    keys: 'keys',
    makeKey: `${FOLDERS} && ${MAKE_PEM}`,
    more: [],
  }),
  '.gitignore': GITIGNORE,
})

const envoy = (gateway: Gateway): Folder => ({
  'envoy.yaml': envoyYaml(gateway, 'envoy', LUA),
  'who.lua': envoyLua(gateway),
  ...signerBeside(gateway, 'envoy', sharedCache(gateway)),
  'README.md': readmeMd(
    gateway,
    beside({
      engine: 'envoy',
      install: 'Envoy 1.34 or later',
      start: '`envoy -c envoy.yaml` in this folder',
      more: [
        'The filter keeps answers per worker thread; a sign-out through `/.ory` empties one of them at once, the others in time. A script that fails, or a signer that is gone, closes the gate: 500 or 503.',
      ],
    }),
  ),
  '.gitignore': GITIGNORE,
})

const envoyExtAuthz = (gateway: Gateway): Folder => ({
  'envoy.yaml': envoyYaml(gateway, 'envoy-ext-authz', EXT_AUTHZ),
  ...signerBeside(gateway, 'envoy-ext-authz', gateway.sessionCache),
  'README.md': readmeMd(
    gateway,
    beside({
      engine: 'envoy-ext-authz',
      install: 'Envoy 1.34 or later',
      start: '`envoy -c envoy.yaml` in this folder',
      more: [
        'The signer decides about every request, the gate included: what Envoy Gateway and Istio speak. A signer that is gone closes everything: 503. `ory-proxy export envoy` asks less often.',
      ],
    }),
  ),
  '.gitignore': GITIGNORE,
})

const haproxy = (gateway: Gateway): Folder => ({
  'haproxy.cfg': haproxyCfg(gateway),
  'who.lua': haproxyLua(gateway),
  ...signerBeside(gateway, 'haproxy', sharedCache(gateway)),
  'README.md': readmeMd(
    gateway,
    beside({
      engine: 'haproxy',
      install: 'HAProxy 2.6 or later (Debian: `apt-get install haproxy`)',
      start: '`haproxy -f haproxy.cfg` in this folder',
      more: [
        'The script keeps answers per thread; a sign-out through `/.ory` empties one of them at once, the others in time. A script that fails, or a signer that is gone, closes the gate: 500 or 503.',
      ],
    }),
  ),
  '.gitignore': GITIGNORE,
})

const oathkeeper = (gateway: Gateway): Folder => ({
  'nginx.conf': nginxConf(gateway, oathkeeperSigning(gateway)),
  'njs/sign.js': signJs(gateway),
  'njs/text.js': textJs(gateway),
  'oathkeeper.yml': oathkeeperYml(gateway),
  'rules.yml': rulesYml(),
  'README.md': readmeMd(gateway, {
    engine: 'oathkeeper',
    install: `Ory Oathkeeper v26.2.0, and ${NGINX}`,
    start: '`oathkeeper serve -c oathkeeper.yml`, then `nginx -p . -c nginx.conf`, both in this folder',
    reload: '`nginx -p . -c nginx.conf -s reload`; Oathkeeper reads its keys again within 30 s by itself',
    keys: 'keys',
    makeKey: `${FOLDERS} && oathkeeper credentials generate --alg ES256 > keys/signing.jwks.json && chmod 600 keys/signing.jwks.json`,
    rotate: `**New key**: Oathkeeper signs with the last key of \`keys/signing.jwks.json\` and publishes all. \`[new, old]\`, wait 30 s and until backends have read the keys again (jose: 10 minutes); \`[old, new]\`, wait 90 s and the ${gateway.sessionCache} s of the cache; \`[new]\`. Every key there is a private one: with one public only, it signs with one and names the other, and every token fails.`,
    more: [
      'Oathkeeper signs, nginx is the way, never Oathkeeper alone: as the proxy it answers 401 to a stale cookie on public pages, signs an empty `sub` for nobody, passes a forged `Authorization` on, asks Kratos for every request (no cache: ory/oathkeeper#1244) and sends CORS headers twice.',
      'To Oathkeeper an Ory that does not answer is the same as nobody: gated pages send people to sign in instead of saying 503. The gate stays closed.',
    ],
  }),
  '.gitignore': GITIGNORE,
})

/** What can be written, by the engine's name. */
export const ENGINES: Readonly<Record<string, (gateway: Gateway) => Folder>> = {
  nginx,
  envoy,
  'envoy-ext-authz': envoyExtAuthz,
  haproxy,
  oathkeeper,
  kubernetes,
}
