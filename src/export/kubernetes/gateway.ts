/** gateway.yaml: Gateway API, with the policy of Envoy Gateway that asks the signer. */
import { portOf } from '../nginx/parts.js'
import { CHECK } from '../nginx/signer.js'
import { CORS_HEADERS, CORS_METHODS, type Gateway } from '../settings.js'

const text = (value: string): string => JSON.stringify(value)

/** The first name of a host is its Service, as in `kratos-public.auth.svc.cluster.local`. */
const serviceOf = ({ hostname }: URL): string => hostname.split('.')[0]!
const namespaceOf = ({ hostname }: URL): string | undefined => /^[^.]+\.([^.]+)\.svc\b/.exec(hostname)?.[1]
const refTo = (url: URL): string => {
  const namespace = namespaceOf(url)
  return `{name: ${text(serviceOf(url))}, ${namespace === undefined ? '' : `namespace: ${text(namespace)}, `}port: ${portOf(url)}}`
}

/** An Ory outside of the cluster is a Backend of Envoy Gateway, with its certificate verified. */
const isOutside = ({ protocol }: URL): boolean => protocol === 'https:'

/** Every object of it. */
export function gatewayYaml(gateway: Gateway): string {
  const { publicUrl, app, ory, oryDomain } = gateway
  const host = text(publicUrl.hostname)
  return `# Written by \`ory-proxy export kubernetes\`.
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: app}
spec:
  gatewayClassName: eg
  listeners:
${listener(publicUrl)}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: ory}
spec:
  parentRefs: [{name: app}]
  hostnames: [${host}]
  rules:
  - matches:                              # keys, ways to sign in, health: the signer's; the admin API is nobody's
    - {path: {type: Exact, value: /.ory/jwks.json}}
    - {path: {type: Exact, value: /.ory/proxy/jwks.json}}
    - {path: {type: Exact, value: /.ory/healthz}}
    - {path: {type: PathPrefix, value: /.ory/init}}
    - {path: {type: PathPrefix, value: /.ory/admin}}
    backendRefs: [{name: signer, port: 80}]
  - matches: [{path: {type: PathPrefix, value: /.ory}}]
${oryDomain ? `    backendRefs: [{name: signer, port: 80}]   # 404: Ory is at ${ory.origin}` : toOry(ory)}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: app}
spec:
  parentRefs: [{name: app}]
  hostnames: [${host}]
  rules:
  - matches: [{path: {type: PathPrefix, value: /}}]
    timeouts: {request: 0s}               # event streams, long uploads
    backendRefs: [${refTo(app)}]
---
${policies(gateway)}${!oryDomain && isOutside(ory) ? `---\n${outside(ory)}` : ''}---
# Nobody but the gateway writes the app's Authorization. Name its pods here.
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: app}
spec:
  podSelector: {matchLabels: {app: ${text(serviceOf(app))}}}
  policyTypes: [Ingress]
  ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: envoy-gateway-system}}}]}]
`
}

const listener = ({ protocol, hostname }: URL): string =>
  protocol === 'https:'
    ? `  - {name: https, port: 443, protocol: HTTPS, hostname: ${text(hostname)}, tls: {certificateRefs: [{name: app-tls}]}}`
    : `  - {name: http, port: 80, protocol: HTTP, hostname: ${text(hostname)}}`

function toOry(ory: URL): string {
  const prefix = ory.pathname.replace(/\/$/, '') || '/'
  const ref = isOutside(ory) ? '{group: gateway.envoyproxy.io, kind: Backend, name: ory}' : refTo(ory)
  const hostname = isOutside(ory) ? `hostname: ${text(ory.hostname)}, ` : ''
  return `    filters:
    - {type: URLRewrite, urlRewrite: {${hostname}path: {type: ReplacePrefixMatch, replacePrefixMatch: ${text(prefix)}}}}
    - {type: RequestHeaderModifier, requestHeaderModifier: {remove: [Ory-Base-URL-Rewrite, Ory-Base-URL-Rewrite-Token, Ory-No-Custom-Domain-Redirect, Proxy-Authorization]}}
    backendRefs: [${ref}]`
}

const outside = (ory: URL): string => `apiVersion: gateway.envoyproxy.io/v1alpha1
kind: Backend
metadata: {name: ory}
spec:
  endpoints: [{fqdn: {hostname: ${text(ory.hostname)}, port: ${portOf(ory)}}}]
  tls: {wellKnownCACertificates: System, sni: ${text(ory.hostname)}}
`

const ASKED =
  'cookie, authorization, x-session-token, origin, upgrade, accept, sec-fetch-site, sec-fetch-mode, sec-fetch-dest, sec-purpose, purpose, x-purpose, x-moz, x-requested-with'

function policies({ corsOrigins, corsHeaders }: Gateway): string {
  const cors = `  cors:
    allowOrigins: [${corsOrigins.map(text).join(', ')}]
    allowMethods: [${CORS_METHODS.join(', ')}]
    allowHeaders: [${[...CORS_HEADERS, ...corsHeaders].map(text).join(', ')}]
    allowCredentials: true
    maxAge: 60s
`
  return `apiVersion: gateway.envoyproxy.io/v1alpha1
kind: SecurityPolicy
metadata: {name: app}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: HTTPRoute, name: app}]
${corsOrigins.length === 0 ? '' : cors}  extAuth:
    failOpen: false                       # a signer that is gone closes everything
    timeout: 4s
    headersToExtAuth: [${ASKED}]
    http:
      path: ${CHECK}                        # stands before the path that is asked about; the gate is the signer's
      backendRefs: [{name: signer, port: 80}]
      headersToBackend: [authorization]
---
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: ClientTrafficPolicy
metadata: {name: app}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: app}]
  path: {escapedSlashesAction: KeepUnchanged, disableMergeSlashes: true}    # the app sees what was written
  timeout: {http: {requestReceivedTimeout: 0s, idleTimeout: 3600s}}
`
}
