import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startEmulator } from '../../src/emulator/index.js'
import { freePort } from '../_faces.js'
import { answers, end, inFront, type Place, prepare, type Started, start } from '../_frameworks.js'
import { freshContext, launchBrowser } from '../e2e/_browser.js'

const NEXT = { name: 'nextjs', node: [20, 9] } as const

/** Next takes its time: `npm run test:ecosystem` runs these. */
describe('@ory/nextjs', { timeout: 240_000 }, () => {
  let browser: Browser
  let place: Place
  const running: Started[] = []
  const clean: (() => Promise<void>)[] = []
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())
  afterEach(async () => {
    await Promise.all(running.splice(0).map(end))
    for (const one of clean.splice(0)) await one()
    await rm(place.app, { recursive: true, force: true, maxRetries: 5 })
  })

  /** The app on a port of its own; server and pages are told the same address of Ory. */
  async function next(sdkUrl: string): Promise<string> {
    const port = await freePort()
    const command = ['next/dist/bin/next', 'dev', '--port', `${port}`, '--hostname', 'localhost'] as const
    running.push(start(place, command, { NEXT_PUBLIC_ORY_SDK_URL: sdkUrl, NODE_ENV: 'development' }))
    return `http://localhost:${port}`
  }

  async function behindCommand(withMiddleware: boolean): Promise<string> {
    place = await prepare(NEXT, '')
    if (!withMiddleware) await rm(join(place.app, 'proxy.js'))
    const front = await freePort()
    const app = await next(`http://localhost:${front}/.ory`)
    const flags = ['--no-https', '--no-open', '--port', `${front}`]
    running.push(start(inFront(place), ['dist/cli.js', 'local', app, ...flags]))
    return `http://localhost:${front}`
  }

  async function signIn(at: string, home: string): Promise<string | null> {
    const page = await (await freshContext(browser)).newPage()
    await page.goto(at)
    await page.fill('input[name=identifier]', 'alice@example.com')
    await page.fill('input[name=password]', 'ory-dev-password')
    await page.click('button[name=method][value=password]')
    await page.waitForURL(home)
    return page.textContent('#who')
  }

  test('with its middleware, and Ory’s own address: sign-in on the app’s page and origin', async () => {
    place = await prepare(NEXT, '')
    const emulator = await startEmulator()
    clean.push(emulator.close)
    const app = await next(emulator.url)
    await answers(`${app}/`, running)
    expect(await signIn(`${app}/login`, `${app}/`)).toBe('alice@example.com')
  })

  test('behind the command without it: server components know who is signed in', async () => {
    const url = await behindCommand(false)
    await answers(`${url}/`, running)
    const home = `${url}/`
    const login = `${url}/.ory/ui/login?return_to=${encodeURIComponent(home)}`
    expect(await signIn(login, home)).toBe('alice@example.com')
  })

  test('behind the command with it: what would go round for ever is a 508 that says what to do', async () => {
    const url = await behindCommand(true)
    await answers(`${url}/`, running)
    // `/self-service` is nobody's at ory-proxy: the app's middleware takes it, and sends it to where it came from.
    const answer = await fetch(`${url}/self-service/login/browser`, {
      headers: { accept: 'application/json' },
    })
    expect(answer.status).toBe(508)
    expect(await answer.text()).toContain("take the app's own middleware for Ory out")
  })
})
