import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import connect from 'connect'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ensureBrowser } from '../../scripts/ensure-browser.mjs'
import { type Emulator, startEmulator } from '../../src/emulator/index.js'
import { createOryMiddleware, type OryMiddleware, silentLogger } from '../../src/index.js'

let ory: Emulator
let browser: Browser
let context: BrowserContext
let page: Page
let complaints: string[]

beforeAll(async () => {
  ory = await startEmulator()
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking']
  browser = await chromium.launch({ executablePath: await ensureBrowser(), args })
})
afterAll(async () => {
  await browser?.close()
  await ory?.close()
})
beforeEach(async () => {
  await ory.reset()
  complaints = []
  context = await browser.newContext({ javaScriptEnabled: false })
  page = await context.newPage()
  page.on('console', message => {
    if (/Content Security Policy/.test(message.text())) complaints.push(message.text())
  })
})
afterEach(async () => {
  await context.close()
  expect(complaints).toEqual([])
})

const heading = (): Promise<string | null> => page.locator('h1').textContent()
const open = (path: string): Promise<unknown> => page.goto(`${ory.url}${path}`)
const press = (name: string | RegExp): Promise<void> =>
  page.getByRole('button', { name, exact: typeof name === 'string' }).click()
const fill = (label: string, value: string): Promise<void> =>
  page.getByLabel(label, { exact: false }).fill(value)
const cookie = async (): Promise<string> =>
  (await context.cookies(ory.url)).map(({ name, value }) => `${name}=${value}`).join('; ')
const whoami = async (): Promise<{
  identity?: { traits: { email: string } }
  authentication_methods?: object[]
}> =>
  (await (await fetch(`${ory.url}/sessions/whoami`, { headers: { cookie: await cookie() } })).json()) as never
const email = async (): Promise<string | undefined> => (await whoami()).identity?.traits.email
async function lastCode(to: string): Promise<string> {
  const answer = await fetch(`${ory.adminUrl}/admin/courier/messages?recipient=${encodeURIComponent(to)}`)
  const [message] = (await answer.json()) as { body: string }[]
  return /\b\d{6}\b/.exec(message!.body)![0]
}
async function signIn(password = 'ory-dev-password'): Promise<void> {
  await open('/ui/login')
  await fill('E-Mail', 'alice@example.com')
  await fill('Password', password)
  await press('Sign in with password')
}

describe('pages without JavaScript', () => {
  test('login says whom one can be, refuses a wrong password and takes the right one', async () => {
    await signIn('wrong')
    expect(await page.getByRole('alert').textContent()).toContain('credentials are invalid')
    expect(await page.getByRole('complementary').textContent()).toContain('ory-dev-password')
    await fill('Password', 'ory-dev-password')
    await page.keyboard.press('Enter')
    await expect.poll(heading).toBe('You are signed in')
    expect(await email()).toBe('alice@example.com')
  })

  test('signing up leads on to the verification of the address', async () => {
    await open('/registration')
    await fill('E-Mail', 'carol@example.com')
    await press('Sign up')
    await fill('Password', 'correct horse battery')
    await press('Sign up')
    await expect.poll(heading).toBe('Enter the code')
    await fill('Verification code', await lastCode('carol@example.com'))
    await press('Continue')
    await expect.poll(heading).toBe('Address verified')
    expect(await email()).toBe('carol@example.com')
  })

  test('a forgotten password is recovered with a code, and a new one set', async () => {
    await open('/ui/login')
    await page.getByRole('link', { name: 'Forgot it?' }).click()
    await fill('Email', 'alice@example.com')
    await press('Continue')
    expect(await page.getByRole('complementary').textContent()).toContain('inbox')
    await fill('Recovery code', await lastCode('alice@example.com'))
    await press('Continue')
    await expect.poll(heading).toBe('Account settings')
    await page.locator('#password-password').fill('a brand new password')
    await page
      .locator('section', { hasText: 'Password' })
      .getByRole('button', { name: 'Save' })
      .last()
      .click()
    expect(await page.getByRole('status').textContent()).toContain('saved')
    await page.getByRole('link', { name: 'Sign out' }).click()
    await signIn('a brand new password')
    await expect.poll(heading).toBe('You are signed in')
  })

  test('saving the profile leaves the other cards alone, and signing out ends it', async () => {
    await signIn()
    await press('Account settings')
    await fill('First Name', 'Alicia')
    await page.locator('[aria-labelledby="settings-profile"]').getByRole('button', { name: 'Save' }).click()
    expect(await page.getByRole('status').textContent()).toContain('saved')
    expect(await page.getByLabel('First Name').inputValue()).toBe('Alicia')
    await page.getByRole('link', { name: 'Sign out' }).click()
    await expect.poll(heading).toBe('Nobody is signed in')
    expect(await email()).toBeUndefined()
  })

  test('backup codes are shown before they count', async () => {
    await signIn()
    await press('Account settings')
    await press('Generate new backup recovery codes')
    expect(await page.locator('.codes li').count()).toBe(12)
    await press('Confirm backup recovery codes')
    expect(await page.getByRole('status').textContent()).toContain('saved')
  })

  test.for(['login', 'registration', 'recovery', 'verification'])(
    '%s starts a flow where there is none',
    async kind => {
      await open(`/ui/${kind}?return_to=${encodeURIComponent(`${ory.url}/ui/welcome?x=1`)}`)
      const first = new URL(page.url())
      expect(first.pathname).toBe(`/ui/${kind}`)
      expect(first.searchParams.get('flow')).toMatch(/^[0-9a-f-]{36}$/)
      await open(`/${kind}?flow=00000000-0000-4000-8000-000000000000`)
      expect(new URL(page.url()).searchParams.get('flow')).not.toContain('00000000-0000')
      expect(await page.locator('form').count()).toBe(1)
    },
  )

  test("another browser's flow is not shown: one gets one's own", async () => {
    await open('/ui/login')
    const theirs = page.url()
    const other = await (await browser.newContext({ javaScriptEnabled: false })).newPage()
    await other.goto(`${ory.url}/ui/login`)
    await other.goto(theirs)
    expect(other.url()).not.toBe(theirs)
    expect(await other.locator('h1').textContent()).toBe('Sign in')
    await other.context().close()
  })

  test('a browser that keeps no cookies is told so instead of going in circles', async () => {
    await open('/ui/login')
    const answer = await fetch(page.url())
    expect(answer.status).toBe(403)
    expect(await answer.text()).toContain('Cookies are needed')
  })

  test('signed-in people go on from a login page', async () => {
    await open('/ui/login')
    const waiting = page.url()
    await signIn()
    await page.goto(waiting)
    await expect.poll(heading).toBe('You are signed in')
    await open('/ui/registration')
    await expect.poll(heading).toBe('You are signed in')
  })

  test('settings want a session, errors have a page', async () => {
    await open('/ui/settings')
    await expect.poll(heading).toBe('Sign in')
    await open('/ui/error?id=stub:500')
    expect(await page.getByRole('alert').textContent()).toBe('This is a stub error.')
    await open('/ui/error?id=nothing')
    await expect.poll(heading).toBe('Not found')
    await open('/self-service/login/browser?return_to=https://evil.test/')
    expect(await page.getByRole('alert').textContent()).toContain('evil.test')
  })
})

describe('under /.ory of a dev server', () => {
  let app: Server
  let middleware: OryMiddleware
  let front: string

  beforeAll(async () => {
    middleware = await createOryMiddleware({ logger: silentLogger, jwt: false })
    const connected = connect().use(middleware)
    app = createServer(
      connected.use((_req: unknown, res: ServerResponse) => void res.end('<h1>the app</h1>')),
    )
    await new Promise<void>(done => void app.listen(0, '127.0.0.1', done))
    front = `http://localhost:${(app.address() as AddressInfo).port}`
  })
  afterAll(async () => {
    app.closeAllConnections()
    app.close()
    await middleware.close()
  })
  const visit = (path: string): Promise<unknown> => page.goto(`${front}${path}`)
  const onFront = (): boolean => page.url().startsWith(front)

  test('every step of signing in, changing settings and signing out stays on its origin', async () => {
    await visit('/.ory/ui/login')
    expect(new URL(page.url()).pathname).toBe('/.ory/ui/login')
    await page.getByRole('link', { name: 'Create an account' }).click()
    await expect.poll(heading).toBe('Create your account')
    await page.getByRole('link', { name: 'Sign in' }).click()
    await fill('E-Mail', 'alice@example.com')
    await fill('Password', 'ory-dev-password')
    await page.keyboard.press('Enter')
    await expect.poll(heading).toBe('the app')
    expect(onFront()).toBe(true)
    await visit('/.ory/settings')
    await fill('First Name', 'Alicia')
    await page.locator('[aria-labelledby="settings-profile"]').getByRole('button', { name: 'Save' }).click()
    expect([onFront(), await page.getByRole('status').textContent()]).toEqual([
      true,
      'Your changes have been saved!',
    ])
    await page.getByRole('link', { name: 'Sign out' }).click()
    expect(onFront()).toBe(true)
    await visit('/.ory/ui/settings')
    await expect.poll(heading).toBe('Sign in')
    expect(onFront()).toBe(true)
  })

  test('so does social sign-in', async () => {
    await visit('/.ory/login')
    await page.locator('button[name=provider]').click()
    await expect.poll(heading).toBe('Choose an account')
    expect(onFront()).toBe(true)
    await page.getByRole('button', { name: 'bob@example.com' }).click()
    // Bob has a password: he proves that the address is his, and the provider is added.
    await expect.poll(heading).toBe('Sign in')
    expect(onFront()).toBe(true)
    expect(await page.getByRole('status').textContent()).toContain('already used by another account')
    await fill('Password', 'ory-dev-password')
    await page.keyboard.press('Enter')
    await expect.poll(heading).toBe('the app')
    expect(onFront()).toBe(true)
    await visit('/.ory/ui/welcome')
  })
})
