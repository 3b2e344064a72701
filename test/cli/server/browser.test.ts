import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureBrowser } from '../../../scripts/ensure-browser.mjs'
import { freePort } from '../../_faces.js'
import { emptyFolder, startLocal } from '../_command.js'

describe('the waiting page', () => {
  let browser: Browser
  beforeAll(async () => {
    const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking']
    browser = await chromium.launch({ executablePath: await ensureBrowser(), args })
  })
  afterAll(() => browser.close())

  test('turns into the app as soon as it is up', async () => {
    const port = await freePort()
    const command = await startLocal(String(port), ['--no-https', '--sdk-url', 'http://localhost:9'])
    const page = await browser.newPage()
    await page.goto(command.url)
    await page.getByText(`The app at http://localhost:${port} does not answer`).waitFor()
    const app = createServer((_req, res) => res.end('<h1>Here I am</h1>'))
    await new Promise<void>(resolve => app.listen(port, 'localhost', resolve))
    await page.getByText('Here I am').waitFor()
    await page.close()
    await command.end()
    app.closeAllConnections()
    await new Promise(resolve => app.close(resolve))
  })
})

describe.runIf(process.platform === 'linux')('the browser', () => {
  /** A "browser" that writes down what it is to open, found by `xdg-open` through $BROWSER. */
  function fakeBrowser(): { env: Record<string, string>; opened: () => string } {
    const folder = emptyFolder()
    const script = join(folder, 'browser.sh')
    writeFileSync(script, `#!/bin/sh\necho "$1" > ${folder}/opened\n`)
    chmodSync(script, 0o755)
    const file = join(folder, 'opened')
    return {
      env: { BROWSER: script },
      opened: () => (existsSync(file) ? readFileSync(file, 'utf8').trim() : ''),
    }
  }

  test('opens with --open, wherever we run', async () => {
    const { env, opened } = fakeBrowser()
    const command = await startLocal('9', ['--no-https', '--open'], { env: { ...env, CI: 'true' } })
    await expect.poll(opened, { timeout: 10_000 }).toBe(command.url)
    await command.end()
  })

  test('does not open by itself where there is no terminal', async () => {
    const { env, opened } = fakeBrowser()
    const { start } = await import('../_command.js')
    const command = start(['local', '9', '--port', '0', '--no-https'], { env })
    const [, url] = await command.until(/Open\s+(\S+)/)
    await fetch(`${url}/.ory/jwks.json`)
    expect(await command.end()).toBe(0)
    expect(opened()).toBe('')
  })
})
