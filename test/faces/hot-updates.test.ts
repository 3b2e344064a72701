import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import { silentLogger } from '../../src/index.js'
import { ory as rsbuildPlugin } from '../../src/rsbuild.js'
import { ory as vitePlugin } from '../../src/vite-plugin.js'
import { withOry } from '../../src/webpack.js'
import {
  load,
  moduleSaying,
  type Place,
  type Project,
  project,
  type Rsbuild,
  rspackTools,
  SITE,
  type WebpackTools,
  webpackTools,
} from '../_ecosystem.js'
import { freePort } from '../_faces.js'
import { test } from '../_fixtures.js'
import { freshContext, launchBrowser } from '../e2e/_browser.js'

let browser: Browser
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser?.close())

interface Running {
  readonly url: string
  close(): Promise<unknown>
}

type Start = (project: Project, sdkUrl: string) => Promise<Running>

const vite =
  (place: Place): Start =>
  async ({ root }, sdkUrl) => {
    const { createServer } = await load<typeof import('vite')>(place, 'vite')
    const server = await createServer({
      root,
      configFile: false,
      logLevel: 'silent',
      server: { port: await freePort(), host: '127.0.0.1' },
      plugins: [vitePlugin({ sdkUrl, logger: silentLogger })],
    })
    await server.listen()
    const { port } = server.httpServer!.address() as AddressInfo
    return { url: `http://127.0.0.1:${port}`, close: () => server.close() }
  }

const webpack =
  (tools: () => Promise<WebpackTools>): Start =>
  async ({ root }, sdkUrl) => {
    const { compile, DevServer } = await tools()
    const infrastructureLogging = { level: 'none' }
    const compiler = compile({
      mode: 'development',
      context: root,
      entry: './main.js',
      infrastructureLogging,
      stats: 'none',
    })
    const own = { port: 0, host: '127.0.0.1', hot: true, static: { directory: root, watch: false } }
    const server = new DevServer(withOry(own, { sdkUrl, logger: silentLogger }), compiler)
    await server.start()
    return { url: `http://127.0.0.1:${server.server.address().port}`, close: () => server.stop() }
  }

const rsbuild: Start = async ({ root }, sdkUrl) => {
  const { createRsbuild } = await load<Rsbuild>('newer', '@rsbuild/core')
  const instance = await createRsbuild({
    cwd: root,
    config: {
      logLevel: 'silent',
      plugins: [rsbuildPlugin({ sdkUrl, logger: silentLogger })],
      source: { entry: { index: './main.js' } },
      html: { template: './index.html' },
      server: { port: await freePort(), host: '127.0.0.1' },
    },
  })
  const { server, port } = await instance.startDevServer()
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() }
}

const SERVERS: Record<string, Start> = {
  'Vite 6': vite('older'),
  'Vite 7': vite('newer'),
  'Vite 8': vite('root'),
  'webpack-dev-server 5': webpack(() => webpackTools('older')),
  'webpack-dev-server 6': webpack(() => webpackTools('root')),
  '@rspack/dev-server 1': webpack(() => rspackTools('older')),
  '@rspack/dev-server 2': webpack(() => rspackTools('newer')),
  'Rsbuild 2': rsbuild,
}

test.for(Object.keys(SERVERS))(
  '%s: an edit shows in the open page of somebody signed in',
  async (name, { ory }) => {
    const site = await project({ ...SITE, 'index.html': pageOf(name) })
    const running = await SERVERS[name]!(site, ory.url)
    const context = await freshContext(browser)
    const [cookie, value] = ory.signIn('ada@example.com').split('=') as [string, string]
    await context.addCookies([{ name: cookie, value, url: running.url }])
    const page = await context.newPage()
    await page.goto(running.url, { waitUntil: 'networkidle' })
    await page.waitForSelector('#root:text-is("first")')
    await site.write('main.js', moduleSaying('second'))
    await page.waitForSelector('#root:text-is("second")')
    // The same page: a reload would count from one. Rsbuild reloads this one, without us just the same.
    expect(await page.evaluate('window.loads')).toBe(name === 'Rsbuild 2' ? 1 : 2)
    expect(ory.whoami().length).toBeGreaterThan(0)
    await context.close()
    await running.close()
    await site.remove()
  },
)

/** Rsbuild writes the script into the page, Vite takes it as it is, and webpack serves it beside the page. */
function pageOf(name: string): string {
  const html = SITE['index.html']
  if (name.startsWith('Vite')) return html
  const script = name.startsWith('Rsbuild') ? '' : '<script defer src="/main.js"></script>'
  return html.replace(/<script.*<\/script>/, script)
}
