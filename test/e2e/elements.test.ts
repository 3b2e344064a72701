import * as OTPAuth from 'otpauth'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { authenticators } from './_authenticator.js'
import { freshContext, launchBrowser } from './_browser.js'
import { type Example, startExample } from './_example.js'

const PASSWORD = 'Tr0ub4dor&3-elements'
let browser: Browser
let example: Example
beforeAll(async () => {
  ;[browser, example] = await Promise.all([launchBrowser(), startExample('elements')])
})
afterAll(async () => {
  await browser?.close()
  await example?.close()
})

/** The code of the newest mail to somebody; waits until there is one that was not seen before. */
async function codeFor(email: string, after?: string): Promise<{ id: string; code: string }> {
  const query = new URLSearchParams({ to: email, wait: '15', after: after ?? '' })
  const answer = await fetch(`${example.url}/.ory/dev/inbox?${query}`, {
    headers: { accept: 'application/json' },
  })
  const [mail] = (await answer.json()) as { id: string; code: string }[]
  if (!mail) throw new Error(`no mail to ${email}`)
  return mail
}

const submit = (page: Page, method: string): Promise<void> =>
  page.locator(`button[name=method][value=${method}]`).first().click()

async function register(page: Page, email: string): Promise<void> {
  await page.goto(`${example.url}/.ory/init/registration`)
  await page.locator('input[name="traits.email"]').fill(email)
  await submit(page, 'profile')
  await page.getByText('Enter your password').click() // beside the social provider, it is one method to choose
  await page.locator('input[name=password]').fill(PASSWORD)
  await submit(page, 'password')
}

async function signInWithPassword(page: Page, email: string): Promise<void> {
  await page.goto(`${example.url}/.ory/init/login`)
  await page.locator('input[name=identifier]').fill(email)
  await page.locator('input[name=password]').fill(PASSWORD)
  await submit(page, 'password')
}

async function expectHome(page: Page, email: string, aal = 'aal1'): Promise<void> {
  await page.getByRole('heading', { name: `Signed in as ${email}` }).waitFor()
  await page.getByText(`Assurance level: ${aal}`).waitFor()
}

async function signOut(page: Page): Promise<void> {
  await page.locator('#sign-out').click()
  await page.getByRole('heading', { name: 'You are not signed in' }).waitFor()
}

/** `@ory/elements-react` and its `@ory/client-fetch` on top of the emulator: every JSON path a real app takes. */
describe('the pages of Ory Elements', { timeout: 180_000 }, () => {
  test('register, verify the address, set up a second factor, sign in with it', async () => {
    const page = await (await freshContext(browser)).newPage()
    const email = 'factor@example.org'
    await register(page, email)
    await page.waitForURL(/auth\/verification/)
    await page.locator('input[name=code]').fill((await codeFor(email)).code)
    await submit(page, 'code')
    await page.getByText('You successfully verified your email address.').first().waitFor()

    await page.goto(`${example.url}/.ory/init/settings`)
    const secret = await page.locator('[data-testid="ory/form/node/input/totp_secret_key"]').inputValue()
    const totp = new OTPAuth.TOTP({ secret })
    await page.locator('input[name=totp_code]').fill(totp.generate())
    await submit(page, 'totp')
    await expectHome(page, email, 'aal2') // where /.ory/init/settings said we came from
    await signOut(page)
    await signInWithPassword(page, email)
    await page.locator('input[name=totp_code]').fill(totp.generate())
    await submit(page, 'totp')
    await expectHome(page, email, 'aal2')
    await page.context().close()
  })

  test('recover an account, then sign in with the new password', async () => {
    const page = await (await freshContext(browser)).newPage()
    const email = 'forgot@example.org'
    await register(page, email)
    await page.waitForURL(/auth\/verification/)
    const { id } = await codeFor(email)
    await page.context().clearCookies()

    await page.goto(`${example.url}/.ory/init/recovery`)
    await page.locator('input[name=email]').fill(email)
    await submit(page, 'code')
    await page.locator('input[name=code]').fill((await codeFor(email, id)).code)
    await submit(page, 'code')
    await page.waitForURL(/auth\/settings/)
    await page.goto(example.url)
    await expectHome(page, email)
    await signOut(page)
    await signInWithPassword(page, email)
    await expectHome(page, email)
    await page.context().close()
  })

  test('a wrong password is said beside the form', async () => {
    const page = await (await freshContext(browser)).newPage()
    await signInWithPassword(page, 'alice@example.com')
    await page.getByText('The provided credentials are invalid').first().waitFor()
    await page.context().close()
  })

  test('sign in with the social provider', async () => {
    const page = await (await freshContext(browser)).newPage()
    await page.goto(`${example.url}/.ory/init/login`)
    await page.locator('button[name=provider][value=mock]').click()
    await page.locator('input[name=email]').fill('social@example.org')
    await page.locator('form:has(input[name=email]) button[type=submit]').first().click()
    await expectHome(page, 'social@example.org')
    expect(new URL(page.url()).origin).toBe(example.url)
    await page.context().close()
  })
})

describe('keys on the pages of Ory Elements', { timeout: 180_000 }, () => {
  test('sign up with a passkey, add a security key, sign in with both', async () => {
    const page = await (await freshContext(browser)).newPage()
    const plugIn = await authenticators(page)
    const key = await plugIn()
    const email = 'keys@example.org'
    await page.goto(`${example.url}/.ory/init/registration`)
    await page.locator('input[name="traits.email"]').fill(email)
    await submit(page, 'profile')
    await page.locator('button[name=passkey_register_trigger]').click()
    await expectHome(page, email)
    await page.goto(`${example.url}/.ory/init/settings`)
    await page.locator('input[name=webauthn_register_displayname]').fill('Blue one')
    await page.locator('button[name=webauthn_register_trigger]').click()
    await expectHome(page, email, 'aal2')
    await signOut(page)
    await key.touch(false)
    await page.goto(`${example.url}/.ory/init/login`)
    await page.waitForFunction('window.abortPasskeyConditionalUI')
    await key.touch(true)
    await page.locator('button[name=passkey_login_trigger]').click()
    await page.locator('button[name=webauthn_login_trigger]').click()
    await expectHome(page, email, 'aal2')
    await page.context().close()
  })
})
