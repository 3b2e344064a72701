// http-proxy-middleware behind HTTPS with HTTP/2, with an Authorization header that is as long as ours.
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import { createSecureServer } from 'node:http2'
import * as x509 from '@peculiar/x509'
import { createProxyMiddleware } from 'http-proxy-middleware'

const { app, authorization } = JSON.parse(process.argv[2])
const proxy = createProxyMiddleware({
  target: app,
  xfwd: true,
  headers: { authorization },
  // Node refuses them over HTTP/2 (RFC 9113, section 8.2.2), and there would be no answer at all.
  on: {
    proxyRes({ headers }) {
      for (const name of ['connection', 'keep-alive', 'transfer-encoding']) delete headers[name]
    },
  },
})
process.on('SIGTERM', () => process.exit())
const server = createSecureServer({ ...(await certificate()), allowHTTP1: true }, (req, res) => {
  req.headers.host ??= req.headers[':authority']
  proxy(req, res)
})
server.listen(0, '127.0.0.1', () => process.send({ url: `https://127.0.0.1:${server.address().port}` }))

/** Of the kind that the command has: ECDSA on P-256. */
async function certificate() {
  x509.cryptoProvider.set(webcrypto)
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=localhost',
    keys,
    signingAlgorithm: algorithm,
  })
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)
  return { key: x509.PemConverter.encode(key, 'PRIVATE KEY'), cert: made.toString('pem') }
}
