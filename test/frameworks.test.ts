import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ALWAYS, REST, type RunningApp, startFramework } from './_frameworks.js'
import { freshContext, launchBrowser } from './e2e/_browser.js'

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
  beforeAll(async () => {
    app = await startFramework(framework)
    page = await (await freshContext(browser)).newPage()
  }, 180_000)
  afterAll(() => app?.close())

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
    const cookies = await page.context().cookies(app.url)
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
    expect(await endpoint({ cookie })).toMatch(/^Bearer ey/)
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
    await page.waitForSelector('#text:text-is("second")')
    expect(await page.evaluate('window.marked')).toBe(true)
  })
})
