import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureBrowser } from '../../../scripts/ensure-browser.mjs'
import {
  contentSecurityPolicy,
  escapeHtml,
  type FlowPage,
  layout,
  type PageFlow,
  pageHeaders,
  renderErrorPage,
  renderFlowPage,
  renderWelcomePage,
} from '../../../src/emulator/pages/index.js'
import type { UiNode } from '../../../src/emulator/store/model.js'

const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

/** A flow that a real Kratos answered with. */
function recorded(scenario: string, step: string): PageFlow {
  const file = new URL(`../../conformance/golden/${scenario}.json`, import.meta.url)
  const steps = JSON.parse(
    readFileSync(file, 'utf8').replaceAll('<public>', '').replaceAll('<png>', PIXEL),
  ) as {
    step: string
    response: { body: PageFlow }
  }[]
  return steps.find(({ step: name }) => name === step)!.response.body
}

const login = recorded('social/social-login-html', 'fetch')
const registration = recorded('social/social-registration-spa', 'create registration flow')
const settings = recorded('default/settings-spa', 'weak password')
const wrongCode = recorded('passwordless/code-registration-spa', 'wrong code')
const people = [{ address: 'alice@example.com', password: 'ory-dev-password' }]

const field = (name: string, attributes: object = {}, messages: UiNode['messages'] = []): UiNode => ({
  type: 'input',
  group: 'default',
  attributes: { node_type: 'input', name, type: 'text', disabled: false, ...attributes },
  messages,
  meta: { label: { id: 1070002, type: 'info', text: `Label of ${name}` } },
})
const flowOf = (...nodes: UiNode[]): PageFlow => ({
  ui: { action: '/self-service/login', method: 'POST', nodes },
})
const pageOf = (kind: FlowPage['kind'], flow: PageFlow): string => renderFlowPage({ kind, flow, root: '..' })

describe('what is written', () => {
  test.for([
    ['a value', flowOf(field('identifier', { value: '"><script>alert(1)</script>' }))],
    ['a name', flowOf(field('"><script>alert(1)</script>'))],
    ['a message', flowOf(field('x', {}, [{ id: 1, type: 'error', text: '<script>alert(1)</script>' }]))],
  ] as const)('markup in %s stays text', ([, flow]) => {
    expect(pageOf('login', flow)).not.toContain('<script')
  })

  test('people and traits with markup stay text', () => {
    const evil = '<script>alert(1)</script>'
    const identity = { id: 'i', schema_id: evil, traits: { email: evil } }
    const session = {
      identity,
      authenticator_assurance_level: 'aal1' as const,
      methods: [evil],
      expires_at: evil,
    }
    const pages = [
      renderFlowPage({ kind: 'login', flow: login, root: '..', people: [{ address: evil, password: evil }] }),
      renderWelcomePage({ root: '..', session }),
      renderErrorPage({
        root: '..',
        error: { status: evil, reason: evil, details: { hint: evil } },
        id: evil,
      }),
      layout({ title: evil, root: '..', body: evil }),
    ]
    for (const page of pages) expect(page).not.toContain('<script')
  })

  test.for(['javascript:alert(1)', 'data:text/html,x', ' JavaScript:alert(1)', 'java\nscript:alert(1)'])(
    'a link to %j leads nowhere',
    href => {
      const node: UiNode = {
        type: 'a',
        group: 'code',
        attributes: { node_type: 'a', id: 'continue', href, title: { id: 1, type: 'info', text: 'Go' } },
        messages: [],
        meta: {},
      }
      expect(pageOf('verification', flowOf(node))).toContain('href="#"')
    },
  )

  test('an image from elsewhere is not loaded', () => {
    const attributes = {
      node_type: 'img' as const,
      id: 'q',
      src: 'https://example.org/q.png',
      width: 1,
      height: 1,
    }
    const page = pageOf(
      'settings',
      flowOf({ type: 'img', group: 'totp', attributes, messages: [], meta: {} }),
    )
    expect(page).not.toContain('example.org')
  })

  test('links are relative to the mount, so they hold under any prefix', () => {
    const page = renderFlowPage({
      kind: 'login',
      flow: { ...login, return_to: 'http://a.test/?x=1&y' },
      root: '.',
    })
    expect(page).toContain('href="./ui/registration?return_to=http%3A%2F%2Fa.test%2F%3Fx%3D1%26y"')
    expect(page.match(/(?:href|src|action)="(?!\.|#|data:)[^"]*"/g)).toEqual([
      `action="${escapeHtml(login.ui.action)}"`,
    ])
  })

  test('what is switched off is not linked to', () => {
    const page = renderFlowPage({
      kind: 'login',
      flow: login,
      root: '..',
      disabled: ['registration', 'recovery'],
    })
    expect(page).not.toContain('/ui/registration')
    expect(page).not.toContain('/ui/recovery')
  })

  test('a password that Kratos lists without a type is never shown', () => {
    const page = pageOf('registration', recorded('default/registration-browser-html', 'fetch flow again'))
    expect(page).toMatch(/<input[^>]* type="password" name="password"/)
  })

  test('every group on settings has a form with its own csrf token', () => {
    const page = pageOf('settings', settings)
    const forms = page.match(/<form[\s\S]*?<\/form>/g)!
    expect(forms).toHaveLength(4)
    for (const form of forms) expect(form.match(/name="csrf_token"/g)).toHaveLength(1)
  })

  test('a yes or no becomes a checkbox that says no when unchecked', () => {
    const flow = flowOf(field('traits.news', { type: 'checkbox', value: true }))
    const page = pageOf('registration', flow)
    expect(page).toMatch(
      /type="hidden" name="traits.news" value="false">\s*<input[^>]*type="checkbox"[^>]*checked/,
    )
  })
})

describe('the policy', () => {
  test('allows no script, and forms only to us and where Ory may redirect to', () => {
    const policy = contentSecurityPolicy([
      'http://localhost:3000/app',
      'https://*.app.test/',
      'not a url; script-src *',
    ])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("form-action 'self' http://localhost:3000 https://*.app.test;")
    expect(policy).not.toContain('script-src')
  })
})

describe('in a browser without JavaScript', () => {
  let browser: Browser
  let page: Page
  let origin: string
  const shown = new Map<string, string>()
  const received: URLSearchParams[] = []
  const app = createServer((_req, res) => res.end('the app'))
  const server = createServer((req, res) => {
    if (req.method === 'POST') {
      let body = ''
      req.on('data', chunk => {
        body += chunk
      })
      req.on('end', () => {
        received.push(new URLSearchParams(body))
        res.writeHead(303, { location: `http://127.0.0.1:${(app.address() as AddressInfo).port}/` }).end()
      })
      return
    }
    res.writeHead(200, pageHeaders([`http://127.0.0.1:${(app.address() as AddressInfo).port}/deep`]))
    res.end(shown.get(req.url!) ?? '')
  })
  const complaints: string[] = []

  beforeAll(async () => {
    await new Promise<void>(done => void app.listen(0, '127.0.0.1', done))
    await new Promise<void>(done => void server.listen(0, '127.0.0.1', done))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking']
    browser = await chromium.launch({ executablePath: await ensureBrowser(), args })
    page = await (await browser.newContext({ javaScriptEnabled: false })).newPage()
    page.on('console', message => void (message.type() === 'error' && complaints.push(message.text())))
  })
  afterAll(async () => {
    await browser?.close()
    server.close()
    app.close()
  })
  const open = async (html: string): Promise<void> => {
    shown.set('/ui/page', html)
    await page.goto(`${origin}/ui/page`)
  }

  test('Enter signs in with the password, never with the provider listed first, and reaches the app', async () => {
    await open(renderFlowPage({ kind: 'login', flow: login, root: '..', people }))
    await page.getByLabel('E-Mail').fill('alice@example.com')
    await page.getByLabel('Password').fill('ory-dev-password')
    await page.keyboard.press('Enter')
    await page.waitForURL(/^http:\/\/127\.0\.0\.1:\d+\/$/)
    expect(await page.textContent('body')).toBe('the app')
    expect(Object.fromEntries(received.at(-1)!)).toEqual({
      csrf_token: '<csrf>',
      identifier: 'alice@example.com',
      password: 'ory-dev-password',
      method: 'password',
    })
  })

  test('a provider can be chosen while required fields are empty', async () => {
    await open(pageOf('registration', registration))
    await page.getByRole('button', { name: 'Sign up with Mock' }).click()
    await page.waitForURL(/^http:\/\/127\.0\.0\.1:\d+\/$/)
    expect(received.at(-1)!.get('provider')).toBe('mock')
    expect(received.at(-1)!.get('method')).toBeNull()
  })

  test('a wrong code is announced, the focus is on the field, and Enter sends the code rather than a new mail', async () => {
    await open(pageOf('registration', wrongCode))
    expect(await page.getByRole('alert').textContent()).toContain('The registration code is invalid')
    expect(await page.locator('input:focus').getAttribute('name')).toBe('code')
    await page.keyboard.type('123456')
    await page.keyboard.press('Enter')
    await page.waitForURL(/^http:\/\/127\.0\.0\.1:\d+\/$/)
    expect(received.at(-1)!.get('resend')).toBeNull()
    expect(received.at(-1)!.get('code')).toBe('123456')
  })

  test('every field has a name for readers, and an error is tied to its field', async () => {
    await open(pageOf('settings', settings))
    for (const input of await page.locator('input:not([type=hidden])').all())
      expect(await input.evaluate((el: HTMLInputElement) => el.labels?.[0]?.textContent)).toBeTruthy()
    const password = page.locator('input[name=password]')
    const about = await password.getAttribute('aria-describedby')
    expect(await page.locator(`[id="${about}"]`).textContent()).toContain('at least 8 characters')
    expect(await password.getAttribute('aria-invalid')).toBe('true')
  })

  test.for([
    ['login', renderFlowPage({ kind: 'login', flow: login, root: '..', people })],
    ['settings', pageOf('settings', settings)],
    [
      'error',
      renderErrorPage({ root: '..', error: { code: 403, status: 'Forbidden', reason: 'x'.repeat(400) } }),
    ],
    ['welcome', renderWelcomePage({ root: '..' })],
  ] as const)('%s fits a narrow screen and keeps to the policy', async ([, html]) => {
    await page.setViewportSize({ width: 320, height: 640 })
    await open(html)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
    expect(await page.evaluate(() => getComputedStyle(document.querySelector('button')!).borderRadius)).toBe(
      '10px',
    )
    expect(complaints).toEqual([])
  })
})
