/** haproxy.cfg: HAProxy (2.6 or later) asks the signer by Lua, and keeps what it said. */
import { portOf } from '../nginx/parts.js'
import { originPattern } from '../patterns.js'
import { CORS_HEADERS, CORS_METHODS, type Gateway } from '../settings.js'

const quoted = (text: string): string => `"${text.replace(/["\\$]/g, '\\$&')}"`

/** The whole file. */
export function haproxyCfg(gateway: Gateway): string {
  const { app, listen, listenHost = '', signerPort } = gateway
  return `# Written by \`ory-proxy export haproxy\`. Start: README.md
global
  log stdout format raw local0 info
  tune.bufsize 65536              # a JWT carries the session:
  tune.maxrewrite 32768           # the default, 1024, has no room for one when a body fills the buffer: it is lost, silently
  lua-load-per-thread who.lua
defaults
  mode http
  log global
  option dontlognull
  timeout connect 1s
  timeout client 1h
  timeout server 1h
  timeout tunnel 1h
  timeout http-request 60s
  http-reuse safe
frontend public
  bind ${listenHost}:${listen}
  # Method, path without its query, status, time: nothing a secret could be in.
  http-request set-var(txn.path) path
  log-format '{"at":"%trl","method":"%HM","path":"%[var(txn.path),json(utf8s)]","status":%ST,"milliseconds":%Ta}'
  acl ory path_beg /.ory/
  acl own path /.ory/jwks.json /.ory/proxy/jwks.json /.ory/healthz
  acl own path_beg /.ory/init/
${cors(gateway)}
  http-request return status 404 if { path_beg /.ory/admin/ }
  http-request lua.forget if ory !own !{ path /.ory/sessions/whoami }
  http-request lua.who if !ory
  http-request return status 303 hdr Location %[var(txn.login)] hdr Cache-Control no-store if { var(txn.deny) -m str 303 }
  http-request return status 401 content-type application/json hdr Cache-Control no-store lf-string %[var(txn.body)] if { var(txn.deny) -m str 401 }
  http-request return status 503 content-type application/json hdr Cache-Control no-store hdr Retry-After 2 lf-string %[var(txn.body)] if { var(txn.deny) -m str 503 }
  http-request return status 500 if !ory !{ var(txn.deny) -m str 0 }    # a script that failed lets nobody in
  http-request set-header X-Forwarded-For %[src]
  http-request set-header X-Forwarded-Proto ${gateway.publicUrl.protocol.slice(0, -1)}
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  http-request del-header Proxy-Authorization
  use_backend signer if own
  use_backend ory if ory
  default_backend app
backend app
  server app ${server(app)}
${toOry(gateway)}
backend signer
  server signer 127.0.0.1:${signerPort}
`
}

function cors({ corsOrigins, corsHeaders }: Gateway): string {
  if (corsOrigins.length === 0) {
    return `  http-response del-header Access-Control-Allow-Origin
  http-response del-header Access-Control-Allow-Credentials`
  }
  const allowed = `hdr Access-Control-Allow-Origin %[var(txn.origin)] hdr Access-Control-Allow-Credentials true hdr Access-Control-Allow-Methods ${quoted(CORS_METHODS.join(', '))} hdr Access-Control-Allow-Headers ${quoted([...CORS_HEADERS, ...corsHeaders].join(', '))} hdr Access-Control-Max-Age 60 hdr Vary Origin`
  return `${corsOrigins.map(origin => `  acl listed req.hdr(origin) -m reg -i ${originPattern(origin).replace(/\\/g, '\\\\')}`).join('\n')}
  acl preflight method OPTIONS
  acl asks req.hdr(access-control-request-method) -m found
  http-request set-var(txn.origin) req.hdr(origin) if listed
  http-request return status 204 ${allowed} if preflight asks listed
  http-response del-header Access-Control-Allow-Origin
  http-response del-header Access-Control-Allow-Credentials
  http-response set-header Access-Control-Allow-Origin %[var(txn.origin)] if { var(txn.origin) -m found }
  http-response set-header Access-Control-Allow-Credentials true if { var(txn.origin) -m found }
  http-response add-header Vary Origin`
}

/** Names are looked up at the start; \`resolvers\` would do it again. */
function server(url: URL): string {
  const { hostname, protocol } = url
  const tls = protocol === 'https:' ? ` ssl verify required ca-file @system-ca sni str(${hostname})` : ''
  return `${hostname}:${portOf(url)}${tls} init-addr last,libc,none`
}

function toOry({ ory, oryDomain }: Gateway): string {
  if (oryDomain) return `backend ory\n  http-request return status 404    # Ory is at ${ory.origin}`
  return `backend ory
  http-request del-header Ory-Base-URL-Rewrite
  http-request del-header Ory-Base-URL-Rewrite-Token
  http-request del-header Ory-No-Custom-Domain-Redirect
  http-request set-header Host ${ory.host}
  http-request replace-path /\\.ory(/.*) ${ory.pathname.replace(/\/$/, '')}\\1
  server ory ${server(ory)}`
}
