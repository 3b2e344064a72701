import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshContext, launchBrowser } from './_browser.js'
import { type Example, startExample } from './_example.js'

const PASSWORD = 'Tr0ub4dor&3-journey'
let browser: Browser
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser?.close())

describe.each(['cli', 'vite-react', 'webpack'])('examples/%s', name => {
  let example: Example
  beforeAll(async () => {
    example = await startExample(name)
  })
  afterAll(() => example?.close())

  test('register, see the claims, reload, sign out, sign in again', async () => {
    const page = await (await freshContext(browser)).newPage()
    const email = `${name}@example.org`
    await page.goto(example.url)
    await page.getByText('You are not signed in').waitFor()
    expect(await page.locator('#sign-out').isVisible()).toBe(false)
    await page.getByRole('link', { name: 'Register' }).click()
    await register(page, email)
    await expectSignedIn(page, email)
    await page.reload()
    await expectSignedIn(page, email)

    await page.locator('#sign-out').click()
    await page.getByText('You are not signed in').waitFor()
    expect(new URL(page.url()).origin).toBe(example.url)

    await page.getByRole('link', { name: 'Sign in' }).click()
    await signIn(page, email, PASSWORD)
    await expectSignedIn(page, email)
    await page.context().close()
  })

  test('a wrong password says so, beside the form', async () => {
    const page = await (await freshContext(browser)).newPage()
    await page.goto(`${example.url}/.ory/init/login`)
    await signIn(page, 'alice@example.com', 'not-her-password')
    await page.getByRole('alert').first().waitFor()
    expect(await page.getByRole('alert').first().textContent()).toContain('credentials are invalid')
    await page.context().close()
  })

  test('with JavaScript off, a seeded person signs in and the app shows it', async () => {
    const page = await (await freshContext(browser, { javaScriptEnabled: false })).newPage()
    await page.goto(`${example.url}/.ory/init/login`)
    await signIn(page, 'alice@example.com', 'ory-dev-password')
    await page.waitForURL(url => url.pathname === '/')
    const cookies = await page.context().cookies()
    const cookie = cookies.map(({ name: key, value }) => `${key}=${value}`).join('; ')
    const claims = (await (await fetch(`${example.url}/api/me`, { headers: { cookie } })).json()) as {
      sub: string
    }
    expect(claims).toMatchObject({ session: { identity: { traits: { email: 'alice@example.com' } } } })
    await page.context().close()
  })
})

async function register(page: Page, email: string): Promise<void> {
  await page.locator('input[name="traits.email"]').fill(email)
  await page.locator('button[name=method][value=profile]').click()
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.locator('button[name=method][value=password]').click()
  await page.getByRole('link', { name: 'Not now' }).click() // the address can be verified later
}

async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.locator('input[name=identifier]').fill(email)
  await page.locator('input[name=password]').fill(password)
  await page.locator('button[name=method][value=password]').click()
}

/** The page shows the claims that its backend verified, and no way to sign in again. */
async function expectSignedIn(page: Page, email: string): Promise<void> {
  await page.getByRole('heading', { name: `Signed in as ${email}` }).waitFor()
  expect(await page.getByRole('link', { name: 'Sign in' }).isVisible()).toBe(false)
  const claims = JSON.parse((await page.locator('#claims').textContent())!) as { iss: string; sub: string }
  expect(claims).toMatchObject({ session: { active: true, identity: { id: claims.sub, traits: { email } } } })
}
