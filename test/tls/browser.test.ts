import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { describe, expect } from 'vitest'
import { WebSocketServer } from 'ws'
import { ensureBrowser } from '../../scripts/ensure-browser.mjs'
import { certUninstall } from '../../src/tls/commands.js'
import type { LocalCertificate } from '../../src/tls/index.js'
import { createSecureEntry } from '../../src/tls/server.js'
import { type FreshUser, NSS_NEW, NSS_OLD, test } from './_fixtures.js'

const PAGE = '<title>served</title>'
const REFUSED = /ERR_CERT_AUTHORITY_INVALID/

/** Serves a page on both loopback addresses while `work` runs. */
async function serving(certificate: LocalCertificate, work: (port: number) => Promise<void>): Promise<void> {
  const sockets = new WebSocketServer({ noServer: true })
  const entry = createSecureEntry({
    ...certificate,
    onRequest: (_req, res) => void res.writeHead(200, { 'content-type': 'text/html' }).end(PAGE),
    onUpgrade: (req, socket, head) =>
      sockets.handleUpgrade(req, socket, head, opened => {
        opened.on('message', data => opened.send(`echo ${data}`))
      }),
  })
  const { port } = await entry.listen(0, 'localhost')
  try {
    await work(port)
  } finally {
    await entry.close(0)
  }
}

/** A browser that has never run before, started by this user; nothing makes it ignore certificates. */
async function withBrowser(user: FreshUser, work: (browser: Browser) => Promise<void>): Promise<void> {
  const browser = await chromium.launch({
    executablePath: await ensureBrowser(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    env: { ...user.env, PATH: process.env['PATH'] ?? '' } as Record<string, string>,
  })
  try {
    await work(browser)
  } finally {
    await browser.close()
  }
}

async function open(browser: Browser, url: string) {
  const page = await browser.newPage()
  try {
    const response = await page.goto(url)
    const protocol = await page.evaluate(
      () => (performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming).nextHopProtocol,
    )
    const details = await response?.securityDetails()
    return { title: await page.title(), protocol, issuer: details?.issuer }
  } finally {
    await page.close()
  }
}

async function expectTrusted(user: FreshUser, port: number, hosts: readonly string[]): Promise<void> {
  await withBrowser(user, async browser => {
    for (const host of hosts) {
      const seen = await open(browser, `https://${host}:${port}/`)
      expect(seen).toMatchObject({ title: 'served', protocol: 'h2' })
      expect(seen.issuer).toMatch(/^ory-proxy local \(/)
    }
  })
}

async function expectRefused(user: FreshUser, port: number): Promise<void> {
  await withBrowser(user, async browser => {
    await expect(open(browser, `https://localhost:${port}/`)).rejects.toThrow(REFUSED)
    await expect(open(browser, `https://127.0.0.1:${port}/`)).rejects.toThrow(REFUSED)
  })
}

describe('a browser that has never run before', { timeout: 60_000 }, () => {
  test('opens https://localhost, https://127.0.0.1 and https://[::1] over HTTP/2', async ({ user }) => {
    await serving(await user.ensure(), port => expectTrusted(user, port, ['localhost', '127.0.0.1', '[::1]']))
    expect(await user.forbiddenCalls()).toEqual([])
  })

  test('opens a host that was listed', async ({ user }) => {
    const certificate = await user.ensure({ hosts: ['app.localhost'] })
    await serving(certificate, port => expectTrusted(user, port, ['app.localhost', 'localhost']))
  })

  test('reads the older place of its store when that is there', async ({ user }) => {
    await mkdir(join(user.home, NSS_OLD), { recursive: true })
    await serving(await user.ensure(), port => expectTrusted(user, port, ['localhost']))
    expect((await user.certutil('-L', '-d', `sql:${join(user.home, NSS_OLD)}`)).output).toContain('ory-proxy')
    expect((await user.certutil('-L', '-d', `sql:${join(user.home, NSS_NEW)}`)).code).not.toBe(0)
  })

  test('talks over a WebSocket', async ({ user }) => {
    await serving(await user.ensure(), async port => {
      await withBrowser(user, async browser => {
        const page = await browser.newPage()
        await page.goto(`https://localhost:${port}/`)
        const answer = await page.evaluate(
          url =>
            new Promise(resolve => {
              const socket = new WebSocket(url)
              socket.onopen = () => socket.send('hello')
              socket.onmessage = event => resolve(event.data)
              socket.onerror = () => resolve('failed')
            }),
          `wss://localhost:${port}/`,
        )
        expect(answer).toBe('echo hello')
      })
    })
  })

  test('is sent from http to https', async ({ user }) => {
    await serving(await user.ensure(), async port => {
      await withBrowser(user, async browser => {
        const page = await browser.newPage()
        await page.goto(`http://localhost:${port}/deep?x=1`)
        expect(page.url()).toBe(`https://localhost:${port}/deep?x=1`)
      })
    })
  })

  test('refuses a certificate that was not to be installed', async ({ user }) => {
    await serving(await user.ensure({ install: false }), port => expectRefused(user, port))
    expect(await user.forbiddenCalls()).toEqual([])
  })

  test('refuses it again after it was uninstalled', async ({ user }) => {
    const certificate = await user.ensure()
    const { exitCode, text } = await certUninstall({ on: user })
    expect({ exitCode, text }).toMatchObject({ exitCode: 0, text: expect.stringContaining('Removed') })
    await serving(certificate, port => expectRefused(user, port))
  })
})
