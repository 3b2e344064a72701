import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startEchoApp } from '../_app.js'
import { FACES } from '../_faces.js'
import { startFakeOry } from '../_fake-ory.js'
import { freshContext, launchBrowser } from './_browser.js'
import { startExample } from './_example.js'

let browser: Browser
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser?.close())

test('whoever opens the members page of examples/cli signs in and is there', async () => {
  const example = await startExample('cli')
  const page = await (await freshContext(browser)).newPage()
  await page.goto(`${example.url}/members?from=mail`)
  await page.fill('input[name="identifier"]', 'alice@example.com')
  await page.fill('input[name="password"]', 'ory-dev-password')
  await page.click('button[name="method"][value="password"]')
  await page.getByRole('heading', { name: 'Welcome back' }).waitFor()
  expect(page.url()).toBe(`${example.url}/members?from=mail`)
  await page.context().close()
  await example.close()
})

test('a browser that is sent back without a session sees why, not a loop', async () => {
  const [ory, app] = await Promise.all([startFakeOry(), startEchoApp()])
  const face = await FACES['connect']!(app.url, { sdkUrl: ory.url, protect: ['/members'] })
  ory.on('/self-service/login/browser', (req, res) => {
    const back = new URL(req.url!, ory.url).searchParams.get('return_to')!
    res.writeHead(303, { location: back }).end()
  })
  const page = await (await freshContext(browser)).newPage()
  const response = await page.goto(`${face.url}/members`)
  expect(response!.status()).toBe(401)
  expect(await page.locator('h1').textContent()).toContain("came back without Ory's cookie")
  expect(await page.getByRole('link', { name: 'Sign in' }).getAttribute('target')).toBe('_top')
  await page.context().close()
  await face.close()
  await Promise.all([ory.close(), app.close()])
})
