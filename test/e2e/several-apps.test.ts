import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startEchoApp } from '../_app.js'
import { startLocal } from '../cli/_command.js'
import { freshContext, launchBrowser } from './_browser.js'

let browser: Browser
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser?.close())

const HOSTS: [string, readonly string[], string, boolean][] = [
  ['hosts below one another and their domain', ['--cookie-domain', 'app.localhost'], 'app.localhost', true],
  ['hosts that share no domain', [], 'localhost', false],
]

test.for(HOSTS)(
  'one sign-in reaches the app of a path; with %s: of a host too',
  async ([, flags, host, shared]) => {
    const [web, api, other] = await Promise.all([startEchoApp(), startEchoApp(), startEchoApp()])
    const rules = ['--route', `/api=${api.url}`, '--route', `api.${host}=${other.url}`]
    const command = await startLocal(web.url, ['--no-https', ...rules, ...flags])
    const url = command.url.replace('localhost', host)
    const page = await (await freshContext(browser)).newPage()
    await page.goto(`${url}/.ory/init/login?return_to=/api/me`)
    await page.fill('input[name="identifier"]', 'alice@example.com')
    await page.fill('input[name="password"]', 'ory-dev-password')
    await page.click('button[name="method"][value="password"]')
    await page.waitForURL(`${url}/api/me`)
    expect(await page.textContent('body')).toContain('"authorization":"Bearer ')
    await page.goto(url.replace('//', '//api.'))
    expect((await page.textContent('body'))!.includes('"authorization":"Bearer ')).toBe(shared)
    expect(other.seen[0]).toBe('GET /')
    expect(/apart: people sign in there once more/.test(command.stderr())).toBe(!shared)
    await page.context().close()
    await command.end()
    await Promise.all([web.close(), api.close(), other.close()])
  },
)
