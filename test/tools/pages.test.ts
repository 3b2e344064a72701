import AxeBuilderModule from 'axe-core'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startEchoApp } from '../_app.js'
import { FACES } from '../_faces.js'
import { freshContext, launchBrowser } from '../e2e/_browser.js'

const PATHS = [
  '',
  '/requests',
  '/token',
  '/users',
  '/inbox',
  '/flows',
  '/clock',
  '/faults',
  '/namespaces',
  '/state',
]

let browser: Browser
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser?.close())

test('the pages have no finding of axe, in a window and in a dock, light and dark', async () => {
  const app = await startEchoApp()
  const face = await FACES['connect']!(app.url, {})
  for (const [colorScheme, width] of [
    ['light', 1200],
    ['dark', 360],
  ] as const) {
    const context = await freshContext(browser)
    const page = await context.newPage()
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height: 800 })
    await page.goto(`${face.url}/api/x?a=1`)
    for (const path of PATHS) {
      await page.goto(`${face.url}/.ory/dev${path}`)
      const client = await context.newCDPSession(page)
      await client.send('Page.setBypassCSP', { enabled: true })
      await page.evaluate(AxeBuilderModule.source)
      const found = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string }[] }> } }
        return (await axe.run()).violations.map(({ id }) => id)
      })
      expect([path, colorScheme, found]).toEqual([path, colorScheme, []])
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect([path, width, overflow]).toEqual([path, width, 0])
    }
    await context.close()
  }
  await face.close()
  await app.close()
})

/** What a person can press or write into, that is to be seen. */
const CONTROLS =
  'a[href], button:not(:disabled), input:not([type=hidden]), select, textarea, summary, pre[tabindex]'

test('the keyboard reaches everything there is to press, in the order of the page, and shows where it is', async () => {
  const app = await startEchoApp()
  const face = await FACES['connect']!(app.url, {})
  const page = await (await freshContext(browser)).newPage()
  await page.setViewportSize({ width: 360, height: 800 })
  await page.goto(`${face.url}/.ory/ui/login`)
  await page.goto(`${face.url}/api/x`)
  for (const path of PATHS) {
    await page.goto(`${face.url}/.ory/dev${path}`)
    const there = await page.evaluate(selector => {
      const all = [...document.querySelectorAll<HTMLElement>(selector)]
      const seen = all.filter(element => element.checkVisibility())
      for (const [i, element] of seen.entries()) element.dataset['order'] = String(i)
      return seen.length
    }, CONTROLS)
    const reached: unknown[] = []
    for (let i = 0; i < there; i++) {
      await page.keyboard.press('Tab')
      reached.push(
        await page.evaluate(() => {
          const element = document.activeElement as HTMLElement
          const { outlineStyle, outlineWidth } = getComputedStyle(element)
          return outlineStyle === 'none' || outlineWidth === '0px'
            ? 'not to be seen'
            : Number(element.dataset['order'])
        }),
      )
    }
    expect([path, reached]).toEqual([path, Array.from({ length: there }, (_, i) => i)])
  }
  await page.context().close()
  await face.close()
  await app.close()
})

test('a flow is copied as curl, and the command gets that flow', async () => {
  const app = await startEchoApp()
  const face = await FACES['connect']!(app.url, {})
  const context = await freshContext(browser)
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const page = await context.newPage()
  await page.goto(`${face.url}/.ory/ui/login`)
  const id = new URL(page.url()).searchParams.get('flow')!
  await page.goto(`${face.url}/.ory/dev/flows`)
  await page.getByRole('button', { name: `Copy login ${id.slice(0, 8)} as curl` }).click()
  await page.getByText('Copied').waitFor()
  const command = await page.evaluate(() => navigator.clipboard.readText())
  const [, url] = /^curl -H "Accept: application\/json" -b ".*" "(\S+)"$/.exec(command)!
  const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')
  const answer = await fetch(url!, { headers: { accept: 'application/json', cookie } })
  expect(await answer.json()).toMatchObject({ id })
  await context.close()
  await face.close()
  await app.close()
})
