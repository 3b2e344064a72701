import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type FakeOry, startFakeOry } from '../_fake-ory.js'
import { launchBrowser } from '../e2e/_browser.js'
import { startCommand } from '../faults/_command.js'
import { ask } from './_protocols.js'
import { type Front, startWeakFront } from './_weak-front.js'

const HIDDEN = 'GET /smuggled HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer forged\r\n\r\n'

let met: { url: string; body: string }[] = []
const app: Server = createServer({ keepAliveTimeout: 30_000 }, (req, res) => {
  const one = { url: req.url!, body: '' }
  met.push(one)
  req
    .on('error', () => {})
    .on('data', chunk => {
      one.body += chunk
    })
  res.setHeader('content-type', 'text/html')
  req.on('end', () => res.end('<!doctype html><link rel="icon" href="data:,"><title>app</title>'))
})
let appUrl: string
let ory: FakeOry
let browser: Browser

beforeAll(async () => {
  await new Promise<void>(resolve => app.listen(0, '127.0.0.1', resolve))
  appUrl = `http://127.0.0.1:${(app.address() as AddressInfo).port}`
  ory = await startFakeOry()
  browser = await launchBrowser(['--ignore-certificate-errors'])
}, 60_000)
afterAll(async () => {
  await Promise.all([browser?.close(), ory.close()])
  app.closeAllConnections()
  app.close()
})
beforeEach(() => {
  met = []
})

/** What the app meets when a page deletes something with a stream for a body, and somebody else asks next. */
async function afterStreamedDelete({ origin }: Front): Promise<string[]> {
  const page = await browser.newPage()
  await page.goto(origin)
  met = []
  await page.evaluate(async hidden => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(hidden))
        controller.close()
      },
    })
    const init = { method: 'DELETE', body, duplex: 'half', signal: AbortSignal.timeout(3000) }
    await fetch('/deleted', init).catch(() => {})
  }, HIDDEN)
  const next = ask('HTTP/2', origin, '/after')
  await expect.poll(() => next.heard.whole || met.length > 2, { timeout: 10_000 }).toBe(true)
  next.leave()
  await page.close()
  return met.map(({ url }) => url)
}

test('a DELETE that a page streams is one request, with its body', async () => {
  const weak = await startWeakFront(appUrl, ory.url)
  expect(await afterStreamedDelete(weak)).toContain('/smuggled')
  await weak.close()

  const command = await startCommand(appUrl, ory.url, '--dont-install-cert')
  const ours = { origin: command.url, said: command.output, close: () => command.end('SIGTERM') }
  expect(await afterStreamedDelete(ours)).toEqual(['/deleted', '/after'])
  expect(met[0]!.body).toBe(HIDDEN)
  await ours.close()
}, 90_000)
