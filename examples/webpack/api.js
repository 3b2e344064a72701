// The API behind the dev server's proxy: who asks? `verifySession` reads the JWT and checks it.
import { createServer } from 'node:http'
import { verifySession } from 'ory-proxy/verify'

const jwksUrl = process.env.JWKS_URL ?? 'http://localhost:8081/.ory/jwks.json'

async function answerTo(req) {
  try {
    const claims = await verifySession(req, { jwksUrl })
    return claims ? [200, claims] : [401, { error: 'not signed in' }]
  } catch (error) {
    return [502, { error: error.message }] // the keys could not be loaded
  }
}

createServer(async (req, res) => {
  const [status, body] = await answerTo(req)
  res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}).listen(Number(process.env.API_PORT ?? 8080), 'localhost')
