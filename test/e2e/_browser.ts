import { type Browser, type BrowserContext, chromium } from 'playwright-core'
import { ensureBrowser } from '../../scripts/ensure-browser.mjs'

/** A real Chromium that asks nobody outside. */
export async function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: await ensureBrowser(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  })
}

/** A fresh profile; a page error fails the journey that runs in it. */
export async function freshContext(
  browser: Browser,
  options: { javaScriptEnabled?: boolean; ignoreHTTPSErrors?: boolean } = {},
): Promise<BrowserContext> {
  const context = await browser.newContext(options)
  context.setDefaultTimeout(45_000)
  return context
}
