// The API and the dev server in one process. Two terminals do the same: `npm run api` and `npm run dev`.
import webpack from 'webpack'
import WebpackDevServer from 'webpack-dev-server'

process.env.PORT ??= '8081'
process.env.API_PORT ??= '8080'
process.env.API_URL = `http://localhost:${process.env.API_PORT}`
process.env.JWKS_URL = `http://localhost:${process.env.PORT}/.ory/jwks.json`

await import('./api.js')
const { default: config } = await import('./webpack.config.js')
await new WebpackDevServer(config.devServer, webpack(config)).start()
