import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { createServer, type ViteDevServer } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Emulator, startEmulator } from '../../src/emulator/index.js'
import { freePort } from '../_faces.js'
import { freshContext, launchBrowser } from './_browser.js'

const APP = fileURLToPath(new URL('../fixtures/spa', import.meta.url))

describe('an app on another port than Ory, as in most set-ups of Kratos', () => {
  let browser: Browser
  let emulator: Emulator
  const apps: ViteDevServer[] = []
  let [listed, unlisted] = ['', '']

  async function app(): Promise<string> {
    const port = await freePort()
    const server = await createServer({
      root: APP,
      configFile: false,
      logLevel: 'error',
      server: { port, strictPort: true, host: 'localhost' },
    })
    apps.push(await server.listen())
    return `http://localhost:${port}`
  }

  beforeAll(async () => {
    listed = await app()
    unlisted = await app()
    const cors = { enabled: true, allowed_origins: [listed], allowed_headers: ['Content-Type', 'Accept'] }
    emulator = await startEmulator({ config: { serve: { public: { cors } } } })
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await emulator?.close()
    await Promise.all(apps.map(one => one.close()))
  })

  async function open(origin: string, oryAt: string): Promise<Page> {
    const page = await (await freshContext(browser)).newPage()
    await page.goto(`${origin}/?ory=${encodeURIComponent(oryAt)}`)
    return page
  }
  const who = (page: Page) => expect.poll(() => page.textContent('#who'))
  /** By the name that the app's pages have, so that cookies are of one site. */
  const ory = (): string => emulator.url.replace('127.0.0.1', 'localhost')

  test('signs in, is remembered and signs out, where serve.public.cors lists it', async () => {
    const page = await open(listed, ory())
    await who(page).toBe('nobody (401)')
    await page.fill('input[name=identifier]', 'alice@example.com')
    await page.fill('input[name=password]', 'ory-dev-password')
    await page.click('button[type=submit]')
    await who(page).toBe('alice@example.com')
    await page.reload()
    await who(page).toBe('alice@example.com')
    await page.click('#leave')
    await who(page).toBe('nobody (401)')
  })

  test('gets no answer where it does not', async () => {
    await who(await open(unlisted, ory())).toBe('no answer')
  })
})
