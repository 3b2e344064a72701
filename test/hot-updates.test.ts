import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { createServer } from 'vite'
import { afterAll, beforeAll, expect } from 'vitest'
import webpack from 'webpack'
import WebpackDevServer from 'webpack-dev-server'
import { silentLogger } from '../src/index.js'
import { ory as plugin } from '../src/vite-plugin.js'
import { withOry } from '../src/webpack.js'
import { moduleSaying, type Project, project, SITE } from './_ecosystem.js'
import { test } from './_fixtures.js'
import { freshContext, launchBrowser } from './e2e/_browser.js'

let browser: Browser
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser?.close())

interface Running {
  readonly url: string
  close(): Promise<unknown>
}

const SERVERS: Record<string, (project: Project, sdkUrl: string) => Promise<Running>> = {
  async vite({ root }, sdkUrl) {
    const server = await createServer({
      root,
      configFile: false,
      logLevel: 'silent',
      server: { port: 0, host: '127.0.0.1' },
      plugins: [plugin({ sdkUrl, logger: silentLogger })],
    })
    await server.listen()
    const { port } = server.httpServer!.address() as AddressInfo
    return { url: `http://localhost:${port}`, close: () => server.close() }
  },
  async webpack({ root }, sdkUrl) {
    const compiler = webpack({
      mode: 'development',
      context: root,
      entry: './main.js',
      infrastructureLogging: { level: 'none' },
      stats: 'none',
    })!
    const own = { port: 0, host: '127.0.0.1', hot: true, static: { directory: root, watch: false } }
    const server = new WebpackDevServer(withOry(own, { sdkUrl, logger: silentLogger }) as never, compiler)
    await server.start()
    const { port } = server.server!.address() as AddressInfo
    return { url: `http://localhost:${port}`, close: () => server.stop() }
  },
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
    expect(await page.evaluate('window.loads')).toBe(2) // the same page: a reload would count from one
    expect(ory.whoami().length).toBeGreaterThan(0)
    await context.close()
    await running.close()
    await site.remove()
  },
)

const pageOf = (name: string): string =>
  name === 'vite'
    ? SITE['index.html']
    : SITE['index.html'].replace('type="module" src="./main.js"', 'defer src="/main.js"')
