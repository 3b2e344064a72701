// What one writes first, and what today's `ory proxy` does: ask whoami, sign a token and pass on, each time.
import { createServer } from 'node:http'
import { createProxyMiddleware } from 'http-proxy-middleware'
import { generateKeyPair, SignJWT } from 'jose'

const { app, ory } = JSON.parse(process.argv[2])
const { privateKey } = await generateKeyPair('ES256')
const proxy = createProxyMiddleware({ target: app })
const server = createServer(async (req, res) => {
  const response = await fetch(`${ory}/sessions/whoami`, { headers: { cookie: req.headers.cookie ?? '' } })
  if (!response.ok) return res.writeHead(401, { 'content-length': 0 }).end()
  const session = await response.json()
  const token = new SignJWT({ session }).setProtectedHeader({ alg: 'ES256' }).setSubject(session.identity.id)
  req.headers.authorization = `Bearer ${await token.setIssuedAt().setExpirationTime('60s').sign(privateKey)}`
  await proxy(req, res)
})
server.listen(0, '127.0.0.1', () => process.send({ url: `http://127.0.0.1:${server.address().port}` }))
