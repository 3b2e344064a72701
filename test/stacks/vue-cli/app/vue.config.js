const { withOry } = require('ory-proxy/webpack')

const target = process.env.BACKEND ?? 'http://localhost:3001'

module.exports = {
  devServer: withOry({
    proxy: { '/api': { target }, '/socket': { target, ws: true } },
  }),
}
