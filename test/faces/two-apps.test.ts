import { expect, test } from 'vitest'
import { ory } from '../../src/vite-plugin.js'
import { load, project, SITE } from '../_ecosystem.js'
import { quiet, undo } from '../_undo.js'
import { freshContext, launchBrowser } from '../e2e/_browser.js'

type Vite = typeof import('vite')

/** A Vite app of its own, with an emulator of its own. */
async function app(name: string): Promise<string> {
  const { createServer } = await load<Vite>('root', 'vite')
  const { root, remove } = await project({ ...SITE, 'package.json': JSON.stringify({ name }) })
  undo.push(remove)
  const vite = await createServer({
    root,
    configFile: false,
    logLevel: 'silent',
    server: { port: 0, host: 'localhost' },
    plugins: [ory(quiet)],
  })
  undo.push(() => vite.close())
  await vite.listen()
  return vite.resolvedUrls!.local[0]!
}

test.for([
  ['two projects', 'shop', 'blog'],
  ['two clones of one project', 'shop', 'shop'],
])('%s on two ports of localhost keep their people signed in', async ([, first, second]) => {
  const [one, other] = [await app(first!), await app(second!)]
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
  await signIn(one, 'alice@example.com')
  await signIn(other, 'bob@example.com')
  expect(await whoIs(other)).toBe('bob@example.com')
  await page.goto(one)
  expect(await whoIs(one)).toBe('alice@example.com')
  const names = (await page.context().cookies()).map(cookie => cookie.name)
  expect(names.filter(name => name.startsWith(`ory_session_${first}_`))).not.toEqual([])
  expect(new Set(names).size).toBe(4) // a session and an anti-CSRF cookie each
})
