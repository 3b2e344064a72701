import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FACES } from '../_faces.js'
import { authenticators } from './_authenticator.js'
import { launchBrowser } from './_browser.js'
import { SECURE_FACES } from './_secure-faces.js'

const KRATOS = `
selfservice:
  methods: { passkey: { enabled: true } }
  flows: { registration: { after: { passkey: { hooks: [{ hook: session }] } } } }
`
let browser: Browser
let folder: string
let config: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ory-proxy-passkeys-'))
  const kratos = join(folder, 'kratos.yml')
  writeFileSync(kratos, KRATOS)
  config = join(folder, 'ory-proxy.json')
  writeFileSync(config, JSON.stringify({ emulator: { config: kratos } }))
  // Keys are off where a certificate is wrong, so the browser takes ours for a right one.
  browser = await launchBrowser(['--ignore-certificate-errors'])
})
afterAll(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

describe.each(['connect', 'vite', 'webpack', 'cli'])('through %s', { timeout: 60_000 }, name => {
  test.each(['http', 'https'])('a passkey made over %s signs in there', async scheme => {
    const face = await (scheme === 'http'
      ? FACES[name]!('http://localhost:1', { config })
      : SECURE_FACES[name]!(config))
    const context = await browser.newContext()
    const page = await context.newPage()
    const key = await (await authenticators(page))()
    const done = () => page.waitForURL(url => !/\/ui\/(login|registration)/.test(url.pathname))
    try {
      expect(new URL(face.url).protocol).toBe(`${scheme}:`)
      await page.goto(`${face.url}/.ory/ui/registration`)
      await page.locator('[name="traits.email"]').fill('ada@example.com')
      await page.locator('button[name=method][value=profile]').click()
      await page.locator('button[name=passkey_register_trigger]').click()
      await done()
      expect(await key.credentials()).toMatchObject([{ rpId: 'localhost' }])
      await context.clearCookies()
      await page.goto(`${face.url}/.ory/ui/login`) // and it is offered under the field
      await done()
      const whoami = await context.request.get(`${face.url}/.ory/sessions/whoami`, {
        ignoreHTTPSErrors: true,
      })
      expect(await whoami.json()).toMatchObject({
        identity: { traits: { email: 'ada@example.com' } },
        authentication_methods: [{ method: 'passkey' }],
      })
    } finally {
      await context.close()
      await face.close()
    }
  })
})
