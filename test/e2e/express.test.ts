import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureInstalled } from '../../scripts/ensure-installed.mjs'
import { ended, freePort } from '../_faces.js'
import { undo } from '../_undo.js'
import { emptyFolder, start, startLocal } from '../cli/_command.js'
import { freshContext, launchBrowser } from './_browser.js'

const BACKENDS = fileURLToPath(new URL('../ecosystem/backends', import.meta.url))

/** Where people open the app, and where the app finds Ory. */
interface SetUp {
  readonly open: string
  readonly env: Record<string, string>
}

/** Each is a way in which people run such a server beside us; the app listens on the port. */
const SET_UPS: Readonly<Record<string, (port: number) => Promise<SetUp>>> = {
  async 'behind the command'(port) {
    const command = await startLocal(`${port}`, ['--no-https'])
    undo.push(() => command.end())
    return { open: command.url, env: { ORY_SDK_URL: `${command.url}/.ory` } }
  },
  async 'behind the command over https'(port) {
    const home = emptyFolder()
    const command = await startLocal(`${port}`, [], { cwd: home })
    undo.push(() => command.end())
    const authority = join(home, '.local/share/ory-proxy/ca.crt')
    return {
      open: command.url,
      env: { ORY_SDK_URL: `${command.url}/.ory`, NODE_EXTRA_CA_CERTS: authority },
    }
  },
  async 'beside a tunnel'(port) {
    const open = `http://localhost:${port}`
    const tunnel = start(['tunnel', open, '--port', '0'])
    undo.push(() => tunnel.end())
    const [, url] = await tunnel.until(/export ORY_SDK_URL=(\S+)/)
    return { open, env: { ORY_SDK_URL: url! } }
  },
  async 'beside the emulator alone'(port) {
    const cwd = emptyFolder()
    const config = { selfservice: { allowed_return_urls: [`http://localhost:${port}/`] } }
    await writeFile(join(cwd, 'kratos.json'), JSON.stringify(config))
    const flags = ['--config', 'kratos.json', '--port', '0', '--admin-port', '0']
    const emulator = start(['emulator', ...flags], { cwd })
    undo.push(() => emulator.end())
    const [, address] = await emulator.until(/Public API +http:\/\/127\.0\.0\.1(:\d+)/)
    // By the app's name: cookies know no ports, but they do know names.
    return { open: `http://localhost:${port}`, env: { ORY_SDK_URL: `http://localhost${address}` } }
  },
}

async function startServer(port: number, { open, env }: SetUp): Promise<void> {
  const app = spawn(process.execPath, [join(BACKENDS, 'app/to-session.js')], {
    env: { ...process.env, ...env, PORT: `${port}`, PUBLIC_URL: `${open}/` },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  undo.push(() => ended(app))
  await once(app.stdout, 'data')
}

describe('an Express server that calls toSession with the cookie', () => {
  let browser: Browser
  beforeAll(async () => {
    await ensureInstalled(BACKENDS)
    browser = await launchBrowser(['--ignore-certificate-errors'])
  }, 240_000)
  afterAll(() => browser?.close())

  test.for(Object.entries(SET_UPS))(
    '%s: sends people to sign in, knows them, and signs them out',
    { timeout: 60_000 },
    async ([, setUp]) => {
      const port = await freePort()
      const where = await setUp(port)
      await startServer(port, where)
      const page = await (await freshContext(browser)).newPage()
      undo.push(() => page.context().close())
      await page.goto(where.open)
      await page.fill('input[name="identifier"]', 'alice@example.com')
      await page.fill('input[name="password"]', 'ory-dev-password')
      await page.click('button[name="method"][value="password"]')
      await page.waitForURL(`${where.open}/`)
      expect(await page.textContent('p')).toBe('You are alice@example.com.')
      await page.reload()
      expect(await page.textContent('p')).toBe('You are alice@example.com.')
      await page.click('#out')
      await page.goto(where.open)
      await page.waitForSelector('input[name="identifier"]')
    },
  )
})
