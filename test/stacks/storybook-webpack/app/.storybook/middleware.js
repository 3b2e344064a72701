import { createProxyMiddleware } from 'http-proxy-middleware'
import { createOryMiddleware } from 'ory-proxy'

const target = process.env.BACKEND ?? 'http://localhost:3001'
const ory = await createOryMiddleware()

export default app => {
  app.use((req, res, next) => {
    ory.gateUpgrades(req.socket.server)
    ory(req, res, next)
  })
  app.use(createProxyMiddleware({ pathFilter: ['/api', '/socket'], target, ws: true }))
}
