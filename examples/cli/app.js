// Any HTTP app. It knows nothing of Ory but one address, where the public keys are.
import { createServer } from 'node:http'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { members, page } from './page.js'

const port = Number(process.env.APP_PORT ?? 3000)
const keys = createRemoteJWKSet(new URL(process.env.JWKS_URL ?? 'http://localhost:4000/.ory/jwks.json'))

/** The verified claims of whoever asks, or null. */
async function claimsOf(req) {
  const [, token] = /^Bearer (.+)$/.exec(req.headers.authorization ?? '') ?? []
  if (!token) return null
  const { payload } = await jwtVerify(token, keys, { algorithms: ['ES256'] })
  return payload
}

const server = createServer(async (req, res) => {
  try {
    const claims = await claimsOf(req)
    if (req.url === '/api/me') {
      res.writeHead(claims ? 200 : 401, { 'Content-Type': 'application/json' })
      res.end(JSON.stringify(claims ?? { error: 'not signed in' }))
    } else {
      res.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' })
      res.end(req.url.split('?', 1)[0] === '/members' ? members(claims) : page(claims))
    }
  } catch (error) {
    res
      .writeHead(401, { 'Content-Type': 'text/plain; charset=utf-8' })
      .end(`The token did not verify: ${error.code}`)
  }
})

server.listen(port, 'localhost', () => console.log(`app on http://localhost:${server.address().port}`))
