/** signer.yaml: the signer as a Deployment, and what keeps it there. */
import { signerFolder } from '../nginx/signer.js'
import type { Gateway } from '../settings.js'

/** The image's place: not Debian's, and never root. */
const PLACE = { modules: 'modules', user: '', errors: '/dev/stderr' }
const PORT = 8080

const block = (text: string): string =>
  text
    .trimEnd()
    .split('\n')
    .map(line => (line === '' ? '' : `    ${line}`))
    .join('\n')

/** Every object of it. */
export function signerYaml(gateway: Gateway): string {
  const files = signerFolder(gateway, {
    listen: String(PORT),
    cache: gateway.sessionCache,
    engine: 'kubernetes',
    place: PLACE,
  })
  const data = Object.entries(files).map(([name, text]) => `  ${name.replace('njs/', '')}: |\n${block(text)}`)
  return `# Written by \`ory-proxy export kubernetes\`: who it is, the gate, the keys. Gateways ask it about every request.
apiVersion: v1
kind: ConfigMap
metadata: {name: signer}
data:
${data.join('\n')}
---
${DEPLOYMENT}
---
${AROUND}
`
}

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: {name: signer, labels: {app: signer}}
spec:
  replicas: 2
  selector: {matchLabels: {app: signer}}
  strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}
  template:
    metadata: {labels: {app: signer}}
    spec:
      automountServiceAccountToken: false
      securityContext: {runAsNonRoot: true, runAsUser: 101, runAsGroup: 101, fsGroup: 101, seccompProfile: {type: RuntimeDefault}}
      topologySpreadConstraints:
      - {maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: signer}}}
      containers:
      - name: signer
        image: nginx:1.28-alpine          # has njs; pin the digest
        args: [nginx, -p, /signer, -c, /signer/nginx.conf, -g, "daemon off;"]
        workingDir: /signer               # its socket is run/who.sock
        ports: [{name: http, containerPort: ${PORT}}]
        readinessProbe: {httpGet: {path: /.ory/healthz, port: http}, periodSeconds: 5}
        livenessProbe: {httpGet: {path: /.ory/healthz, port: http}, periodSeconds: 10, failureThreshold: 6}
        lifecycle: {preStop: {exec: {command: [sleep, "5"]}}}     # until gateways have heard that it goes
        resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 512Mi}}
        securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
        volumeMounts:
        - {name: conf, mountPath: /signer/nginx.conf, subPath: nginx.conf, readOnly: true}
        - {name: conf, mountPath: /signer/njs/sign.js, subPath: sign.js, readOnly: true}
        - {name: conf, mountPath: /signer/njs/text.js, subPath: text.js, readOnly: true}
        - {name: keys, mountPath: /signer/keys, readOnly: true}
        - {name: run, mountPath: /signer/run}
        - {name: logs, mountPath: /signer/logs}
      volumes:
      - {name: conf, configMap: {name: signer}}
      - {name: keys, secret: {secretName: signer-keys, defaultMode: 0440}}
      - {name: run, emptyDir: {medium: Memory, sizeLimit: 256Mi}}   # tokens lie in there
      - {name: logs, emptyDir: {sizeLimit: 16Mi}}`

const AROUND = `apiVersion: v1
kind: Service
metadata: {name: signer}
spec:
  selector: {app: signer}
  ports: [{name: http, port: 80, targetPort: http}]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: signer}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: signer}
  minReplicas: 2
  maxReplicas: 10
  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 60}}}]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: signer}
spec: {minAvailable: 1, selector: {matchLabels: {app: signer}}}
---
# Whoever reaches the signer learns a JWT for a session; whoever reaches the app writes its Authorization.
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: signer}
spec:
  podSelector: {matchLabels: {app: signer}}
  policyTypes: [Ingress]
  ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: envoy-gateway-system}}}], ports: [{port: ${PORT}}]}]`
