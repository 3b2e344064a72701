import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import puppeteer, { type Browser as PuppeteerBrowser } from 'puppeteer-core'
import { Browser, Builder, By, Capabilities, until } from 'selenium-webdriver'
import { ensureBrowser, ensureCertutil } from '../../scripts/ensure-browser.mjs'
import { ensureDesktopBrowsers } from '../../scripts/ensure-desktop-browsers.mjs'
import { ended, freePort } from '../_faces.js'

/** What a visitor does, whatever the engine. */
export interface Visitor {
  open(url: string): Promise<void>
  fill(selector: string, text: string): Promise<void>
  /** Clicks, and waits for the page that comes. */
  submit(selector: string): Promise<void>
  address(): Promise<string>
  text(): Promise<string>
  close(): Promise<void>
}

/** Files of what serves https. */
export interface Certificates {
  readonly authority: string
  readonly leaf: string
}

/** An engine with a fresh profile that trusts one authority and nothing else of ours. */
export type Engine = (certificates?: Certificates) => Promise<Visitor>

/** What a server shows, in a file. */
export async function leafOf(url: string, folder: string): Promise<string> {
  const socket = connect({
    port: Number(new URL(url).port),
    servername: 'localhost',
    rejectUnauthorized: false,
  })
  await once(socket, 'secureConnect')
  const file = join(folder, 'leaf.crt')
  await writeFile(file, socket.getPeerX509Certificate()!.toString())
  socket.destroy()
  return file
}

const WAIT_MS = 45_000

async function withPuppeteer(browser: PuppeteerBrowser): Promise<Visitor> {
  const page = await browser.newPage()
  page.setDefaultTimeout(WAIT_MS)
  return {
    open: async url => void (await page.goto(url)),
    fill: (selector, text) => page.locator(selector).fill(text),
    async submit(selector) {
      await Promise.all([page.waitForNavigation(), page.locator(selector).click()])
    },
    address: async () => page.url(),
    text: () => page.$eval('body', body => body.textContent ?? ''),
    close: () => browser.close(),
  }
}

const newHome = (): string => mkdtempSync(join(tmpdir(), 'ory-proxy-engine-'))

/** Trusts the authority in a store of NSS, as `ory-proxy cert install` does it. */
async function trustInNss(folder: string, authority: string): Promise<void> {
  const certutil = await ensureCertutil()
  mkdirSync(folder, { recursive: true })
  execFileSync(certutil, ['-N', '-d', `sql:${folder}`, '--empty-password'])
  execFileSync(certutil, ['-A', '-d', `sql:${folder}`, '-n', 'ory-proxy', '-t', 'C,,', '-i', authority])
}

const chromium: Engine = async certificates => {
  const home = newHome()
  if (certificates) await trustInNss(join(home, '.pki/nssdb'), certificates.authority)
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
  ]
  const executablePath = await ensureBrowser()
  return withPuppeteer(await puppeteer.launch({ executablePath, args, env: { ...process.env, HOME: home } }))
}

const firefox: Engine = async certificates => {
  const { firefox: executablePath } = ensureDesktopBrowsers()
  const profile = newHome()
  if (certificates) await trustInNss(profile, certificates.authority)
  const env = { ...process.env, HOME: newHome() }
  return withPuppeteer(
    await puppeteer.launch({ browser: 'firefox', executablePath, userDataDir: profile, env }),
  )
}

/** WebKitGTK by its own driver, on a display of its own; it is told the certificate, as its only store is the whole system's. */
const webkit: Engine = async certificates => {
  const { xvfb, webkitDriver } = ensureDesktopBrowsers()
  const display = spawn(xvfb, ['-displayfd', '1', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [number] = await once(display.stdout!, 'data')
  const port = await freePort()
  const env = {
    ...process.env,
    DISPLAY: `:${String(number).trim()}`,
    HOME: newHome(),
    WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
  }
  const driver = spawn(webkitDriver, [`--port=${port}`], { env, stdio: 'ignore' })
  await answers(`http://127.0.0.1:${port}/status`)
  const capabilities = new Capabilities().setBrowserName(Browser.SAFARI).set('browserName', 'MiniBrowser')
  if (certificates) {
    const known = [{ host: 'localhost', certificateFile: certificates.leaf }]
    capabilities.set('webkitgtk:browserOptions', { certificates: known })
  }
  const session = await new Builder()
    .usingServer(`http://127.0.0.1:${port}`)
    .withCapabilities(capabilities)
    .build()
  return {
    open: url => session.get(url),
    async fill(selector, text) {
      const field = await session.wait(until.elementLocated(By.css(selector)), WAIT_MS)
      await field.clear()
      await field.sendKeys(text)
    },
    async submit(selector) {
      const button = await session.wait(until.elementLocated(By.css(selector)), WAIT_MS)
      await button.click()
      await session.wait(until.stalenessOf(button), WAIT_MS)
    },
    address: () => session.getCurrentUrl(),
    text: async () => (await session.findElement(By.css('body'))).getText(),
    async close() {
      await session.quit()
      await ended(driver)
      await ended(display)
    },
  }
}

async function answers(url: string): Promise<void> {
  const until = Date.now() + WAIT_MS
  while (!(await fetch(url).catch(() => undefined))) {
    if (Date.now() > until) throw new Error(`Nobody answers at ${url}.`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

/** WebKitGTK and Debian's Firefox are Linux'; elsewhere Chromium stands alone, as docs/compatibility.md says. */
export const ENGINES: Readonly<Record<string, Engine>> =
  process.platform === 'linux' ? { chromium, firefox, webkit } : { chromium }
