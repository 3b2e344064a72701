// The API behind `server.proxy`. It trusts one thing: a JWT that verifies against the dev server's keys.
import { createServer } from 'node:http'
import { createRemoteJWKSet, jwtVerify } from 'jose'

/** Starts the API; `jwksUrl` is where the dev server serves its public keys. */
export function startApi(port, jwksUrl) {
  const keys = createRemoteJWKSet(new URL(jwksUrl))
  const server = createServer(async (req, res) => {
    const json = (status, body) =>
      res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
    if (req.url !== '/api/me') return json(404, { error: 'not found' })
    const token = req.headers.authorization?.replace(/^Bearer /, '')
    if (!token) return json(401, { error: 'not signed in' })
    try {
      const { payload } = await jwtVerify(token, keys, { algorithms: ['ES256'] })
      json(200, payload)
    } catch (error) {
      json(403, { error: 'the token did not verify', code: error.code })
    }
  })
  return new Promise(resolve => server.listen(port, 'localhost', () => resolve(server)))
}

if (import.meta.filename === process.argv[1]) {
  await startApi(3001, 'http://localhost:5173/.ory/jwks.json')
  console.log('api on http://localhost:3001')
}
