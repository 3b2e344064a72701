/** nginx.conf: nginx asks Ory who a request is from, and signs the JWT itself (njs), or lets Oathkeeper sign. */
import { CORS_HEADERS, CORS_METHODS, type Gateway } from '../settings.js'
import {
  basics,
  head,
  indented,
  ownPaths,
  portOf,
  quoted,
  refusals,
  signerServer,
  toOry,
  whoLocation,
  whoMaps,
} from './parts.js'

/** Who signs: nginx itself, or something that it asks. */
export interface Signing {
  readonly engine: string
  /** An address, `host:port` or a socket. */
  readonly signer: string
  /** What is asked there, with headers of its own. */
  readonly question: { readonly path: string; readonly headers: string }
  /** The locations of the keys do this. */
  readonly jwks: string
  /** Servers besides the gateway. */
  readonly servers: string
}

const itself = (gateway: Gateway): Signing => ({
  engine: 'nginx',
  signer: 'unix:run/who.sock',
  question: { path: '/who', headers: '' },
  jwks: 'js_content sign.jwks;',
  servers: `\n\n${indented(signerServer(gateway))}`,
})

/** The whole file. */
export function nginxConf(gateway: Gateway, signing: Signing = itself(gateway)): string {
  const { app, listen, listenHost } = gateway
  return `${head(signing.engine)}
http {
${indented(basics(gateway, signing.signer))}
  upstream app { server ${app.hostname}:${portOf(app)}; keepalive 64; }

  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
${indented(whoMaps(gateway))}
${indented(corsMaps(gateway))}

  server {
    listen ${listenHost === undefined ? listen : `${listenHost}:${listen}`};  # plain http: TLS ends in front, or add \`listen 443 ssl\` and your certificate here
    server_name _;
${indented(server(gateway, signing), 4)}
  }${signing.servers}
}
`
}

const corsMaps = ({ corsHeaders }: Gateway): string => `# CORS
map "$request_method|$http_access_control_request_method" $preflight { "~^OPTIONS\\|.+$" 1; default 0; }
map $origin_kind $cors_origin { listed $http_origin; default ''; }
map $origin_kind $cors_true { listed true; default ''; }
map $origin_kind $cors_methods { listed '${CORS_METHODS.join(', ')}'; default ''; }
map $origin_kind $cors_headers { listed ${quoted([...CORS_HEADERS, ...corsHeaders].join(', '))}; default ''; }`

const toApp = (authorization: string): string => `proxy_pass http://app;
proxy_set_header Authorization ${authorization};
proxy_set_header Host $http_host;
proxy_set_header Upgrade $http_upgrade;
proxy_set_header Connection $connection_upgrade;
proxy_set_header Proxy-Authorization '';
proxy_set_header X-Forwarded-For $remote_addr;
proxy_set_header X-Forwarded-Proto $public_scheme;
proxy_set_header X-Forwarded-Host $http_host;`

function server(gateway: Gateway, { question, jwks }: Signing): string {
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

${whoLocation(sessionCache, `http://who${question.path}`, question.headers)}

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
${refusals()}
location @preflight {
  add_header Access-Control-Allow-Origin $cors_origin always;
  add_header Access-Control-Allow-Credentials $cors_true always;
  add_header Access-Control-Allow-Methods $cors_methods always;
  add_header Access-Control-Allow-Headers $cors_headers always;
  add_header Access-Control-Max-Age 60 always;
  add_header Vary Origin always;
  return 204;
}

${ownPaths(gateway, jwks)}
${oryLocations(gateway)}`
}

function oryLocations(gateway: Gateway): string {
  if (gateway.oryDomain) return `location /.ory/ { return 404; }  # Ory is at ${gateway.ory.origin}`
  return `location ^~ /.ory/admin/ { return 404; }
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
