/** envoy.yaml: the way in, the routes, who is asked, and where to. */
import { isIP } from 'node:net'
import { portOf } from '../nginx/parts.js'
import { originPattern } from '../patterns.js'
import { CORS_HEADERS, CORS_METHODS, type Gateway } from '../settings.js'

const TYPE = 'type.googleapis.com/envoy.extensions'
const text = (value: string): string => JSON.stringify(value)

/** What asks who it is: a filter, and what routes of Ory's say to it. */
export interface Asking {
  readonly name: string
  readonly filter: string
  /** For routes that are not the app's. */
  readonly off: string
  /** What Envoy itself answers. */
  readonly replies: string
}

/** The whole file. */
export function envoyYaml(gateway: Gateway, engine: string, asking: Asking): string {
  return `# Written by \`ory-proxy export ${engine}\`. Start: README.md
static_resources:
  listeners:
  - name: public
    address: {socket_address: {address: ${gateway.listenHost ?? '0.0.0.0'}, port_value: ${gateway.listen}}}
    filter_chains:
    - filters:
      - name: envoy.filters.network.http_connection_manager
        typed_config:
          "@type": ${TYPE}.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: public
          codec_type: AUTO
          use_remote_address: true
          server_header_transformation: PASS_THROUGH
          max_request_headers_kb: 96
          stream_idle_timeout: 3600s            # the default, 5 minutes, ends quiet event streams
          request_headers_timeout: 60s
          upgrade_configs: [{upgrade_type: websocket}]
          common_http_protocol_options: {headers_with_underscores_action: ALLOW}
          access_log:                           # path without its query: nothing a secret could be in
          - name: envoy.access_loggers.stdout
            typed_config:
              "@type": ${TYPE}.access_loggers.stream.v3.StdoutAccessLog
              log_format: {json_format: {at: "%START_TIME%", method: "%REQ(:METHOD)%", path: "%PATH(NQ)%", status: "%RESPONSE_CODE%", milliseconds: "%DURATION%"}}
${asking.replies}          http_filters:
          - name: envoy.filters.http.cors
            typed_config: {"@type": ${TYPE}.filters.http.cors.v3.Cors}
${asking.filter}
          - name: envoy.filters.http.router
            typed_config: {"@type": ${TYPE}.filters.http.router.v3.Router}
          route_config:
            name: local
            virtual_hosts:
            - name: all
              domains: ["*"]
              request_headers_to_add:
              - {header: {key: x-forwarded-host, value: "%REQ(:AUTHORITY)%"}, append_action: OVERWRITE_IF_EXISTS_OR_ADD}
              - {header: {key: x-forwarded-proto, value: ${gateway.publicUrl.protocol.slice(0, -1)}}, append_action: OVERWRITE_IF_EXISTS_OR_ADD}
              response_headers_to_remove: [access-control-allow-origin, access-control-allow-credentials]
              typed_per_filter_config:
                envoy.filters.http.cors:
                  "@type": ${TYPE}.filters.http.cors.v3.CorsPolicy
                  allow_origin_string_match: [${origins(gateway)}]
                  allow_methods: ${text(CORS_METHODS.join(', '))}
                  allow_headers: ${text([...CORS_HEADERS, ...gateway.corsHeaders].join(', '))}
                  allow_credentials: true
                  max_age: "60"
              routes:
${routes(gateway, asking.off)}
              - match: {prefix: /}
                route: {cluster: app, timeout: 0s}   # the default, 15 s, cuts event streams and slow uploads
  clusters:
${cluster('app', gateway.app)}
${cluster('ory', gateway.ory)}
${cluster('signer', new URL(`http://127.0.0.1:${gateway.signerPort}`))}
`
}

const origins = ({ corsOrigins }: Gateway): string =>
  corsOrigins
    .map(origin => `{safe_regex: {regex: ${text(`(?i)${originPattern(origin).slice(1, -1)}`)}}}`)
    .join(', ')

const OWN = [
  'path: /.ory/jwks.json',
  'path: /.ory/proxy/jwks.json',
  'path: /.ory/healthz',
  'prefix: /.ory/init/',
]

function routes({ ory, oryDomain }: Gateway, off: string): string {
  const own = OWN.map(match => `- match: {${match}}\n  route: {cluster: signer, timeout: 5s}\n${off}`)
  const prefix = `${ory.pathname.replace(/\/$/, '')}/`
  const way = oryDomain
    ? `- match: {prefix: /.ory/}\n  direct_response: {status: 404}   # Ory is at ${ory.origin}\n${off}`
    : `- match: {prefix: /.ory/admin/}
  direct_response: {status: 404}
${off}
- match: {prefix: /.ory/}
  route: {cluster: ory, prefix_rewrite: ${prefix}, timeout: 30s, host_rewrite_literal: ${text(ory.host)}}
  request_headers_to_remove: [ory-base-url-rewrite, ory-base-url-rewrite-token, ory-no-custom-domain-redirect, proxy-authorization]
${off}`
  return [...own, way]
    .join('\n')
    .split('\n')
    .filter(line => line !== '')
    .map(line => `              ${line}`)
    .join('\n')
}

function cluster(name: string, url: URL): string {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const tls =
    url.protocol === 'https:'
      ? `
    transport_socket:
      name: envoy.transport_sockets.tls
      typed_config:
        "@type": ${TYPE}.transport_sockets.tls.v3.UpstreamTlsContext
        sni: ${host}
        common_tls_context:
          validation_context: {trusted_ca: {filename: /etc/ssl/certs/ca-certificates.crt}, match_typed_subject_alt_names: [{san_type: DNS, matcher: {exact: ${host}}}]}`
      : ''
  return `  - name: ${name}
    type: ${isIP(host) ? 'STATIC' : 'STRICT_DNS'}
    connect_timeout: 1s
    load_assignment: {cluster_name: ${name}, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: ${text(host)}, port_value: ${portOf(url)}}}}}]}]}${tls}`
}

/** Lua with a cache: the fast way. */
export const LUA: Asking = {
  name: 'lua',
  filter: `          - name: envoy.filters.http.lua          # who.lua
            typed_config:
              "@type": ${TYPE}.filters.http.lua.v3.Lua
              default_source_code: {filename: who.lua}`,
  off: '',
  replies: '',
}

/** External authorization, as Envoy Gateway and Istio set it up: the signer decides, the gate included. */
export const EXT_AUTHZ: Asking = {
  name: 'ext_authz',
  filter: `          - name: envoy.filters.http.ext_authz    # fails closed: an error is 503, not a way past the gate
            typed_config:
              "@type": ${TYPE}.filters.http.ext_authz.v3.ExtAuthz
              failure_mode_allow: false
              status_on_error: {code: ServiceUnavailable}
              allowed_headers: {patterns: [{exact: cookie}, {exact: authorization}, {exact: x-session-token}, {exact: origin}, {prefix: sec-}, {exact: upgrade}, {exact: accept}, {exact: x-requested-with}, {exact: purpose}, {exact: x-purpose}, {exact: x-moz}]}
              http_service:
                server_uri: {uri: "http://signer", cluster: signer, timeout: 4s}
                path_prefix: /check
                retry_policy: {num_retries: 1, retry_on: "reset-before-request,connect-failure,refused-stream,reset"}   # the signer was reloaded
                authorization_response:
                  allowed_upstream_headers: {patterns: [{exact: authorization}]}
                  allowed_client_headers: {patterns: [{exact: location}, {exact: content-type}, {exact: cache-control}, {exact: retry-after}]}`,
  off: `  typed_per_filter_config: {envoy.filters.http.ext_authz: {"@type": ${TYPE}.filters.http.ext_authz.v3.ExtAuthzPerRoute, disabled: true}}`,
  // Whatever 5xx the signer gives is an error to Envoy, and answered in its own words.
  replies: `          local_reply_config:
            mappers:
            - filter: {and_filter: {filters: [{status_code_filter: {comparison: {op: EQ, value: {default_value: 503, runtime_key: unused}}}}, {response_flag_filter: {flags: [UAEX]}}]}}
              headers_to_add: [{header: {key: retry-after, value: "2"}}, {header: {key: cache-control, value: no-store}}]
              body: {inline_string: '{"error":{"id":"ORY_PROXY_WHO_UNKNOWN","code":503,"message":"Ory does not answer."}}'}
              body_format_override: {text_format_source: {inline_string: "%LOCAL_REPLY_BODY%"}, content_type: application/json}
`,
}
