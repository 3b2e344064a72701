import { silentLogger } from '../../src/index.js'
import { ory } from '../../src/rsbuild.js'
import { load, project, SITE } from '../_ecosystem.js'
import { FACES, type StartFace, webpackFace } from '../_faces.js'
import { OVER_HTTP2 } from '../_raw.js'
import { startCommand } from '../faults/_command.js'

/** What is used of `@rsbuild/core`, which the root does not depend on. */
interface Rsbuild {
  createRsbuild(options: object): Promise<{
    startDevServer(): Promise<{ server: { close(): Promise<void> }; port: number }>
  }>
}

const rsbuild: StartFace = async (app, options, port = 0) => {
  const { createRsbuild } = await load<Rsbuild>('newer', '@rsbuild/core')
  const { root, remove } = await project(SITE)
  const instance = await createRsbuild({
    cwd: root,
    config: {
      plugins: [ory({ logger: silentLogger, ...options })],
      logLevel: 'silent',
      source: { entry: { index: './main.js' } },
      html: { template: './index.html' },
      server: { port, host: '127.0.0.1', proxy: { '/api': { target: app, ws: true } } },
    },
  })
  const running = await instance.startDevServer()
  return {
    url: `http://localhost:${running.port}`,
    async close() {
      await running.server.close()
      await remove()
    },
  }
}

const olderWebpack: StartFace = async (...given) => {
  type Modules = { default: Parameters<typeof webpackFace>[0] & Parameters<typeof webpackFace>[1] }
  const [compile, server] = await Promise.all(
    ['webpack', 'webpack-dev-server'].map(name => load<Modules>('older', name)),
  )
  return webpackFace(compile!.default, server!.default)(...given)
}

const commandOverTls: StartFace = async (app, { sdkUrl }) => {
  const command = await startCommand(app, sdkUrl!, '--dont-install-cert')
  return { url: command.url, close: async () => void (await command.end('SIGTERM')) }
}

const commandOverHttp2: StartFace = async (app, options) => {
  const face = await commandOverTls(app, options)
  OVER_HTTP2.add(face.url)
  return face
}

/** What is attacked: the faces, an older dev server, and the command as people start it. */
export const ATTACKED: Readonly<Record<string, StartFace>> = {
  ...FACES,
  'webpack-dev-server 5': olderWebpack,
  rsbuild,
  'cli over TLS': commandOverTls,
  'cli over HTTP/2': commandOverHttp2,
}
