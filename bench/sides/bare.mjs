// http-proxy-middleware and nothing else, with an Authorization header that is as long as ours, and the same X-Forwarded-* ones.
import { createServer } from 'node:http'
import { createProxyMiddleware } from 'http-proxy-middleware'

const { app, authorization } = JSON.parse(process.argv[2])
const proxy = createProxyMiddleware({ target: app, xfwd: true, headers: { authorization } })
process.on('SIGTERM', () => process.exit())
const server = createServer(proxy)
server.listen(0, '127.0.0.1', () => process.send({ url: `http://127.0.0.1:${server.address().port}` }))
