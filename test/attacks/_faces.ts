import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import connect from 'connect'
import { createProxyMiddleware } from 'http-proxy-middleware'
import { createServer as createVite } from 'vite'
import webpack from 'webpack'
import WebpackDevServer from 'webpack-dev-server'
import { createOryMiddleware, silentLogger } from '../../src/index.js'
import { ory } from '../../src/rsbuild.js'
import { createSelfSigned } from '../../src/tls/certificate.js'
import { ory as vitePlugin } from '../../src/vite-plugin.js'
import { load, project, SITE } from '../_ecosystem.js'
import { announced, cli, ended, FACES, freePort, type StartFace, site, webpackFace } from '../_faces.js'
import { OVER_HTTP2 } from '../_raw.js'

/** What is used of `@rsbuild/core`, which the root does not depend on. */
interface Rsbuild {
  createRsbuild(options: object): Promise<{
    startDevServer(): Promise<{ server: { close(): Promise<void> }; port: number }>
  }>
}

const rsbuild: StartFace = async (app, options, port) => {
  const { createRsbuild } = await load<Rsbuild>('newer', '@rsbuild/core')
  const { root, remove } = await project(SITE)
  const instance = await createRsbuild({
    cwd: root,
    config: {
      plugins: [ory({ logger: silentLogger, ...options })],
      logLevel: 'silent',
      source: { entry: { index: './main.js' } },
      html: { template: './index.html' },
      server: {
        port: port ?? (await freePort()),
        host: '127.0.0.1',
        proxy: { '/api': { target: app, ws: true } },
      },
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

/** The command; its settings stand in a file, as not all of them are flags. */
const command =
  (flag: string): StartFace =>
  async (app, { logger, ...options }) => {
    const folder = await mkdtemp(join(tmpdir(), 'ory-proxy-settings-'))
    const config = join(folder, 'settings.json')
    await writeFile(config, JSON.stringify(options))
    const child = spawn(
      process.execPath,
      [cli, 'local', app, '--port', '0', '--no-open', flag, '--config', config],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    child.stderr.setEncoding('utf8').on('data', (lines: string) => logger?.warn(lines))
    return {
      url: await announced(child),
      async close() {
        await ended(child)
        await rm(folder, { recursive: true, maxRetries: 5 })
      },
    }
  }

/** As people start it. */
const commandOverTls = command('--dont-install-cert')

async function certificate(): Promise<{ cert: string; key: string }> {
  const { cert, key } = await createSelfSigned({ hosts: ['localhost'], owner: 'tests', now: new Date() })
  return { cert, key }
}

const connectOverTls: StartFace = async (app, options) => {
  const middleware = await createOryMiddleware({ logger: silentLogger, ...options })
  const proxy = createProxyMiddleware({ target: app })
  const web = connect().use(middleware).use(proxy)
  const server = createSecureServer({ ...(await certificate()), allowHTTP1: true }, web as never)
  middleware.gateUpgrades(server)
  server.on('upgrade', (req, socket, head) => void proxy.upgrade(req, socket as never, head))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    async close() {
      await middleware.close()
      server.close()
    },
  }
}

const viteOverTls: StartFace = async (app, options) => {
  const server = await createVite({
    root: site,
    configFile: false,
    logLevel: 'silent',
    server: {
      port: await freePort(),
      host: '127.0.0.1',
      https: await certificate(),
      proxy: { '/api': { target: app, ws: true } },
    },
    plugins: [vitePlugin({ logger: silentLogger, ...options })],
  })
  await server.listen()
  const { port } = server.httpServer!.address() as AddressInfo
  return { url: `https://localhost:${port}`, close: () => server.close() }
}

const webpackOverTls: StartFace = async (app, options) => {
  const server = { type: 'http2', options: await certificate() }
  return webpackFace(webpack, WebpackDevServer, { server, app: () => connect() })(app, options) // Express has no HTTP/2
}

/** The same, spoken to over HTTP/2. */
const overHttp2 =
  (start: StartFace): StartFace =>
  async (...given) => {
    const face = await start(...given)
    OVER_HTTP2.add(face.url)
    return face
  }

/** The four faces over HTTP/2, as far as each has it. */
const OF_HTTP2: Readonly<Record<string, StartFace>> = {
  'connect over HTTP/2': overHttp2(connectOverTls),
  'vite over HTTP/2': overHttp2(viteOverTls),
  'webpack over HTTP/2': overHttp2(webpackOverTls),
  'cli over HTTP/2': overHttp2(commandOverTls),
}

/** Each face over each protocol. */
export const OVER_BOTH: Readonly<Record<string, StartFace>> = {
  ...FACES,
  cli: command('--no-https'),
  ...OF_HTTP2,
}

/** What is attacked: the faces, an older dev server, and the command as people start it. */
export const ATTACKED: Readonly<Record<string, StartFace>> = {
  ...OVER_BOTH,
  'webpack-dev-server 5': olderWebpack,
  rsbuild,
  'cli over TLS': commandOverTls,
}
