// The API behind the dev server's proxy: who asks? `verifySession` reads the JWT and checks it.
import { createServer } from 'node:http'
import { verifySession } from 'ory-proxy-verify'

/** Starts the API; `jwksUrl` is where the dev server serves its public keys. */
export function startApi(port, jwksUrl) {
  const server = createServer(async (req, res) => {
    const [status, body] = await answerTo(req, jwksUrl)
    res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
  })
  return new Promise(resolve => server.listen(port, 'localhost', () => resolve(server)))
}

async function answerTo(req, jwksUrl) {
  try {
    const claims = await verifySession(req, { jwksUrl })
    return claims ? [200, claims] : [401, { error: 'not signed in' }]
  } catch (error) {
    return [502, { error: error.message }] // the keys could not be loaded
  }
}

if (import.meta.filename === process.argv[1]) {
  await startApi(3001, 'http://localhost:8080/.ory/jwks.json')
  console.log('api on http://localhost:3001')
}
