import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import connect from 'connect'
import { createProxyMiddleware } from 'http-proxy-middleware'
import { createServer as createVite } from 'vite'
import webpack from 'webpack'
import WebpackDevServer from 'webpack-dev-server'
import { createOryMiddleware, type OryOptions, silentLogger } from '../src/index.js'
import { ory } from '../src/vite-plugin.js'
import { withOry } from '../src/webpack.js'

/** A running face: the origin people open, in front of an app under `/api`. */
export interface Face {
  readonly url: string
  close(): Promise<void>
}

/** Starts one; without a port it takes a free one. */
export type StartFace = (app: string, options: OryOptions, port?: number) => Promise<Face>

export const site: string = fileURLToPath(new URL('./fixtures/site', import.meta.url))
export const cli: string = fileURLToPath(new URL('../dist/cli.js', import.meta.url))

/** The four faces of one core; every one puts us in front of the app at `app`. */
export const FACES: Readonly<Record<string, StartFace>> = {
  async connect(app, options, port = 0) {
    const middleware = await createOryMiddleware({ logger: silentLogger, ...options })
    const proxy = createProxyMiddleware({ target: app })
    const server = createServer(connect().use(middleware).use(proxy))
    middleware.gateUpgrades(server)
    server.on('upgrade', (req, socket, head) => void proxy.upgrade(req, socket as never, head))
    await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
    return {
      url: addressOf(server),
      async close() {
        server.closeAllConnections()
        await middleware.close()
        await new Promise(resolve => server.close(resolve))
      },
    }
  },
  async vite(app, options, port) {
    const server = await createVite({
      root: site,
      configFile: false,
      logLevel: 'silent',
      server: {
        port: port ?? (await freePort()),
        host: '127.0.0.1',
        proxy: { '/api': { target: app, ws: true } },
      },
      plugins: [ory({ logger: silentLogger, ...options })],
    })
    await server.listen()
    return { url: addressOf(server.httpServer!), close: () => server.close() }
  },
  webpack: webpackFace(webpack, WebpackDevServer),
  async cli(app, { logger: _ours, ...options }, port = 0) {
    const flags = Object.entries(options).flatMap(([name, value]) => flag(name, value))
    const child = spawn(
      process.execPath,
      [cli, 'local', app, '--port', String(port), '--no-https', '--no-open', ...flags],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    )
    return { url: await announced(child), close: () => ended(child) }
  },
}

/** A face out of one version of webpack and its dev server. */
export function webpackFace(
  compile: typeof webpack,
  DevServer: typeof WebpackDevServer,
  more: object = {},
): StartFace {
  return async (app, options, port = 0) => {
    const compiler = compile({
      mode: 'development',
      context: site,
      entry: './main.js',
      infrastructureLogging: { level: 'none' },
      stats: 'none',
    })!
    const devServer = withOry(
      {
        port,
        host: '127.0.0.1',
        proxy: [{ context: ['/api'], target: app, ws: true }],
        static: site,
        ...more,
      },
      { logger: silentLogger, ...options },
    )
    const server = new DevServer(devServer as never, compiler)
    await server.start()
    const url = addressOf(server.server!)
    return {
      url: 'server' in more ? url.replace('http:', 'https:') : url,
      close: () => server.stop(),
    }
  }
}

const addressOf = (server: { address(): unknown }): string =>
  `http://localhost:${(server.address() as AddressInfo).port}`

function flag(name: string, value: unknown): string[] {
  const kebab = name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
  if (value === true) return [`--${kebab}`]
  if (value === false) return [`--no-${kebab}`]
  return [`--${kebab}`, Array.isArray(value) ? value.join(',') : String(value)]
}

/** The address in the command's banner. */
export function announced(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stderr!.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      const url = /Open\s+(https?:\S+)/.exec(text)?.[1]
      if (url) resolve(url)
    })
    child.once('exit', code => reject(new Error(`the command ended with ${code}:\n${text}`)))
  })
}

/** Ends a command as Ctrl-C does. */
export function ended(child: ChildProcess): Promise<void> {
  return new Promise(resolve => {
    child.once('exit', () => resolve())
    child.kill('SIGTERM')
  })
}

/** Below what a system gives to whoever asks for any port, or connects: until it is used, nobody has it by chance. */
const [LOWEST, HIGHEST] = [16_384, 32_767]
const given = new Set<number>()

/** A port that is free, for what must know its own address before it starts. */
export async function freePort(): Promise<number> {
  const port = randomInt(LOWEST, HIGHEST)
  if (given.has(port) || !(await isFree(port))) return freePort()
  given.add(port)
  return port
}

function isFree(port: number): Promise<boolean> {
  const probe = createServer()
  return new Promise(resolve => {
    probe.once('error', () => resolve(false))
    probe.listen(port, () => probe.close(() => resolve(true)))
  })
}

/** Somebody signed in at the emulator behind a face, without a browser. */
export async function cookieAt(url: string, identity: string): Promise<string> {
  const response = await fetch(`${url}/.ory/dev/sign-in`, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify({ identity }),
  })
  return ((await response.json()) as { cookie: string }).cookie
}
