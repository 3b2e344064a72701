const { createProxyMiddleware } = require('http-proxy-middleware')
const { createOryMiddleware } = require('ory-proxy')

const target = process.env.BACKEND ?? 'http://localhost:3001'

module.exports = app => {
  const starting = createOryMiddleware()
  app.use(async (req, res, next) => {
    const ory = await starting
    ory.gateUpgrades(req.socket.server)
    ory(req, res, next)
  })
  app.use(createProxyMiddleware(['/api', '/socket'], { target, ws: true }))
}
