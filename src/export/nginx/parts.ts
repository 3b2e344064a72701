/** What the gateway and the signer, both nginx, have in common. */
import { gateRules, originPattern } from '../patterns.js'
import type { Gateway } from '../settings.js'

/** How long Ory may take to say who it is, as in development. */
export const DEADLINE = '2s'

/** A URL's port, the usual one of its scheme where it names none. */
export const portOf = ({ port, protocol }: URL): string => port || (protocol === 'https:' ? '443' : '80')

/** A word of nginx' own. */
export const quoted = (text: string): string => `"${text.replace(/["\\$]/g, '\\$&')}"`
const regex = (pattern: string, flag = '~'): string => `"${flag}${pattern}"`

/** Moves a block in. */
export const indented = (text: string, by = 2): string =>
  text
    .split('\n')
    .map(line => (line === '' ? '' : ' '.repeat(by) + line))
    .join('\n')

/** Where nginx is. */
export interface Place {
  readonly modules: string
  /** A line that says who its workers are, where root starts it. */
  readonly user: string
  readonly errors: string
}

const DEBIAN: Place = {
  modules: '/usr/lib/nginx/modules',
  user: "user www-data;  # Debian's; it reads keys/\n",
  errors: 'logs/error.log',
}

/** Before `http`. */
export const head = (
  what: string,
  { modules, user, errors }: Place = DEBIAN,
): string => `# Written by \`ory-proxy export ${what}\`. Start: nginx -p . -c nginx.conf
load_module ${modules}/ngx_http_js_module.so;
${user}worker_processes auto;
pid run/nginx.pid;
error_log ${errors} warn;
events { worker_connections 4096; }`

/** Programs, the log, folders, the ways to Ory and to the signer. */
export const basics = ({ ory }: Gateway, signer = 'unix:run/who.sock'): string => `js_path ${quoted('njs')};
js_import text.js;
js_import sign.js;
js_set $came_from text.cameFrom;
js_set $waiting text.waiting;
js_set $login text.login;

# Method, path without its query, status, time: nothing a secret could be in.
log_format requests escape=json
  '{"at":"$time_iso8601","method":"$request_method","path":"$uri","status":$status,"seconds":$request_time,"who":"$who_is_it"}';
access_log logs/access.log requests;

client_body_temp_path run/body;
proxy_temp_path run/proxy;
fastcgi_temp_path run/fastcgi;
uwsgi_temp_path run/uwsgi;
scgi_temp_path run/scgi;
# Tokens lie in here: owner only, best a tmpfs (README.md).
proxy_cache_path run/who levels=1:2 keys_zone=who:10m max_size=256m inactive=1m use_temp_path=off;

upstream ory { server ${ory.hostname}:${portOf(ory)}; keepalive 32; }
upstream who { server ${signer}; keepalive 32; }`

/** Whose a request is, and whether it may be anybody's. */
export function whoMaps({ publicUrl, corsOrigins, protect }: Gateway, path = '$uri'): string {
  const listed = corsOrigins.map(origin => `  ${regex(originPattern(origin), '~*')} listed;\n`)
  const rules = gateRules(protect).map(
    ({ pattern, gated }) => `  ${regex(pattern, gated ? '~*' : '~')} ${gated ? 1 : 0};\n`,
  )
  return `map $request_method $is_write { GET 0; HEAD 0; OPTIONS 0; TRACE 0; default 1; }
map $http_origin $origin_kind {
  '' none;
  ${quoted(publicUrl.origin)} own;
${listed.join('')}  default foreign;
}
# What a page of another origin writes, or a socket it opens, is nobody's: cookies come along, whoever's page it is.
map "$is_write:$origin_kind:$http_sec_fetch_site" $foreign_write {
  ~^0: 0;
  "~^1:(own|listed):" 0;
  "~^1:none:$" 0;
  "~^1:[a-z]+:(same-origin|none)$" 0;
  default 1;
}
map "$http_upgrade:$origin_kind" $foreign_socket { "~^.+:foreign$" 1; default 0; }
map "$foreign_write$foreign_socket" $as_nobody { 00 0; default 1; }
map $as_nobody $who_cookie { 0 $http_cookie; default ''; }
map $as_nobody $who_token { 0 $http_x_session_token; default ''; }
map $as_nobody $who_header { 0 $http_authorization; default ''; }
map $who_header $who_bearer { "~^[Bb]earer ory_st_" $who_header; default ''; }
map "$who_cookie$who_token$who_bearer" $credential { '' 0; default 1; }
map $jwt $who_is_it { '' nobody; default signed-in; }
# protect
map ${path} $gated {
${rules.join('')}  default 0;
}`
}

/** Ory's own host name, as it has many behind one address. */
export function toOry({ ory }: Gateway, path: string): string {
  const prefix = ory.pathname.replace(/\/$/, '')
  const tls = ory.protocol === 'https:' ? `\nproxy_ssl_server_name on;\nproxy_ssl_name ${ory.hostname};` : ''
  return `proxy_pass ${ory.protocol}//ory${prefix}${path};
proxy_http_version 1.1;
proxy_set_header Host ${ory.host};
proxy_set_header Connection '';${tls}`
}

/** Asks who it is, and remembers the answer; no cache is no lock either, which would make equal requests queue. */
export function whoLocation(seconds: number, upstream = 'http://who/who', extra = ''): string {
  const cache = `
  proxy_cache who;
  proxy_cache_methods GET;
  proxy_cache_lock on;
  proxy_cache_lock_timeout ${DEADLINE};
  proxy_cache_key "$who_cookie|$who_token|$who_bearer";
  proxy_cache_valid 200 ${Math.floor(seconds)}s;  # whole seconds, nothing finer
  proxy_cache_valid 401 ${Math.min(2, Math.floor(seconds))}s;`
  return `location = /_who {
  internal;
  if ($credential = 0) { return 401; }
  proxy_pass ${upstream};
  proxy_method GET;
  proxy_pass_request_body off;
  proxy_pass_request_headers off;
  proxy_set_header Content-Length '';
  proxy_set_header Connection '';
  proxy_set_header Cookie $who_cookie;
  proxy_set_header Authorization $who_bearer;
  proxy_set_header X-Session-Token $who_token;${extra}
  proxy_buffering on;
  proxy_buffer_size 32k;       # a JWT carries the session: 4k would answer 502
  proxy_buffers 4 32k;
  proxy_busy_buffers_size 32k;
  proxy_connect_timeout 1s;
  proxy_read_timeout 3s;${seconds < 1 ? '' : cache}
}`
}

/** Signs what Ory says; for nobody from outside. */
export const signerServer = (gateway: Gateway): string => `# The signer: nobody reaches it from outside.
server {
  listen unix:run/who.sock;
  access_log off;
  large_client_header_buffers 4 32k;
  location = /who { js_content sign.who; }
  location = /_whoami {
    internal;
${indented(toOry(gateway, '/sessions/whoami'), 4)}
    proxy_method GET;
    proxy_pass_request_body off;
    proxy_set_header Content-Length '';
    proxy_set_header Accept-Encoding '';
    subrequest_output_buffer_size 1m;
    proxy_buffer_size 64k;
    proxy_buffers 16 64k;
    proxy_read_timeout ${DEADLINE};
    proxy_connect_timeout 1s;
  }
}`

/** Where people are sent who are not signed in, or whom nobody can tell. */
export const refusals = (): string => `location @login {
  add_header Cache-Control no-store always;
  default_type application/json;
  if ($waiting = page) { return 303 $public_origin$login; }
  return 401 '{"error":{"id":"ORY_PROXY_SIGN_IN","code":401,"message":"Nobody is signed in.","login_url":"$public_origin$login"}}';
}
location @unavailable {
  add_header Retry-After 2 always;
  add_header Cache-Control no-store always;
  default_type application/json;
  return 503 '{"error":{"id":"ORY_PROXY_WHO_UNKNOWN","code":503,"message":"Ory does not answer."}}';
}`

/** The paths below /.ory that are the gateway's own. */
export function ownPaths({ ory, oryDomain }: Gateway, jwks = 'js_content sign.jwks;'): string {
  const flows = oryDomain ? ory.href.replace(/\/$/, '') : '$public_origin/.ory'
  return `location = /.ory/healthz { access_log off; default_type text/plain; return 200 'ok\\n'; }
location = /.ory/jwks.json { ${jwks} }
location = /.ory/proxy/jwks.json { ${jwks} }
location ~ ^/\\.ory/init/(?<flow>login|registration|recovery|verification|settings)$ {
  add_header Cache-Control no-store always;
  return 303 ${flows}/self-service/$flow/browser?return_to=$came_from;
}`
}
