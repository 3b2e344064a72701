/** Manifests for Kubernetes: Gateway API with Envoy Gateway, and the signer. */
import { MAKE_PEM, readmeMd } from '../readme.js'
import type { Folder, Gateway } from '../settings.js'
import { gatewayYaml } from './gateway.js'
import { signerYaml } from './signer.js'

const SECRET = `# The key that signs. Not with the others in a repository: kubectl create secret, or your own way of keeping secrets.
apiVersion: v1
kind: Secret
metadata: {name: signer-keys}
type: Opaque
stringData:
  signing.pem: "REPLACE ME: a private key of P-256 as PEM (PKCS#8)"
`

/** Files, all checked against the schemas of their kinds. */
export const kubernetes = (gateway: Gateway): Folder => ({
  'signer.yaml': signerYaml(gateway),
  'gateway.yaml': gatewayYaml(gateway),
  'secret.yaml': SECRET,
  'README.md': readmeMd(gateway, {
    engine: 'kubernetes',
    install:
      'a cluster with Envoy Gateway v1.6 (Gateway API v1.4), a GatewayClass `eg`, a TLS secret `app-tls`',
    start: '`kubectl apply -f signer.yaml -f gateway.yaml`, in the namespace of your app',
    reload: '`kubectl rollout restart deployment signer`',
    rehearsal: 'envoy-ext-authz',
    keys: 'the secret signer-keys',
    makeKey: `mkdir -p keys && ${MAKE_PEM.split(' &&')[0]} && kubectl create secret generic signer-keys --from-file=keys/signing.pem`,
    rotate: `**New key, published first**: add it to \`signer-keys\` as \`other.pem\`, \`kubectl rollout restart deployment signer\`; wait until backends have read the keys again (jose: 10 minutes); exchange the two, restart; wait 60 s and the ${gateway.sessionCache} s of the cache; take \`other.pem\` out, restart. A secret changes in one step for a pod, and pods one after the other: a key that signs at once fails until all of them publish it, so this order only.`,
    more: [
      '**No cluster was at hand**: these manifests were checked strictly against the schemas of Kubernetes, Gateway API and Envoy Gateway; the same signer, asked in the same way, ran behind a real Envoy (`ory-proxy rehearse envoy-ext-authz`). Try them on a cluster of your own first.',
      'In `gateway.yaml` the app and Ory are Services named like the hosts you gave; one in another namespace needs a ReferenceGrant there, an Ory outside of the cluster the Backend API (`extensionApis.enableBackend`). Name the pods of your app in its NetworkPolicy.',
      'Istio: an `extensionProvider` of `envoyExtAuthzHttp` with `pathPrefix: /check` and the same headers asks the same signer. ingress-nginx ended in March 2026.',
    ],
  }),
  '.gitignore': 'keys/\nsecret.yaml\n',
})
