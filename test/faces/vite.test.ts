import { rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { inspect } from 'node:util'
import express from 'express'
import { decodeProtectedHeader } from 'jose'
import type { InlineConfig, PluginOption } from 'vite'
import { beforeAll, describe, expect, vi } from 'vitest'
import { ory as plugin } from '../../src/vite-plugin.js'
import { load, type Place, type Project, project, SITE } from '../_ecosystem.js'
import { freePort } from '../_faces.js'
import { receivedBy, test } from '../_fixtures.js'
import { rawRequest } from '../_raw.js'
import { handshakeAt } from '../_sockets.js'
import { bearerOf, quiet, undo } from '../_undo.js'

type Vite = typeof import('vite')

const VERSIONS: readonly [string, Place][] = [
  ['6', 'older'],
  ['7', 'newer'],
  ['8', 'root'],
]

async function site(files: Record<string, string> = {}): Promise<Project> {
  const made = await project({ ...SITE, ...files })
  undo.push(() => made.remove())
  return made
}

describe.each(VERSIONS)('Vite %s', (major, place) => {
  beforeAll(() => load(place, 'vite').then(() => {})) // the first import takes its time, and no test's

  /** The part of the configuration that all tests share. */
  async function config(
    app: string,
    plugins: PluginOption[],
    rest: InlineConfig = {},
  ): Promise<InlineConfig> {
    const proxy = { '/api': { target: app, ws: true } }
    return {
      root: (await site()).root,
      configFile: false,
      logLevel: 'silent',
      plugins,
      ...rest,
      server: { port: await freePort(), host: '127.0.0.1', proxy, ...rest.server },
      preview: { port: await freePort(), host: '127.0.0.1', proxy },
    }
  }

  async function dev(app: string, plugins: PluginOption[], rest: InlineConfig = {}) {
    const vite = await load<Vite>(place, 'vite')
    const server = await vite.createServer(await config(app, plugins, rest))
    undo.push(() => server.close())
    await server.listen()
    const { port } = server.httpServer!.address() as AddressInfo
    return { server, url: `http://localhost:${port}` }
  }

  test('is really this version', async () => {
    expect((await load<Vite>(place, 'vite')).version).toMatch(new RegExp(`^${major}\\.`))
  })

  test('the app behind server.proxy gets the JWT, over HTTP and in a handshake', async ({ ory, app }) => {
    const { url } = await dev(app.url, [plugin({ sdkUrl: ory.url, ...quiet })])
    const cookie = ory.signIn('ada@example.com')
    const authorization = 'Bearer forged'
    const { headers } = await receivedBy(`${url}/api/x`, { headers: { cookie, authorization } })
    expect(decodeProtectedHeader(bearerOf(headers)).alg).toBe('ES256')
    const handshake = await handshakeAt(`${url}/api/ws`, { cookie, origin: url, authorization })
    expect(decodeProtectedHeader(bearerOf(handshake)).alg).toBe('ES256')
    expect((await receivedBy(`${url}/api/x`, { headers: { authorization } })).headers.authorization).toBe(
      undefined,
    )
  })

  test.for(['vite-hmr', 'vite-ping'])(
    'a client that names %s smuggles no identity to the app',
    async (protocol, { ory, app }) => {
      const { server, url } = await dev(app.url, [plugin({ sdkUrl: ory.url, ...quiet })])
      const seen = new Promise<IncomingMessage>(resolve => server.httpServer!.once('upgrade', resolve))
      // Whether Vite takes it for its own, refuses it or passes it on is Vite's business.
      handshakeAt(`${url}/api/ws`, { authorization: 'Bearer forged' }, [protocol]).catch(() => {})
      const { headers, rawHeaders } = await seen
      expect(headers.authorization).toBeUndefined()
      expect(rawHeaders.join().toLowerCase()).not.toContain('authorization')
    },
  )

  test('its preview does the same', async ({ ory, app }) => {
    const vite = await load<Vite>(place, 'vite')
    const options = await config(app.url, [plugin({ sdkUrl: ory.url, ...quiet })])
    await vite.build(options)
    const server = await vite.preview(options)
    undo.push(() => server.close())
    const url = `http://localhost:${(server.httpServer.address() as AddressInfo).port}`
    const cookie = ory.signIn('ada@example.com')
    const { headers } = await receivedBy(`${url}/api/x`, { headers: { cookie } })
    expect(bearerOf(headers)).toMatch(/^ey/)
    const handshake = await handshakeAt(`${url}/api/ws`, { cookie, origin: url })
    expect(bearerOf(handshake)).toMatch(/^ey/)
    expect((await rawRequest(url, '/.ory/jwks.json', { host: 'evil.example' })).status).toBe(403)
  })

  test('its preview goes on without Ory where only the emulator is there, and says how to have it', async ({
    app,
  }) => {
    const before = process.env['NODE_ENV']
    undo.push(() => {
      process.env['NODE_ENV'] = before
    })
    process.env['NODE_ENV'] = 'production' // what `vite preview` sets
    const vite = await load<Vite>(place, 'vite')
    const warn = vi.fn()
    const customLogger = { ...vite.createLogger('silent'), warn }
    const options = { ...(await config(app.url, [plugin(quiet)])), customLogger }
    await vite.build(options)
    const server = await vite.preview(options)
    undo.push(() => server.close())
    const { port } = server.httpServer.address() as AddressInfo
    expect((await fetch(`http://localhost:${port}/`)).status).toBe(200)
    expect(
      warn.mock.calls.flat().filter(line => String(line).includes('set NODE_ENV=development&&')),
    ).toHaveLength(1)
  })

  test('under a base path, /.ory stays at the root of the origin', async ({ ory, app }) => {
    const { url } = await dev(app.url, [plugin({ sdkUrl: ory.url, ...quiet })], { base: '/sub/' })
    expect((await fetch(`${url}/.ory/jwks.json`)).status).toBe(200)
    expect(await (await fetch(`${url}/sub/`)).text()).toContain('main.js')
  })

  test('in middleware mode below Express, requests and handshakes have the JWT', async ({ ory, app }) => {
    const vite = await load<Vite>(place, 'vite')
    const server = createServer()
    const own = await config(app.url, [plugin({ sdkUrl: ory.url, ...quiet })], {
      server: { middlewareMode: { server } },
      appType: 'custom',
    })
    const middleware = await vite.createServer(own)
    undo.push(() => middleware.close())
    const web = express()
    web.use(middleware.middlewares)
    web.get('/page', (req, res) => void res.json(req.headers))
    server.on('request', web)
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    undo.push(() => server.close())
    const url = `http://localhost:${(server.address() as AddressInfo).port}`
    const cookie = ory.signIn('ada@example.com')
    const headers = (await (await fetch(`${url}/page`, { headers: { cookie } })).json()) as object
    expect(bearerOf(headers)).toMatch(/^ey/)
    expect(bearerOf(await handshakeAt(`${url}/api/ws`, { cookie, origin: url }))).toMatch(/^ey/)
  })

  test('a restart keeps the key and what is known of sessions', async ({ ory, app }) => {
    const { server, url } = await dev(app.url, [plugin({ sdkUrl: ory.url, ...quiet })])
    const cookie = ory.signIn('ada@example.com')
    const before = await receivedBy(`${url}/api/x`, { headers: { cookie } })
    await server.restart()
    const { port } = server.httpServer!.address() as AddressInfo
    const after = await receivedBy(`http://localhost:${port}/api/x`, { headers: { cookie } })
    const kid = (of: typeof before): unknown => decodeProtectedHeader(bearerOf(of.headers)).kid
    expect(kid(after)).toBe(kid(before))
    expect(ory.whoami()).toHaveLength(1)
  })

  test('client code learns where Ory is', async ({ ory, app }) => {
    const { server, url } = await dev(app.url, [plugin({ sdkUrl: ory.url, ...quiet })])
    expect(await server.ssrLoadModule('virtual:ory')).toMatchObject({ sdkUrl: '/.ory', mode: 'ory' })
    const text = await (await fetch(`${url}/@id/__x00__virtual:ory`)).text()
    expect(text).toContain("location.origin + '/.ory'")
  })

  test('a framework that puts its own layer in front of all comes behind us', async ({ ory, app }) => {
    const pushy: PluginOption = {
      name: 'pushy',
      configureServer: server => () => {
        const handle = (_req: unknown, res: { end(text: string): void }): void => res.end('theirs')
        server.middlewares.stack.unshift({ route: '', handle: handle as never })
      },
    }
    const { url } = await dev(app.url, [plugin({ sdkUrl: ory.url, ...quiet }), pushy])
    expect(await (await fetch(`${url}/.ory/jwks.json`)).json()).toHaveProperty('keys')
    expect(await (await fetch(`${url}/elsewhere`)).text()).toBe('theirs')
  })

  test('twice in the list it counts once, and says so once', async ({ ory, app }) => {
    const options = { sdkUrl: ory.url, ...quiet }
    const vite = await load<Vite>(place, 'vite')
    const warn = vi.fn()
    const customLogger = { ...vite.createLogger('silent'), warnOnce: warn }
    const { url } = await dev(app.url, [plugin(options), plugin(options)], { customLogger })
    const cookie = ory.signIn('ada@example.com')
    const { rawHeaders } = await receivedBy(`${url}/api/x`, { headers: { cookie } })
    expect(rawHeaders.filter(name => name.toLowerCase() === 'authorization')).toHaveLength(1)
    expect(ory.whoami()).toHaveLength(1)
    expect(warn.mock.calls.flat().filter(line => String(line).includes('more than once'))).toHaveLength(1)
  })

  test('the terminal shows where Ory is below the other addresses', async ({ ory, app }) => {
    const vite = await load<Vite>(place, 'vite')
    const info = vi.fn()
    const customLogger = { ...vite.createLogger('silent'), info }
    const { server, url } = await dev(app.url, [plugin({ sdkUrl: ory.url, ...quiet })], { customLogger })
    server.printUrls()
    const lines = info.mock.calls.map(([line]) => String(line))
    expect(lines.at(-1)).toContain(`Ory:     ${url.replace('localhost', '127.0.0.1')}/.ory (${ory.url}`)
  })

  test('a framework that never asks Vite for its addresses shows where Ory is, too', async ({ ory, app }) => {
    const vite = await load<Vite>(place, 'vite')
    const info = vi.fn()
    const customLogger = { ...vite.createLogger('silent'), info }
    const lines = (): string[] => info.mock.calls.flat().filter(line => String(line).includes('Ory:'))
    const { server, url } = await dev(app.url, [plugin({ sdkUrl: ory.url, ...quiet })], { customLogger })
    const line = expect.stringContaining(`${url.replace('localhost', '127.0.0.1')}/.ory (${ory.url}`)
    await expect.poll(lines).toEqual([line])
    await server.close()
    const middlewareMode = { customLogger, server: { middlewareMode: true }, appType: 'custom' } as const
    const own = await config(app.url, [plugin({ sdkUrl: ory.url, ...quiet })], middlewareMode)
    const middleware = await vite.createServer(own)
    undo.push(() => middleware.close())
    expect(lines()).toEqual([line, expect.stringContaining(`Ory:     /.ory (${ory.url}`)])
  })

  test('a production build is the same with us and without', async ({ ory, app }) => {
    const vite = await load<Vite>(place, 'vite')
    const built = async (plugins: PluginOption[]): Promise<unknown> => {
      const own = await config(app.url, plugins, { build: { write: false } })
      const { output } = (await vite.build(own)) as { output: { fileName: string; code?: string }[] }
      return output.map(({ fileName, code }) => [fileName, code])
    }
    expect(await built([plugin({ sdkUrl: ory.url })])).toEqual(await built([]))
  })

  test('a build that asks for virtual:ory is told the production address, and nothing else', async ({
    app,
  }) => {
    const vite = await load<Vite>(place, 'vite')
    const { root } = await site({
      'main.js': "import { mode, sdkUrl } from 'virtual:ory'\nconsole.log(sdkUrl, mode)\n",
      '.env.production': 'VITE_ORY_SDK_URL=https://auth.example.com\n',
    })
    const own = { ...(await config(app.url, [plugin()])), root, build: { write: false } }
    const { output } = (await vite.build(own)) as { output: { code?: string }[] }
    const code = output.map(chunk => chunk.code ?? '').join('')
    expect(code).toContain('https://auth.example.com')
    expect(code).not.toContain('.ory')
    await rm(join(root, '.env.production'))
    await expect(vite.build(own)).rejects.toThrow('VITE_ORY_SDK_URL')
    await writeFile(join(root, '.env.production'), 'VITE_ORY_SDK_URL=/.ory\n')
    expect(JSON.stringify(await vite.build(own))).toContain('/.ory')
    await writeFile(join(root, '.env.production'), 'PUBLIC_ORY_SDK_URL=https://public.example.com\n')
    const astro = { ...own, envPrefix: 'PUBLIC_' } // what a framework shows to client code under another name
    expect(JSON.stringify(await vite.build(astro))).toContain('https://public.example.com')
  })

  test('a misspelt option stops the start with one line that names the right one', async ({ app }) => {
    const wrong = plugin({ sdkURL: 'https://x.example' } as object)
    const error = (await dev(app.url, [wrong]).catch(caught => caught)) as Error
    expect(error.message).toContain('Did you mean "sdkUrl"?')
    for (const shown of [error.stack, inspect(error)]) {
      expect(shown).toMatch(/^ory-proxy ORY_PROXY_BAD_OPTION: [^\n]*$/)
    }
  })

  test('a plugin that is named and not called stops the start instead of doing nothing', async ({ app }) => {
    const error = (await dev(app.url, [plugin as unknown as PluginOption]).catch(caught => caught)) as Error
    expect(error.message).toMatch(/^ory-proxy ORY_PROXY_BAD_OPTION: .*call it, like `plugins: \[ory\(\)\]`/)
  })
})

test('a Vite older than 6 is told so in one line', async () => {
  const [serving] = plugin(quiet)
  const { handler } = serving!.configureServer as { handler(server: object): Promise<void> }
  const error = (await handler({ config: { plugins: [] } }).catch(caught => caught)) as Error
  expect(error).toMatchObject({ code: 'ORY_PROXY_UNSUPPORTED' })
  expect(error.stack).toMatch(
    /^ory-proxy ORY_PROXY_UNSUPPORTED: This Vite is older than 6\. Supported are Vite 6 to 8[^\n]*$/,
  )
})
