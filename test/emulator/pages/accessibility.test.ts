import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults, RunOptions } from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Emulator, startEmulator } from '../../../src/emulator/index.js'
import { launchBrowser } from '../../e2e/_browser.js'

const EVERYTHING: RunOptions = { rules: { 'target-size': { enabled: true } } }
/** What can differ between light and dark. */
const COLOURS: RunOptions = { runOnly: ['color-contrast'] }

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

let browser: Browser
let ory: Emulator
const mails: string[] = []
beforeAll(async () => {
  const note = (line: string): void => void mails.push(line)
  const logger = { info: note, warn: note, error: note, debug: () => {} }
  ;[browser, ory] = await Promise.all([launchBrowser(), startEmulator({ logger })])
})
afterAll(() => Promise.all([browser?.close(), ory?.close()]))

/** A window of its own, without colours that are still changing; the pages' policy would not let the checker in. */
async function openWindow(): Promise<Page> {
  const page = await browser.newPage({ bypassCSP: true, baseURL: ory.url, reducedMotion: 'reduce' })
  page.setDefaultTimeout(30_000)
  return page
}

/** What axe-core has to say against a page, what it cannot decide included. */
async function mistakes(page: Page, options: RunOptions = EVERYTHING): Promise<string[]> {
  // Text on a gradient is beyond it: what can be read on the strongest colour of that can be read anywhere.
  await page.evaluate(() => {
    document.body.style.background = 'var(--glow)'
  })
  await page.evaluate(AXE)
  const { violations, incomplete } = await page.evaluate(
    given =>
      (globalThis as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } }).axe.run(given),
    options,
  )
  return [...violations, ...incomplete].flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
}

const fill = async (page: Page, fields: Record<string, string>, button: string): Promise<void> => {
  for (const [name, value] of Object.entries(fields))
    await page.locator(`:is(input, textarea)[name="${name}"]`).fill(value)
  await page.getByRole('button', { name: button, exact: true }).click()
}
const beAlice = async (page: Page): Promise<void> => {
  await page.goto('/dev/sign-in')
  await page.getByRole('button', { name: 'Sign in as alice@example.com' }).click()
}
const lastCode = (): string => /code (\d{6})/.exec(mails.at(-1) ?? '')?.[1] ?? ''
let count = 0

/** Every page in every state it has, as somebody comes there. */
const STATES: readonly [name: string, path: string, steps?: (page: Page) => Promise<void>][] = [
  ['sign-in', '/ui/login'],
  [
    'sign-in, refused',
    '/ui/login',
    page => fill(page, { identifier: 'a', password: 'b' }, 'Sign in with password'),
  ],
  ['registration', '/ui/registration'],
  ['registration, refused', '/ui/registration', page => fill(page, { 'traits.email': 'nobody' }, 'Sign up')],
  [
    'registration, weak password',
    '/ui/registration',
    async page => {
      await fill(page, { 'traits.email': `new${count++}@example.com` }, 'Sign up')
      await fill(page, { password: 'short' }, 'Sign up')
    },
  ],
  ['recovery', '/ui/recovery'],
  [
    'recovery, wrong code',
    '/ui/recovery',
    async page => {
      await fill(page, { email: 'alice@example.com' }, 'Continue')
      await fill(page, { code: '1' }, 'Continue')
    },
  ],
  ['verification', '/ui/verification'],
  [
    'verification, code asked for',
    '/ui/verification',
    page => fill(page, { email: 'alice@example.com' }, 'Continue'),
  ],
  [
    'verification, done',
    '/ui/verification',
    async page => {
      await fill(page, { email: 'alice@example.com' }, 'Continue')
      await fill(page, { code: lastCode() }, 'Continue')
    },
  ],
  ['welcome, nobody', '/ui/welcome'],
  [
    'welcome, somebody',
    '/ui/welcome',
    async page => {
      await beAlice(page)
      await page.goto('/ui/welcome')
    },
  ],
  [
    'settings, backup codes',
    '/ui/settings',
    async page => {
      await beAlice(page)
      await page.goto('/ui/settings')
      await page.locator('[name=lookup_secret_regenerate]').click()
    },
  ],
  [
    'settings, refused',
    '/ui/settings',
    async page => {
      await beAlice(page)
      await page.goto('/ui/settings')
      await page.locator('[name=password]').fill('short')
      await page.locator('button[value=password]').click()
    },
  ],
  ['error', '/ui/error?id=unknown'],
  ['provider', '/ui/login', page => page.locator('[name=provider]').click()],
  [
    'provider, wrong claims',
    '/ui/login',
    async page => {
      await page.locator('[name=provider]').click()
      await fill(page, { email: 'ada@example.com', claims: '{' }, 'Continue')
    },
  ],
  ['tools', '/dev'],
  [
    'tools, wrong file',
    '/dev',
    async page => {
      const file = { name: 'state.json', mimeType: 'application/json', buffer: Buffer.from('{}') }
      await page.locator('[name=file]').setInputFiles(file)
      await page.getByRole('button', { name: 'Import' }).click()
    },
  ],
  ['people', '/dev/users'],
  ['people, nobody of that name', '/dev/sign-in', page => fill(page, { identity: 'x' }, 'Sign in')],
  ['inbox', '/dev/inbox?to=nobody@example.com'],
  [
    'inbox with mail',
    '/ui/recovery',
    async page => {
      await fill(page, { email: 'alice@example.com' }, 'Continue')
      await page.goto('/dev/inbox')
      await page.getByText('Text').first().click()
    },
  ],
  ['clock', '/dev/clock'],
  ['clock, refused', '/dev/clock', page => fill(page, { advance: 'soon' }, 'Advance')],
  ['faults', '/dev/faults', page => fill(page, { path: '/schemas', status: '503' }, 'Add')],
  ['faults, refused', '/dev/faults', page => fill(page, { path: '/elsewhere' }, 'Add')],
]

test.for(STATES)('%s: nothing is wrong in light, dark and on a narrow screen', async ([, path, steps]) => {
  const page = await openWindow()
  await page.goto(path)
  await steps?.(page)
  await page.emulateMedia({ colorScheme: 'light' })
  expect(await mistakes(page), 'light').toEqual([])
  await page.emulateMedia({ colorScheme: 'dark' })
  expect(await mistakes(page, COLOURS), 'dark').toEqual([])
  await page.setViewportSize({ width: 320, height: 640 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
  await page.close()
})

test('the checker finds a field without a label and text that is too pale', async () => {
  const page = await openWindow()
  await page.goto('/ui/login')
  await page.evaluate(() => {
    document.querySelector('label')?.remove()
    document.querySelector('h1')?.setAttribute('style', 'color:#ccc')
  })
  const found = (await mistakes(page)).map(mistake => mistake.split(':')[0])
  expect(found).toEqual(expect.arrayContaining(['color-contrast', 'label']))
  await page.close()
})
