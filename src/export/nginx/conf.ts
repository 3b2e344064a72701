/** nginx.conf: nginx asks Ory who a request is from, and signs the JWT itself (njs). */

import { gateRules, originPattern } from '../patterns.js'
import type { Gateway } from '../settings.js'

/** Milliseconds an answer of whoami may take, as in development. */
const DEADLINE = '2s'

const portOf = ({ port, protocol }: URL): string => port || (protocol === 'https:' ? '443' : '80')
const quoted = (text: string): string => `"${text.replace(/["\\$]/g, '\\$&')}"`
const regex = (pattern: string, flag = '~'): string => `"${flag}${pattern}"`

/** The whole file. */
export function nginxConf(gateway: Gateway): string {
  return `${head()}
http {
${indented(basics(gateway))}

${indented(whoMaps(gateway))}

  server {
    listen ${portOf(gateway.publicUrl) === '443' || gateway.publicUrl.protocol === 'https:' ? '8080' : portOf(gateway.publicUrl)};  # plain http: TLS ends in front, or add \`listen 443 ssl\` and your certificate here
    server_name _;
${indented(server(gateway), 4)}
  }

  # The signer: nobody reaches it from outside.
  server {
    listen unix:run/who.sock;
    access_log off;
    large_client_header_buffers 4 32k;
    location = /who { js_content sign.who; }
    location = /_whoami {
      internal;
${indented(toOry(gateway, '/sessions/whoami'), 6)}
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
  }
}
`
}

const indented = (text: string, by = 2): string =>
  text
    .split('\n')
    .map(line => (line === '' ? '' : ' '.repeat(by) + line))
    .join('\n')

const head = (): string => `# Written by \`ory-proxy export nginx\`. Start: nginx -p . -c nginx.conf
load_module /usr/lib/nginx/modules/ngx_http_js_module.so;
user www-data;  # Debian's; it reads keys/
worker_processes auto;
pid run/nginx.pid;
error_log logs/error.log warn;
events { worker_connections 4096; }`

const basics = ({ app, ory }: Gateway): string => `js_path ${quoted('njs')};
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

upstream app { server ${app.hostname}:${portOf(app)}; keepalive 64; }
upstream ory { server ${ory.hostname}:${portOf(ory)}; keepalive 32; }
upstream who { server unix:run/who.sock; keepalive 32; }`

function whoMaps({ publicUrl, corsOrigins, protect, corsHeaders }: Gateway): string {
  const listed = corsOrigins.map(origin => `  ${regex(originPattern(origin), '~*')} listed;`)
  const rules = gateRules(protect).map(
    ({ pattern, gated }) => `  ${regex(pattern, gated ? '~*' : '~')} ${gated ? 1 : 0};`,
  )
  const headers = [
    'Accept',
    'Authorization',
    'Content-Type',
    'X-CSRF-Token',
    'X-Request-Id',
    'X-Session-Token',
  ]
  return `map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
map $request_method $is_write { GET 0; HEAD 0; OPTIONS 0; TRACE 0; default 1; }
map $http_origin $origin_kind {
  '' none;
  ${quoted(publicUrl.origin)} own;
${listed.map(line => `${line}\n`).join('')}  default foreign;
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
map $uri $gated {
${rules.map(line => `${line}\n`).join('')}  default 0;
}
# CORS
map "$request_method|$http_access_control_request_method" $preflight { "~^OPTIONS\\|.+$" 1; default 0; }
map $origin_kind $cors_origin { listed $http_origin; default ''; }
map $origin_kind $cors_true { listed true; default ''; }
map $origin_kind $cors_methods { listed 'GET, HEAD, POST, PUT, PATCH, DELETE'; default ''; }
map $origin_kind $cors_headers { listed ${quoted([...headers, ...corsHeaders].join(', '))}; default ''; }`
}

const toApp = (authorization: string): string => `proxy_pass http://app;
proxy_set_header Authorization ${authorization};
proxy_set_header Host $http_host;
proxy_set_header Upgrade $http_upgrade;
proxy_set_header Connection $connection_upgrade;
proxy_set_header Proxy-Authorization '';
proxy_set_header X-Forwarded-For $remote_addr;
proxy_set_header X-Forwarded-Proto ${'$public_scheme'};
proxy_set_header X-Forwarded-Host $http_host;`

/** Ory's own host name, as it has many behind one address. */
function toOry({ ory }: Gateway, path: string): string {
  const prefix = ory.pathname.replace(/\/$/, '')
  const tls = ory.protocol === 'https:' ? `\nproxy_ssl_server_name on;\nproxy_ssl_name ${ory.hostname};` : ''
  return `proxy_pass ${ory.protocol}//ory${prefix}${path};
proxy_http_version 1.1;
proxy_set_header Host ${ory.host};
proxy_set_header Connection '';${tls}`
}

function server(gateway: Gateway): string {
  const { publicUrl, sessionCache } = gateway
  return `set $public_origin ${publicUrl.origin};
set $public_scheme ${publicUrl.protocol.slice(0, -1)};
set $jwt '';
client_max_body_size 0;
client_header_timeout 60s;
large_client_header_buffers 4 32k;
merge_slashes on;
recursive_error_pages on;
error_page 419 = @preflight;
if ($preflight) { return 419; }

proxy_http_version 1.1;
proxy_buffering off;           # streams, both ways
proxy_request_buffering off;
proxy_read_timeout 1h;
proxy_send_timeout 1h;
proxy_buffer_size 64k;
proxy_busy_buffers_size 64k;
proxy_buffers 8 64k;
proxy_hide_header Access-Control-Allow-Origin;
proxy_hide_header Access-Control-Allow-Credentials;
add_header Access-Control-Allow-Origin $cors_origin always;
add_header Access-Control-Allow-Credentials $cors_true always;

location = /_who {
  internal;
  if ($credential = 0) { return 401; }
  proxy_pass http://who/who;
  proxy_pass_request_body off;
  proxy_pass_request_headers off;
  proxy_set_header Content-Length '';
  proxy_set_header Connection '';
  proxy_set_header Cookie $who_cookie;
  proxy_set_header Authorization $who_bearer;
  proxy_set_header X-Session-Token $who_token;
  proxy_buffering on;
  proxy_buffer_size 32k;       # a JWT carries the session: 4k would answer 502
  proxy_buffers 4 32k;
  proxy_busy_buffers_size 32k;
  proxy_read_timeout 3s;
  proxy_cache who;
  proxy_cache_methods GET;
  proxy_cache_lock on;
  proxy_cache_lock_timeout ${DEADLINE};
  proxy_cache_key "$who_cookie|$who_token|$who_bearer";
  proxy_cache_valid 200 ${Math.floor(sessionCache)}s;  # whole seconds, nothing finer
  proxy_cache_valid 401 2s;
}

# Who is signed in arrives with a JWT; everybody else without any Authorization.
location / {
  auth_request /_who;
  auth_request_set $jwt $upstream_http_authorization;
  error_page 401 403 = @nobody;
  error_page 500 = @unknown;   # Ory gave no answer; nothing of the app's is intercepted
${indented(toApp('$jwt'))}
}
location @nobody {
  if ($gated) { return 418; }
  error_page 418 = @login;
${indented(toApp("''"))}
}
location @unknown {
  if ($gated) { return 420; }
  error_page 420 = @unavailable;
${indented(toApp("''"))}
}
location @login {
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
}
location @preflight {
  add_header Access-Control-Allow-Origin $cors_origin always;
  add_header Access-Control-Allow-Credentials $cors_true always;
  add_header Access-Control-Allow-Methods $cors_methods always;
  add_header Access-Control-Allow-Headers $cors_headers always;
  add_header Access-Control-Max-Age 60 always;
  add_header Vary Origin always;
  return 204;
}

location = /.ory/healthz { access_log off; default_type text/plain; return 200 'ok\\n'; }
location = /.ory/jwks.json { js_content sign.jwks; }
location = /.ory/proxy/jwks.json { js_content sign.jwks; }
${oryLocations(gateway)}`
}

function oryLocations(gateway: Gateway): string {
  const { ory, oryDomain } = gateway
  const flows = oryDomain ? ory.href.replace(/\/$/, '') : '$public_origin/.ory'
  const init = `location ~ ^/\\.ory/init/(?<flow>login|registration|recovery|verification|settings)$ {
  add_header Cache-Control no-store always;
  return 303 ${flows}/self-service/$flow/browser?return_to=$came_from;
}`
  if (oryDomain) return `${init}\nlocation /.ory/ { return 404; }  # Ory is at ${ory.origin}`
  return `${init}
location ^~ /.ory/admin/ { return 404; }
location = /.ory { return 308 /.ory/; }
location /.ory/ {
${indented(toOry(gateway, '/'))}
  proxy_set_header X-Forwarded-For $remote_addr;
  proxy_set_header X-Forwarded-Proto $public_scheme;
  proxy_set_header X-Forwarded-Host $http_host;
  proxy_set_header Proxy-Authorization '';
  proxy_set_header Ory-Base-URL-Rewrite '';
  proxy_set_header Ory-Base-URL-Rewrite-Token '';
  proxy_set_header Ory-No-Custom-Domain-Redirect '';
}`
}
