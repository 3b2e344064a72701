import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { startEmulator } from '../../src/emulator/index.js'
import type { OryOptions } from '../../src/index.js'
import { ory } from '../../src/vite-plugin.js'
import { load, project, SITE } from '../_ecosystem.js'
import { freePort } from '../_faces.js'
import { quiet, undo } from '../_undo.js'
import { freshContext, launchBrowser } from '../e2e/_browser.js'

type Vite = typeof import('vite')

/** A Vite app of its own, with an emulator of its own unless another Ory is named. */
async function app(name: string, options: OryOptions = {}): Promise<string> {
  const { createServer } = await load<Vite>('root', 'vite')
  const { root, remove } = await project({ ...SITE, 'package.json': JSON.stringify({ name }) })
  undo.push(remove)
  const vite = await createServer({
    root,
    configFile: false,
    logLevel: 'silent',
    server: { port: await freePort(), host: 'localhost' },
    plugins: [ory({ ...quiet, ...options })],
  })
  undo.push(() => vite.close())
  await vite.listen()
  return vite.resolvedUrls!.local[0]!
}

interface Visitor {
  readonly page: Page
  signIn(url: string, who: string): Promise<void>
  /** Who the page of an app is told to be. */
  whoIs(url: string): Promise<unknown>
}

async function visitor(): Promise<Visitor> {
  const browser = await launchBrowser()
  undo.push(() => browser.close())
  const page = await (await freshContext(browser)).newPage()
  const signIn = async (url: string, who: string): Promise<void> => {
    await page.goto(`${url}.ory/init/login`)
    await page.fill('input[name=identifier]', who)
    await page.fill('input[name=password]', 'ory-dev-password')
    await page.click('button[name=method][value=password]')
    await page.waitForURL(url)
  }
  const whoIs = (url: string): Promise<unknown> =>
    page.evaluate(
      async at => (await (await fetch(`${at}.ory/sessions/whoami`)).json())?.identity?.traits.email,
      url,
    )
  return { page, signIn, whoIs }
}

test.for([
  ['two projects', 'shop', 'blog'],
  ['two clones of one project', 'shop', 'shop'],
])('%s on two ports of localhost keep their people signed in', async ([, first, second]) => {
  const [one, other] = [await app(first!), await app(second!)]
  const { page, signIn, whoIs } = await visitor()
  await signIn(one, 'alice@example.com')
  await signIn(other, 'bob@example.com')
  expect(await whoIs(other)).toBe('bob@example.com')
  await page.goto(one)
  expect(await whoIs(one)).toBe('alice@example.com')
  const names = (await page.context().cookies()).map(cookie => cookie.name)
  expect(names.filter(name => name.startsWith(`ory_session_${first}_`))).not.toEqual([])
  expect(new Set(names).size).toBe(4) // a session and an anti-CSRF cookie each
})

test('two apps on one shared emulator: signed in here is signed in there, and signed out', async () => {
  const emulator = await startEmulator(quiet)
  undo.push(() => emulator.close())
  const [one, other] = [
    await app('shop', { sdkUrl: emulator.url }),
    await app('blog', { sdkUrl: emulator.url }),
  ]
  const { page, signIn, whoIs } = await visitor()
  await signIn(one, 'alice@example.com')
  await page.goto(other)
  expect(await whoIs(other)).toBe('alice@example.com')
  const logout = await page.evaluate(async () => (await fetch('/.ory/self-service/logout/browser')).json())
  await page.goto(logout.logout_url)
  await page.goto(one)
  expect(await whoIs(one)).toBeUndefined()
})
