import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EchoApp, startEchoApp } from '../_app.js'
import { cookieAt } from '../_faces.js'
import { ALWAYS, REST, type RunningApp, startFramework, startPreview } from '../_frameworks.js'
import { handshakeAt } from '../_sockets.js'
import { freshContext, launchBrowser } from '../e2e/_browser.js'

let browser: Browser
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser?.close())

/** All of them take minutes: `npm run test:ecosystem` does that. */
const chosen = process.env['ORY_PROXY_ECOSYSTEM'] === 'all' ? [...ALWAYS, ...REST] : ALWAYS

describe.each(chosen)('$name', framework => {
  let app: RunningApp
  let page: Page
  let sockets: EchoApp
  beforeAll(async () => {
    sockets = await startEchoApp()
    app = await startFramework(framework, sockets.url)
    page = await (await freshContext(browser)).newPage()
  }, 180_000)
  afterAll(async () => {
    await app?.close()
    await sockets.close()
  })

  /** What the page has since somebody signed in. */
  const cookieOfPage = async (): Promise<string> => {
    const cookies = await page.context().cookies(app.url)
    return cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  }

  const endpoint = async (headers: Record<string, string>): Promise<string> => {
    const response = await fetch(app.endpoint, { headers })
    return ((await response.json()) as { who: string }).who
  }

  test('neither page nor endpoint sees a forged header', async () => {
    const authorization = 'Bearer forged'
    expect(await endpoint({ authorization })).toBe('nobody')
    const html = await (await fetch(app.page, { headers: { authorization } })).text()
    expect(html).not.toContain('forged')
    expect(html).toContain('nobody')
  })

  test('signed in in a browser, page and endpoint see the JWT', async () => {
    await page.goto(`${app.url}/.ory/ui/login?return_to=${encodeURIComponent(app.page)}`)
    await page.fill('input[name=identifier]', 'alice@example.com')
    await page.fill('input[name=password]', 'ory-dev-password')
    await page.click('button[name=method][value=password]')
    await page.waitForURL(app.page)
    expect(await page.textContent('#who')).toMatch(/^Bearer ey/)
    expect(await endpoint({ cookie: await cookieOfPage() })).toMatch(/^Bearer ey/)
  })

  if (!framework.behindCommand) {
    test('client code learns where Ory is', async () => {
      await expect.poll(() => page.evaluate('globalThis.sdkUrl')).toBe(`${app.url}/.ory`)
    })
  }

  test("the app's own WebSocket knows who opened it, and a foreign page opens none", async () => {
    const [url, authorization, cookie] = [`${app.url}/socket`, 'Bearer forged', await cookieOfPage()]
    const signedIn = await handshakeAt(url, { cookie, origin: app.url, authorization })
    expect(signedIn['authorization']).toMatch(/^Bearer ey/)
    expect((await handshakeAt(url, { origin: app.url, authorization }))['authorization']).toBeUndefined()
    await expect(handshakeAt(url, { cookie, origin: 'http://localhost:1' })).rejects.toThrow('403')
  })

  if (framework.form) {
    test('a form that runs on the server is not taken for a foreign one, and knows who sent it', async () => {
      await page.goto(app.page, { waitUntil: 'networkidle' })
      await page.click('#act')
      await page.waitForURL(`${app.page}?acted-as=*`)
      expect(new URL(page.url()).searchParams.get('acted-as')).toBe('Bearer')
    })
  }

  test('an edit shows in the open page, which stays the same page', async () => {
    await page.goto(app.page, { waitUntil: 'networkidle' })
    await page.evaluate('window.marked = true')
    await app.edit('first', 'second')
    const again = setInterval(() => app.edit('first', 'second'), 5000) // an idle page may not listen for updates yet
    await page.waitForSelector('#text:text-is("second")').finally(() => clearInterval(again))
    expect(await page.evaluate('window.marked')).toBe(true)
  })
})

/** The first one shows what Vite's own preview does; the others are built in `npm run test:ecosystem`. */
const shown = chosen.filter(({ preview, name }) => preview && (chosen !== ALWAYS || name === 'sveltekit'))

describe.each(shown)('the preview of $name', framework => {
  let app: RunningApp
  beforeAll(async () => {
    app = await startPreview(framework, 'http://localhost')
  }, 240_000)
  afterAll(() => app?.close())

  test('page and endpoint see the JWT of somebody signed in, and no forged header', async () => {
    const seen = async (headers: Record<string, string>): Promise<string> => {
      const answers = await Promise.all([fetch(app.page, { headers }), fetch(app.endpoint, { headers })])
      return (await Promise.all(answers.map(answer => answer.text()))).join('\n')
    }
    const forged = await seen({ authorization: 'Bearer forged' })
    expect(forged).not.toContain('forged')
    expect(forged.match(/nobody/g)!.length).toBeGreaterThanOrEqual(2)
    const signedIn = await seen({
      cookie: await cookieAt(app.url, 'alice@example.com'),
      authorization: 'Bearer forged',
    })
    expect(signedIn).not.toContain('forged')
    expect(signedIn.match(/Bearer ey/g)!.length).toBeGreaterThanOrEqual(2)
  })
})
