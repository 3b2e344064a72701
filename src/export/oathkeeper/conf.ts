/** Oathkeeper signs, nginx is the way: never Oathkeeper as the proxy alone (README says why). */
import type { Signing } from '../nginx/conf.js'
import type { Gateway } from '../settings.js'

/** Its ports: of decisions and keys, of the proxy that nobody uses, of its figures. */
export const portsOf = ({ signerPort }: Gateway): { api: number; proxy: number; figures: number } => ({
  api: signerPort,
  proxy: signerPort + 1,
  figures: signerPort + 2,
})

/** oathkeeper.yml: GET /decisions gives 200 with Authorization, or 401; on this machine only. */
export function oathkeeperYml(gateway: Gateway): string {
  const { api, proxy, figures } = portsOf(gateway)
  const whoami = `${gateway.ory.href.replace(/\/$/, '')}/sessions/whoami`
  const session = `check_session_url: ${whoami}
      preserve_path: true
      preserve_query: true
      force_method: GET
      subject_from: identity.id
      extra_from: '@this'`
  return `# Written by \`ory-proxy export oathkeeper\`. Start: README.md
version: v26.2.0
log: {level: warn, format: json, leak_sensitive_values: false}
serve:
  api: {host: 127.0.0.1, port: ${api}}
  proxy: {host: 127.0.0.1, port: ${proxy}}        # used by nobody, and cannot be left out
  prometheus: {host: 127.0.0.1, port: ${figures}}
access_rules:
  matching_strategy: regexp
  repositories: ['file://rules.yml']
errors:
  fallback: [json]
  handlers: {json: {enabled: true, config: {verbose: false}}}
authenticators:
  cookie_session:
    enabled: true
    config:
      ${session}
  bearer_token:
    enabled: true
    config:
      ${session}
      prefix: ory_st_
      forward_http_headers: [X-Session-Token]
authorizers: {allow: {enabled: true}}
mutators:
  id_token:
    enabled: true
    config:
      issuer_url: ${gateway.ory.origin}
      jwks_url: file://keys/signing.jwks.json
      ttl: 60s
      # Oathkeeper keeps a token until 6 s before its end; a claim that changes every 30 s makes it sign anew.
      claims: '{"iat": {{ div (now | unixEpoch) 30 }}, "session": {{ .Extra | toJson }}}'
`
}

/** rules.yml: everybody who has a session. */
export const rulesYml = (): string => `- id: who
  match: {url: '<https?>://<.*>', methods: [GET]}
  authenticators:
  - handler: cookie_session
  - {handler: bearer_token, config: {token_from: {header: X-Session-Token}}}
  - handler: bearer_token
  authorizer: {handler: allow}
  mutators: [{handler: id_token}]
`

/** nginx.conf asks it. */
export const oathkeeperSigning = (gateway: Gateway): Signing => ({
  engine: 'oathkeeper',
  signer: `127.0.0.1:${portsOf(gateway).api}`,
  question: {
    path: '/decisions',
    headers: `
  proxy_set_header Host who;
  proxy_set_header X-Forwarded-Method GET;
  proxy_set_header X-Forwarded-Proto http;
  proxy_set_header X-Forwarded-Host who;
  proxy_set_header X-Forwarded-Uri /who;`,
  },
  jwks: "proxy_pass http://who/.well-known/jwks.json; proxy_set_header Connection ''; proxy_set_header Authorization '';",
  servers: '',
})
