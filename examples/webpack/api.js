// The API behind the dev server's proxy: verifies the JWT and answers with its claims.
import { createServer } from 'node:http'
import { createRemoteJWKSet, errors, jwtVerify } from 'jose'

const jwksUrl = process.env.JWKS_URL ?? 'http://localhost:8081/.ory/jwks.json'
const keys = createRemoteJWKSet(new URL(jwksUrl))

async function answerTo(authorization) {
  if (!authorization) return [401, { error: 'not signed in' }]
  try {
    const { payload } = await jwtVerify(authorization.slice('Bearer '.length), keys, {
      algorithms: ['ES256'],
    })
    return [200, payload]
  } catch (error) {
    if (error instanceof errors.JOSEError)
      return [403, { error: 'the token did not verify', code: error.code }]
    throw error
  }
}

createServer((req, res) => {
  answerTo(req.headers.authorization)
    .catch(error => [500, { error: error.message }])
    .then(([status, body]) => {
      res.writeHead(status, { 'Content-Type': 'application/json' })
      res.end(JSON.stringify(body))
    })
}).listen(Number(process.env.API_PORT ?? 8080), 'localhost')
