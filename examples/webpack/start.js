// The API and the dev server in one process. Two terminals do the same: `npm run api` and `npm run dev`.
import webpack from 'webpack'
import WebpackDevServer from 'webpack-dev-server'
import { startApi } from './api.js'

process.env.PORT ??= '8080'
const api = await startApi(0, `http://localhost:${process.env.PORT}/.ory/jwks.json`)
process.env.API_URL = `http://localhost:${api.address().port}`

const { default: config } = await import('./webpack.config.js')
await new WebpackDevServer(config.devServer, webpack(config)).start()
