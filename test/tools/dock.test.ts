import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import type { createServer, Plugin } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { silentLogger } from '../../src/index.js'
import { ory } from '../../src/vite-plugin.js'
import { load, type Place, project, SITE, scriptOf } from '../_ecosystem.js'
import { freePort } from '../_faces.js'
import { freshContext, launchBrowser } from '../e2e/_browser.js'

let browser: Browser
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser?.close())

/** Whoever may press its buttons may run programs: it asks for a code in the terminal, which no test can type. */
const OPEN = { clientAuth: false }

const VITES: [string, Place, boolean][] = [
  ['8.3, by its own option', 'devtools', true],
  ['7, by the plugin', 'newer', false],
  ['6, by the plugin', 'older', false],
]

test.for(VITES)('the DevTools of Vite %s have the tools as a tab', async ([, place, hasOption]) => {
  const vite = await load<{ createServer: typeof createServer }>(place, 'vite')
  const { DevTools } = await load<{ DevTools(options: object): Plugin[] }>(place, '@vitejs/devtools')
  const site = await project(SITE)
  await symlink(await scriptOf(place, ''), join(site.root, 'node_modules'))
  const plugins = [ory({ logger: silentLogger }), ...(hasOption ? [] : [DevTools(OPEN)])]
  const config = { root: site.root, configFile: false as const, logLevel: 'silent' as const, plugins }
  const server = await vite.createServer({
    ...config,
    server: { port: await freePort(), host: '127.0.0.1' },
    ...(hasOption && { devtools: OPEN }),
  })
  await server.listen()
  const url = `http://localhost:${(server.httpServer!.address() as { port: number }).port}`
  const page = await (await freshContext(browser)).newPage()
  await page.goto(url)
  const tab = page.getByRole('button', { name: 'Ory', exact: true })
  // Icons by name, like those of its own tabs, are fetched from the internet.
  expect(await tab.locator('img').getAttribute('src')).toMatch(/^data:/)
  await tab.dispatchEvent('click') // the dock is folded up until a mouse comes near
  const frame = page.frameLocator('iframe[src*="/.ory/dev"]')
  await frame.getByRole('heading', { name: 'Nobody is signed in here' }).waitFor()
  await frame.getByRole('link', { name: 'People' }).first().click()
  await frame.getByRole('button', { name: 'Sign in as alice@example.com' }).click()
  await page.waitForFunction(async () => {
    const answer = await fetch('/.ory/dev/token', { headers: { accept: 'application/json' } })
    return ((await answer.json()) as { who: string | null }).who === 'alice@example.com'
  })
  expect(new URL(page.url()).pathname).toBe('/')
  await page.context().close()
  await server.close()
  await site.remove()
})
