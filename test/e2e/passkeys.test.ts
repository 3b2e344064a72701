import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Emulator, startEmulator } from '../../src/emulator/index.js'
import { silentLogger } from '../../src/log.js'
import { freePort } from '../_faces.js'
import { authenticators, type VirtualAuthenticator } from './_authenticator.js'
import { freshContext, launchBrowser } from './_browser.js'

const PASSWORD = 'Tr0ub4dor&3-passkeys'
const session = { hooks: [{ hook: 'session' }] }

/** Passkeys to sign in, security keys after a password. */
const config = (rp: object = {}, passwordless = false) => ({
  selfservice: {
    methods: {
      passkey: { enabled: !passwordless, config: { rp } },
      webauthn: { enabled: true, config: { passwordless, rp } },
    },
    flows: { registration: { after: { passkey: session, password: session, webauthn: session } } },
  },
  session: { whoami: { required_aal: 'highest_available' } },
})

let browser: Browser
let emulator: Emulator
let base: string
let said: string[]
const logger = { ...silentLogger, warn: (line: string) => void said.push(line) }

async function start(
  publicUrl?: (port: number) => string,
  rp?: object,
  passwordless?: boolean,
): Promise<[Emulator, string]> {
  const port = await freePort()
  const url = publicUrl?.(port) ?? `http://localhost:${port}`
  return [await startEmulator({ publicUrl: url, port, logger, config: config(rp, passwordless) }), url]
}

beforeAll(async () => {
  said = []
  browser = await launchBrowser()
  ;[emulator, base] = await start()
})
afterAll(async () => {
  await browser?.close()
  await emulator?.close()
})

let context: BrowserContext
let page: Page
let plugIn: Awaited<ReturnType<typeof authenticators>>
beforeEach(async () => {
  said = []
  context = await freshContext(browser)
  page = await context.newPage()
  plugIn = await authenticators(page)
})
afterEach(() => context.close())

const press = (name: string): Promise<void> => page.locator(`button[name=${name}]`).first().click()
const home = (): Promise<void> => page.waitForURL(/\/ui\/welcome/)
const says = async (text: string | RegExp): Promise<void> => {
  const alert = page.getByRole('alert').filter({ hasText: text })
  await alert.first().waitFor()
}
const whoami = async () =>
  (await (await context.request.get(`${base}/sessions/whoami`)).json()) as {
    authenticator_assurance_level: string
    authentication_methods: { method: string }[]
  }

async function signUpWithPasskey(email: string, at = base): Promise<void> {
  await page.goto(`${at}/ui/registration`)
  await page.locator('[name="traits.email"]').fill(email)
  await page.locator('button[name=method][value=profile]').click()
  await press('passkey_register_trigger')
}

async function signUpWithPassword(email: string): Promise<void> {
  await page.goto(`${base}/ui/registration`)
  await page.locator('[name="traits.email"]').fill(email)
  await page.locator('button[name=method][value=profile]').click()
  await page.locator('[name=password]').fill(PASSWORD)
  await page.locator('button[name=method][value=password]').click()
  await home()
}

async function signInWithPassword(email: string): Promise<void> {
  await context.clearCookies()
  await page.goto(`${base}/ui/login`)
  await page.locator('[name=identifier]').fill(email)
  await page.locator('[name=password]').fill(PASSWORD)
  await page.locator('button[name=method][value=password]').click()
}

/** Without a touch nothing is chosen from the list under the field, and the button can be pressed. */
async function signInByButton(key: VirtualAuthenticator): Promise<void> {
  await context.clearCookies()
  await key.touch(false)
  await page.goto(`${base}/ui/login`)
  await page.waitForFunction('window.abortPasskeyConditionalUI')
  await key.touch(true)
  await press('passkey_login_trigger')
}

async function addKey(name: string): Promise<void> {
  await page.goto(`${base}/ui/settings`)
  await page.locator('[name=webauthn_register_displayname]').fill(name)
  await press('webauthn_register_trigger')
  await page.getByText(`Remove security key "${name}"`).waitFor()
}

describe('with the keys of a real browser', { timeout: 60_000 }, () => {
  test('who signs up with a passkey signs in with it by the button', async () => {
    const key = await plugIn()
    await signUpWithPasskey('ada@example.com')
    await home()
    const [made] = await key.credentials()
    expect(made).toMatchObject({ rpId: 'localhost', isResidentCredential: true })
    await signInByButton(key)
    await home()
    expect(await whoami()).toMatchObject({
      authenticator_assurance_level: 'aal1',
      authentication_methods: [{ method: 'passkey' }],
    })
  })

  test('a passkey is offered under the field, and chosen there it signs in', async () => {
    await plugIn()
    await signUpWithPasskey('grace@example.com')
    await home()
    await context.clearCookies()
    await page.goto(`${base}/ui/login`)
    await home()
    expect((await whoami()).authentication_methods).toMatchObject([{ method: 'passkey' }])
  })

  test('a security key with a name is the second factor, and Enter in its name adds it', async () => {
    await plugIn({ transport: 'usb' })
    await signUpWithPassword('second@example.com')
    await page.goto(`${base}/ui/settings`)
    await press('webauthn_register_trigger') // the browser asks for the name first
    expect(await page.locator('[name=webauthn_register_displayname]:invalid').count()).toBe(1)
    await page.locator('[name=webauthn_register_displayname]').fill('Blue one')
    await page.keyboard.press('Enter')
    await page.getByText('Remove security key "Blue one"').waitFor()
    await signInWithPassword('second@example.com')
    await page.getByRole('heading', { name: 'One more step' }).waitFor()
    await press('webauthn_login_trigger')
    await home()
    expect(await whoami()).toMatchObject({
      authenticator_assurance_level: 'aal2',
      authentication_methods: [{ method: 'password' }, { method: 'webauthn' }],
    })
  })

  test('a security key instead of a password: sign up with it, say who it is, sign in with it', async () => {
    const [other, url] = await start(undefined, undefined, true)
    await plugIn({ transport: 'usb' })
    await page.goto(`${url}/ui/registration`)
    await page.locator('[name="traits.email"]').fill('first@example.com')
    await page.locator('button[name=method][value=profile]').click()
    await page.locator('[name=webauthn_register_displayname]').fill('Mine')
    await press('webauthn_register_trigger')
    await home()
    await context.clearCookies()
    await page.goto(`${url}/ui/login`)
    await page.locator('[name=identifier]').fill('first@example.com')
    await page.locator('button[name=method][value=webauthn]').click()
    await page.getByText('Prepare your WebAuthn device').waitFor()
    await press('webauthn_login_trigger')
    await home()
    const answer = await context.request.get(`${url}/sessions/whoami`)
    expect(await answer.json()).toMatchObject({
      authenticator_assurance_level: 'aal1',
      authentication_methods: [{ method: 'webauthn' }],
    })
    await other.close()
  })

  test('the last passkey stays, another one goes, and signs nobody in any more', async () => {
    const key = await plugIn()
    await signUpWithPasskey('last@example.com')
    await home()
    await page.goto(`${base}/ui/settings`)
    expect(await page.locator('button[name=passkey_remove]').isDisabled()).toBe(true)
    await press('passkey_register_trigger')
    await page.locator('button[name=passkey_remove]').nth(1).waitFor()
    const [first] = await key.credentials()
    const hex = Buffer.from(first?.credentialId ?? '', 'base64').toString('hex')
    await page.locator(`button[name=passkey_remove][value="${hex}"]`).click()
    await page.getByText('Your changes have been saved!').waitFor()
    expect(await page.locator('button[name=passkey_remove]').count()).toBe(1)
    await key.remove()
    const old = await plugIn()
    if (first) await old.add(first)
    await signInByButton(old)
    await says('The provided authentication code is invalid')
  })

  test('two authenticators: either is the second factor, and each is removed by itself', async () => {
    const one = await plugIn({ transport: 'usb' })
    await signUpWithPassword('two@example.com')
    await addKey('one')
    await one.touch(false)
    const two = await plugIn({ transport: 'usb' })
    await addKey('two')
    await signInWithPassword('two@example.com')
    await press('webauthn_login_trigger')
    await home()
    await two.remove()
    await one.touch(true)
    await signInWithPassword('two@example.com')
    await press('webauthn_login_trigger')
    await home()
    await page.goto(`${base}/ui/settings`)
    await page.getByRole('button', { name: 'Remove security key "two"' }).click()
    await page.getByText('Your changes have been saved!').waitFor()
    expect(await page.locator('button[name=webauthn_remove]').allTextContents()).toEqual([
      'Remove security key "one"',
    ])
  })
})

describe('what is not right', { timeout: 60_000 }, () => {
  test('an answer that was used before is refused', async () => {
    await plugIn()
    await signUpWithPasskey('replay@example.com')
    await home()
    await context.clearCookies()
    const sent = page.waitForRequest(request => request.method() === 'POST' && /login/.test(request.url()))
    await page.goto(`${base}/ui/login`)
    const answer = new URLSearchParams((await sent).postData() ?? '').get('passkey_login') ?? ''
    await home()
    expect(answer).toContain('signature')
    await context.clearCookies()
    await page.route('**/webauthn.js', route => route.abort()) // or it would sign in before us
    await page.goto(`${base}/ui/login`)
    await page.locator('[name=passkey_login]').evaluate((field, value) => {
      ;(field as HTMLInputElement).value = value
      ;(field as HTMLInputElement).form?.submit()
    }, answer)
    await says('The provided authentication code is invalid')
  })

  test('a signature that is wrong is refused', async () => {
    const key = await plugIn()
    await signUpWithPasskey('bogus@example.com')
    await home()
    await key.set('setResponseOverrideBits', { isBogusSignature: true })
    await signInByButton(key)
    await says('The provided authentication code is invalid')
  })

  test('a copied key gets in, as in Kratos, and the log says that its counter went back', async () => {
    const key = await plugIn()
    await signUpWithPasskey('clone@example.com')
    await home()
    const [made] = await key.credentials()
    await key.remove()
    const copy = await plugIn()
    if (made) await copy.add({ ...made, signCount: 0 })
    await signInByButton(copy)
    await home()
    expect(said).toEqual([expect.stringContaining('somebody may have copied it')])
  })

  test('a prompt that nobody answers well is told beside the form, which can be used again', async () => {
    const key = await plugIn()
    await signUpWithPasskey('cancel@example.com')
    await home()
    await key.set('setUserVerified', { isUserVerified: false })
    await signInByButton(key)
    await says('the prompt was cancelled, took too long')
    await key.set('setUserVerified', { isUserVerified: true })
    await press('passkey_login_trigger')
    await home()
  })

  test('a key that can verify nobody is enough, as in Kratos, which only prefers more', async () => {
    await plugIn({ hasUserVerification: false, isUserVerified: false })
    await signUpWithPasskey('touch@example.com')
    await home()
  })

  test('at an address that is not the relying party’s, the page says which address is', async () => {
    const [other, url] = await start(port => `http://127.0.0.1:${port}`)
    await plugIn()
    await signUpWithPasskey('ip@example.com', url)
    await says('does not use the keys of "localhost" at http://127.0.0.1')
    await other.close()
  })

  test('at http on a host that is not localhost, the page says that browsers keep keys off there', async () => {
    const named = await launchBrowser(['--host-resolver-rules=MAP ory.test 127.0.0.1'])
    const [other, url] = await start(port => `http://ory.test:${port}`)
    page = await (await freshContext(named)).newPage()
    await page.goto(`${url}/ui/login`)
    await press('passkey_login_trigger')
    await says('They work over https, or at http://localhost')
    await named.close()
    await other.close()
  })

  test('an origin that rp.origins does not list is refused, and one line says what to add', async () => {
    const [other, url] = await start(undefined, { id: 'localhost', origins: ['http://localhost:1'] })
    const elsewhere = `http://localhost:${await freePort()}`
    await plugIn()
    await signUpWithPasskey('origin@example.com', url) // our own origin is always listed
    await home()
    await page.goto(`${url}/ui/settings`)
    const form = await page.evaluate(() => {
      const data = new FormData(
        document.querySelector<HTMLFormElement>('form:has([name=passkey_create_data])')!,
      )
      return { ...Object.fromEntries(data as unknown as Iterable<[string, string]>) }
    })
    const flow = new URL(page.url()).searchParams.get('flow')
    const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')
    await page.route(`${elsewhere}/**`, route =>
      route.fulfill({ body: '<p>another app', contentType: 'text/html' }),
    )
    await page.goto(`${elsewhere}/`)
    const made = await page.evaluate(create, form['passkey_create_data'] ?? '')
    const answer = await fetch(
      `${url.replace('localhost', '127.0.0.1')}/self-service/settings?flow=${flow}`,
      {
        method: 'POST',
        headers: { cookie, accept: 'application/json', 'content-type': 'application/json' },
        body: JSON.stringify({ csrf_token: form['csrf_token'], passkey_settings_register: made }),
      },
    )
    expect(await answer.json()).toMatchObject({
      error: { reason: 'Unable to create WebAuthn credential: Error validating origin' },
    })
    expect(said.filter(line => line.includes('rp.origins'))).toHaveLength(1)
    await other.close()
  })

  test('without JavaScript the page says why the buttons do nothing, and a password signs in', async () => {
    const plain = await freshContext(browser, { javaScriptEnabled: false })
    page = await plain.newPage()
    await page.goto(`${base}/ui/login`)
    await page.getByText('JavaScript is off, or something kept the script from loading').waitFor()
    await page.locator('[name=identifier]').fill('alice@example.com')
    await page.locator('[name=password]').fill('ory-dev-password')
    await page.keyboard.press('Enter')
    await home()
    await plain.close()
  })
})

/** What a page of another origin does with our options; runs in the browser. */
async function create(data: string): Promise<string> {
  const bytes = (text: string) =>
    Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), c => c.charCodeAt(0))
  const text = (buffer: ArrayBuffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replaceAll('=', '')
  const { publicKey } = JSON.parse(data)
  publicKey.challenge = bytes(publicKey.challenge)
  publicKey.user.id = bytes(publicKey.user.id)
  const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential
  const response = made.response as AuthenticatorAttestationResponse
  return JSON.stringify({
    id: made.id,
    rawId: text(made.rawId),
    type: made.type,
    response: {
      attestationObject: text(response.attestationObject),
      clientDataJSON: text(response.clientDataJSON),
    },
  })
}
