import { spawn } from 'node:child_process'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import connect from 'connect'
import { createServer as createVite } from 'vite'
import webpack from 'webpack'
import WebpackDevServer from 'webpack-dev-server'
import { createOryMiddleware, silentLogger } from '../../src/index.js'
import { createSelfSigned } from '../../src/tls/certificate.js'
import { ory } from '../../src/vite-plugin.js'
import { withOry } from '../../src/webpack.js'
import { announced, ended, type Face, freePort } from '../_faces.js'

const site = fileURLToPath(new URL('../fixtures/site', import.meta.url))
const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))
const logger = silentLogger

const certificate = () => createSelfSigned({ hosts: ['localhost'], owner: 'tests', now: new Date() })
const addressOf = (server: { address(): unknown }): string =>
  `https://localhost:${(server.address() as AddressInfo).port}`

/** The four faces over https, with an emulator that is set up by a file. */
export const SECURE_FACES: Readonly<Record<string, (config: string) => Promise<Face>>> = {
  async connect(config) {
    const middleware = await createOryMiddleware({ logger, config })
    const app = connect()
      .use(middleware)
      .use((_req, res) => void res.end('app'))
    const server = createServer(await certificate(), app)
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    return {
      url: addressOf(server),
      async close() {
        server.closeAllConnections()
        await middleware.close()
        await new Promise(resolve => server.close(resolve))
      },
    }
  },
  async vite(config) {
    const server = await createVite({
      root: site,
      configFile: false,
      logLevel: 'silent',
      server: { port: await freePort(), host: '127.0.0.1', https: await certificate() },
      plugins: [ory({ logger, config })],
    })
    await server.listen()
    return { url: addressOf(server.httpServer!), close: () => server.close() }
  },
  async webpack(config) {
    const compiler = webpack({
      mode: 'development',
      context: site,
      entry: './main.js',
      infrastructureLogging: { level: 'none' },
      stats: 'none',
    })!
    const options = { type: 'https', options: await certificate() }
    const devServer = withOry(
      { port: await freePort(), host: '127.0.0.1', static: site, server: options },
      { logger, config },
    )
    const server = new WebpackDevServer(devServer as never, compiler)
    await server.start()
    return { url: addressOf(server.server!), close: () => server.stop() }
  },
  async cli(config) {
    const port = String(await freePort())
    const flags = ['--port', port, '--no-open', '--dont-install-cert', '--config', config]
    const child = spawn(process.execPath, [cli, 'local', 'http://localhost:1', ...flags], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    return { url: await announced(child), close: () => ended(child) }
  },
}
