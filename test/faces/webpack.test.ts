import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { decodeProtectedHeader } from 'jose'
import { beforeAll, describe, expect, vi } from 'vitest'
import { silentLogger } from '../../src/index.js'
import { ory as rsbuildPlugin } from '../../src/rsbuild.js'
import { withOry } from '../../src/webpack.js'
import {
  load,
  project,
  type Rsbuild,
  rspackTools,
  SITE,
  type WebpackTools,
  webpackTools,
} from '../_ecosystem.js'
import { receivedBy, test } from '../_fixtures.js'
import { rawRequest } from '../_raw.js'
import { handshakeAt } from '../_sockets.js'
import { bearerOf, quiet, undo } from '../_undo.js'

interface Compiler {
  run(done: (error: Error | null, stats?: { hasErrors(): boolean }) => void): void
  close(done: (error?: Error | null) => void): void
}

const TOOLS: readonly [string, () => Promise<WebpackTools>][] = [
  ['webpack-dev-server 4', () => webpackTools('oldest')],
  ['webpack-dev-server 5', () => webpackTools('older')],
  ['webpack-dev-server 6', () => webpackTools('root')],
  ['@rspack/dev-server 1', () => rspackTools('older')],
  ['@rspack/dev-server 2', () => rspackTools('newer')],
]

describe.each(TOOLS)('%s', (_name, tools) => {
  beforeAll(() => tools().then(() => {})) // the first import of all webpack is takes its time, and no test's

  async function dev(app: string, wrap: (devServer: object) => object, own: object = {}) {
    const { compile, DevServer } = await tools()
    const { root, remove } = await project(SITE)
    undo.push(remove)
    const compiler = compile({
      mode: 'development',
      context: root,
      entry: './main.js',
      infrastructureLogging: { level: 'none' },
      stats: 'none',
    })
    const proxy = [{ context: ['/api'], target: app, ws: true }]
    const server = new DevServer(wrap({ port: 0, host: '127.0.0.1', proxy, ...own }), compiler)
    await server.start()
    undo.push(() => server.stop())
    return { url: `http://localhost:${server.server.address().port}`, server }
  }

  test('the app behind the proxy gets the JWT, over HTTP and in a handshake', async ({ ory, app }) => {
    const { url } = await dev(app.url, own => withOry(own, { sdkUrl: ory.url, ...quiet }))
    const cookie = ory.signIn('ada@example.com')
    const authorization = 'Bearer forged'
    const { headers } = await receivedBy(`${url}/api/x`, { headers: { cookie, authorization } })
    expect(decodeProtectedHeader(bearerOf(headers)).alg).toBe('ES256')
    const handshake = await handshakeAt(`${url}/api/ws`, { cookie, origin: url, authorization })
    expect(decodeProtectedHeader(bearerOf(handshake)).alg).toBe('ES256')
    const anonymous = await receivedBy(`${url}/api/x`, { headers: { authorization } })
    expect(anonymous.headers.authorization).toBeUndefined()
  })

  test('a foreign host is refused, and a foreign page opens no socket', async ({ ory, app }) => {
    const { url } = await dev(app.url, own => withOry(own, { sdkUrl: ory.url, ...quiet }))
    const cookie = ory.signIn('victim@example.com')
    for (const path of ['/', '/api/x', '/.ory/jwks.json']) {
      const { status, body } = await rawRequest(url, path, { host: 'evil.example' })
      expect(status === 403 || body === 'Invalid Host header', body).toBe(true) // version 4 says so with 200
    }
    const foreign = handshakeAt(`${url}/api/ws`, { cookie, origin: 'http://localhost:1' })
    await expect(foreign).rejects.toThrow(/40[13]/)
  })

  test('a host the dev server allows is allowed for Ory too', async ({ ory, app }) => {
    const allowedHosts = ['app.test', '.dev.test']
    const { url } = await dev(app.url, own => withOry(own, { sdkUrl: ory.url, ...quiet }), { allowedHosts })
    for (const host of ['app.test', 'a.dev.test']) {
      expect((await rawRequest(url, '/.ory/jwks.json', { host })).status).toBe(200)
    }
  })

  test('a client that names the socket for hot updates carries no identity', async ({ ory, app }) => {
    const { url, server } = await dev(app.url, own => withOry(own, { sdkUrl: ory.url, ...quiet }))
    const seen = new Promise<{ headers: Record<string, string> }>(resolve =>
      server.server.once('upgrade', resolve),
    )
    handshakeAt(`${url}/ws`, { origin: url, authorization: 'Bearer forged' }).catch(() => {})
    expect((await seen).headers['authorization']).toBeUndefined()
  })

  test("the user's own setupMiddlewares runs, and its layers come behind us", async ({ ory, app }) => {
    const seen: (string | undefined)[] = []
    const setupMiddlewares = (layers: unknown[]): unknown[] => {
      layers.push({
        name: 'mine',
        path: '/mine',
        middleware: (req: { headers: Record<string, string> }, res: { end(text: string): void }): void => {
          seen.push(req.headers['authorization'])
          res.end('mine')
        },
      })
      return layers
    }
    const { url } = await dev(app.url, own => withOry(own, { sdkUrl: ory.url, ...quiet }), {
      setupMiddlewares,
    })
    const cookie = ory.signIn('ada@example.com')
    expect(await (await fetch(`${url}/mine`, { headers: { cookie } })).text()).toBe('mine')
    expect(seen[0]).toMatch(/^Bearer ey/)
  })

  test('answers of Ory are not packed by the dev server', async ({ ory, app }) => {
    ory.on('/big', (_req, res) => void res.setHeader('content-type', 'text/plain').end('x'.repeat(100_000)))
    const { url } = await dev(app.url, own => withOry(own, { sdkUrl: ory.url, ...quiet }), { compress: true })
    const response = await fetch(`${url}/.ory/big`, { headers: { 'accept-encoding': 'gzip' } })
    expect(response.headers.get('content-encoding')).toBeNull()
    expect(await response.text()).toHaveLength(100_000)
  })

  test('it says where Ory is, once the dev server listens', async ({ ory, app }) => {
    const info = vi.fn()
    const logger = { ...silentLogger, info }
    const { url } = await dev(app.url, own => withOry(own, { sdkUrl: ory.url, logger }))
    await expect
      .poll(() => info.mock.calls.flat().join())
      .toContain(`${url.replace('localhost', '127.0.0.1')}/.ory (${ory.url}`)
  })

  test('a production build is the same with us and without', async () => {
    const { compile } = await tools()
    const built = async (rest: object): Promise<string> => {
      const { root, remove } = await project(SITE)
      undo.push(remove)
      const path = join(root, 'dist')
      const own = { mode: 'production', context: root, entry: './main.js', output: { path } }
      const compiler = compile({ ...own, ...rest }) as Compiler
      await new Promise((resolve, reject) =>
        compiler.run((error, stats) =>
          error || stats?.hasErrors() ? reject(error ?? stats) : resolve(stats),
        ),
      )
      await new Promise(resolve => compiler.close(resolve))
      expect(await readdir(path)).toEqual(['main.js'])
      return readFile(join(path, 'main.js'), 'utf8')
    }
    expect(await built({ devServer: withOry({}, quiet) })).toBe(await built({}))
  })

  test('wrapped twice it counts once, and says so once', async ({ ory, app }) => {
    const warn = vi.fn()
    const options = { sdkUrl: ory.url, logger: { ...silentLogger, warn } }
    const { url } = await dev(app.url, own => withOry(withOry(own, options), options))
    const cookie = ory.signIn('ada@example.com')
    await receivedBy(`${url}/api/x`, { headers: { cookie } })
    expect(ory.whoami()).toHaveLength(1)
    expect(warn.mock.calls.flat().filter(line => line.includes('more than once'))).toHaveLength(1)
  })
})

function caught(run: () => unknown): Error {
  try {
    run()
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}

describe('withOry', () => {
  test.for([
    [{ sdkURL: 'https://x.example' }, 'Did you mean "sdkUrl"?'],
    [{ sessionCache: '10' }, '"sessionCache" must be a number of seconds like 10, not "10".'],
    [null, 'The options must be an object, not null.'],
    ['https://x.example', 'The options must be an object, not string.'],
  ] as const)('%j stops the start with one line that says what is right', ([options, line]) => {
    const error = caught(() => withOry({}, options as object))
    expect(error.message).toContain(line)
    for (const shown of [error.stack, inspect(error)]) expect(shown).not.toContain('\n')
  })

  test.for([
    [{ devServer: { port: 3000 } }, 'not the whole configuration'],
    [{ port: 3000, sdkUrl: 'https://x.example' }, 'withOry({}, { sdkUrl: … })'],
  ] as const)('%j as its first argument stops the start, too', ([devServer, line]) => {
    const error = caught(() => withOry(devServer))
    expect(error.message).toContain(line)
    expect(error.stack).not.toContain('\n')
    expect(withOry({ allowedHosts: 'all', host: '0.0.0.0', port: 1, open: true })).toHaveProperty('port', 1)
  })

  test('a dev server too old to be guarded serves nothing, and says why in one line', async () => {
    const error = vi.fn()
    const options = withOry({}, { logger: { ...silentLogger, error } }) as {
      setupMiddlewares(layers: unknown[], server: object): { middleware: (...args: unknown[]) => void }[]
    }
    const [layer] = options.setupMiddlewares([], { options: {} })
    const res = { writeHead: vi.fn(), end: vi.fn() }
    layer!.middleware({ headers: {}, method: 'GET' }, res, () => expect.unreachable())
    expect(res.writeHead.mock.calls[0]![0]).toBe(500)
    await Promise.resolve() // one with a server has it by now
    expect(error.mock.calls).toEqual([[expect.stringContaining('npx ory-proxy local')]])
  })

  test('a project that cannot be found is said once in the log, and to every request', async ({ app }) => {
    const { DevServer, compile } = await webpackTools('root')
    const { root, remove } = await project(SITE)
    undo.push(remove)
    const error = vi.fn()
    const own = withOry(
      { port: 0, host: '127.0.0.1' },
      {
        project: 'c0ffee00-0000-4000-8000-000000000000',
        projectApiKey: 'key',
        consoleApiEndpoint: `${app.url}/no-console`,
        logger: { ...silentLogger, error },
      },
    )
    const infrastructureLogging = { level: 'none' }
    const compiler = compile({
      mode: 'development',
      context: root,
      entry: './main.js',
      stats: 'none',
      infrastructureLogging,
    })
    const server = new DevServer(own, compiler)
    await server.start()
    undo.push(() => server.stop())
    const url = `http://localhost:${server.server.address().port}`
    const response = await fetch(`${url}/.ory/jwks.json`)
    expect(await response.json()).toMatchObject({
      error: { id: 'ORY_PROXY_PROJECT', hint: expect.any(String) },
    })
    expect(response.status).toBe(500)
    expect(error).toHaveBeenCalledTimes(1)
  })
})

describe('Rsbuild 2', () => {
  async function dev(app: string, plugins: unknown[], server: object = {}) {
    const { createRsbuild } = await load<Rsbuild>('newer', '@rsbuild/core')
    const { root, remove } = await project(SITE)
    undo.push(remove)
    return createRsbuild({
      cwd: root,
      config: {
        plugins,
        logLevel: 'silent',
        source: { entry: { index: './main.js' } },
        html: { template: './index.html' },
        server: { port: 0, host: '127.0.0.1', proxy: { '/api': { target: app, ws: true } }, ...server },
      },
    })
  }

  async function started(app: string, plugins: unknown[], server: object = {}): Promise<string> {
    const rsbuild = await dev(app, plugins, server)
    const running = await rsbuild.startDevServer()
    undo.push(() => running.server.close())
    return `http://localhost:${running.port}`
  }

  test('the app behind the proxy gets the JWT, over HTTP and in a handshake', async ({ ory, app }) => {
    const url = await started(app.url, [rsbuildPlugin({ sdkUrl: ory.url, ...quiet })])
    const cookie = ory.signIn('ada@example.com')
    const authorization = 'Bearer forged'
    const { headers } = await receivedBy(`${url}/api/x`, { headers: { cookie, authorization } })
    expect(decodeProtectedHeader(bearerOf(headers)).alg).toBe('ES256')
    const handshake = await handshakeAt(`${url}/api/ws`, { cookie, origin: url, authorization })
    expect(decodeProtectedHeader(bearerOf(handshake)).alg).toBe('ES256')
    const foreign = handshakeAt(`${url}/api/ws`, { cookie, origin: 'http://localhost:1' })
    await expect(foreign).rejects.toThrow('403')
    expect((await rawRequest(url, '/', { host: 'evil.example' })).status).toBe(403)
  })

  test('its preview does the same, and says where Ory is', async ({ ory, app }) => {
    const info = vi.fn()
    const logger = { ...silentLogger, info }
    const rsbuild = await dev(app.url, [rsbuildPlugin({ sdkUrl: ory.url, logger })])
    await rsbuild.build()
    const { server, port } = await rsbuild.preview()
    undo.push(() => server.close())
    const url = `http://localhost:${port}`
    const cookie = ory.signIn('ada@example.com')
    const { headers } = await receivedBy(`${url}/api/x`, { headers: { cookie } })
    expect(bearerOf(headers)).toMatch(/^ey/)
    const handshake = await handshakeAt(`${url}/api/ws`, { cookie, origin: url })
    expect(bearerOf(handshake)).toMatch(/^ey/)
    expect(info.mock.calls.flat().join('\n')).toContain(
      `${url.replace('localhost', '127.0.0.1')}/.ory (${ory.url}`,
    )
  })

  test('its preview goes on without Ory where only the emulator is there, and says how to have it', async ({
    app,
  }) => {
    const warn = vi.fn()
    const rsbuild = await dev(app.url, [rsbuildPlugin({ logger: { ...silentLogger, warn } })])
    await rsbuild.build()
    vi.stubEnv('NODE_ENV', 'production') // what `rsbuild preview` sets
    undo.push(() => vi.unstubAllEnvs())
    const { server, port } = await rsbuild.preview()
    undo.push(() => server.close())
    expect((await fetch(`http://localhost:${port}/`)).status).toBe(200)
    expect(warn.mock.calls.flat()).toEqual([
      expect.stringMatching(
        /^ory-proxy is off .*NODE_ENV=development rsbuild preview.*set NODE_ENV=development&&/,
      ),
    ])
  })

  test('it says where Ory is', async ({ ory, app }) => {
    const info = vi.fn()
    const logger = { ...silentLogger, info }
    const url = await started(app.url, [rsbuildPlugin({ sdkUrl: ory.url, logger })])
    expect(info.mock.calls.flat().join('\n')).toContain(
      `${url.replace('localhost', '127.0.0.1')}/.ory (${ory.url}`,
    )
  })

  test('twice in the list it counts once, and says so once', async ({ ory, app }) => {
    const warn = vi.fn()
    const options = { sdkUrl: ory.url, logger: { ...silentLogger, warn } }
    const url = await started(app.url, [rsbuildPlugin(options), rsbuildPlugin(options)])
    const cookie = ory.signIn('ada@example.com')
    const { rawHeaders } = await receivedBy(`${url}/api/x`, { headers: { cookie } })
    expect(rawHeaders.filter(name => name.toLowerCase() === 'authorization')).toHaveLength(1)
    expect(warn.mock.calls.flat().filter(line => line.includes('more than once'))).toHaveLength(1)
  })

  test('a misspelt option stops the start with one line that names the right one', async ({ app }) => {
    const rsbuild = await dev(app.url, [rsbuildPlugin({ sdkURL: 'https://x.example' } as object)])
    const error = (await rsbuild.startDevServer().catch(caught => caught)) as Error
    expect(error.message).toContain('Did you mean "sdkUrl"?')
    expect(error.stack).not.toContain('\n')
  })

  test('an Rsbuild older than 2 is told so in one line', () => {
    const error = caught(() => rsbuildPlugin(quiet).setup({} as never))
    expect(error.stack).toMatch(
      /^ory-proxy ORY_PROXY_UNSUPPORTED: This Rsbuild is older than 2\. Supported are Vite 6 to 8[^\n]*$/,
    )
  })

  test('a production build is the same with us and without', async ({ app }) => {
    const built = async (plugins: unknown[]): Promise<unknown> => {
      const rsbuild = await dev(app.url, plugins)
      await rsbuild.build()
      const names = await readdir(rsbuild.context.distPath, { recursive: true })
      const files = names.filter(name => /\.(?:js|html)$/.test(name)).toSorted()
      return Promise.all(
        files.map(async name => [name, await readFile(join(rsbuild.context.distPath, name), 'utf8')]),
      )
    }
    const [withUs, without] = [await built([rsbuildPlugin(quiet)]), await built([])]
    expect(withUs).toEqual(without)
    expect(withUs).toHaveLength(2) // the page and its script
  })
})
