import type { RequestListener } from 'node:http'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import { type EchoApp, echo, startEchoApp } from '../_app.js'
import { FACES, type Face } from '../_faces.js'
import type { FakeOry } from '../_fake-ory.js'
import { test } from '../_fixtures.js'
import { launchBrowser } from '../e2e/_browser.js'
import { asReceived, subOf } from './_attack.js'
import { startWeak } from './_weak.js'

let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser()
}, 120_000)
afterAll(() => browser?.close())

/** `/page?action=URL` is a page with a form that its reader need not even press; the rest echoes. */
const withPage: RequestListener = (req, res) => {
  const { pathname, searchParams } = new URL(req.url!, 'http://localhost')
  if (pathname !== '/page') return echo(req, res)
  res.setHeader('content-type', 'text/html')
  res.setHeader('referrer-policy', searchParams.get('policy') ?? '')
  res.end(
    `<form method="post" action="${searchParams.get('action')}"></form><script>document.forms[0].submit()</script>`,
  )
}

/** What an app behind `face` receives when somebody who is signed in there opens a page with such a form. */
async function submitted(ory: FakeOry, face: Face, pageOrigin: string, policy = ''): Promise<string> {
  const context = await browser.newContext()
  const [name = '', value = ''] = ory.signIn('ada@example.com', { identity: { id: 'ada' } }).split('=')
  await context.addCookies([{ name, value, url: face.url, httpOnly: true, sameSite: 'Lax' }])
  const page = await context.newPage()
  const query = new URLSearchParams({ action: `${face.url}/echo`, policy })
  await page.goto(`${pageOrigin}/page?${query}`)
  await page.waitForURL(`${face.url}/echo`)
  const body = await page.innerText('body')
  await context.close()
  return body
}

const who = (body: string): string | null => subOf(asReceived({ status: 200, head: '', body }))

test('a form on another port of this machine posts with the cookie of a person, but not as that person', async ({
  ory,
}) => {
  const [app, elsewhere] = await Promise.all([startEchoApp(withPage), startEchoApp(withPage)])
  const face = await FACES['connect']!(app.url, { sdkUrl: ory.url })
  const weak = await startWeak(app.url, ory.url)
  const foreign = nameOf(elsewhere)
  const received = await submitted(ory, face, foreign)
  expect(received, 'the browser sends it along').toContain('ory_kratos_session')
  expect(who(received)).toBeNull()
  expect(who(await submitted(ory, weak, foreign)), 'the weak one believes it').toBe('ada')
  for (const policy of ['', 'no-referrer', 'same-origin']) {
    expect(who(await submitted(ory, face, face.url, policy)), 'a form of our own page').toBe('ada')
  }
  await Promise.all([face.close(), weak.close(), app.close(), elsewhere.close()])
})

/** The same host as ours to a cookie, though not the same origin. */
const nameOf = ({ url }: EchoApp): string => url.replace('127.0.0.1', 'localhost')
