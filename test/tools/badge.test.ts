import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { get, type RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ory as plugin } from '../../src/vite-plugin.js'
import { type EchoApp, startEchoApp } from '../_app.js'
import { FACES, type Face } from '../_faces.js'
import { type FakeOry, startFakeOry } from '../_fake-ory.js'
import { freshContext, launchBrowser } from '../e2e/_browser.js'
import { startCommand } from '../faults/_command.js'
import { type Request, request2 } from '../middleware/protect/_clients.js'

const HTML = '<!doctype html><html lang="en"><title>app</title><body><h1>app</h1></body></html>'
const TAIL = '\n<script async src="/.ory/dev/badge.js"></script>\n'
const VISIT = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }

/** Pages in every way that servers write them. */
const pages: RequestListener = (req, res) => {
  const type = { 'Content-Type': 'text/html; charset=utf-8' }
  const ways: Record<string, () => unknown> = {
    whole: () => res.setHeader('content-type', 'text/html').end(HTML),
    length: () => res.writeHead(200, { ...type, 'Content-Length': HTML.length, ETag: '"1"' }).end(HTML),
    pieces: () => {
      res.writeHead(200, type)
      res.write(HTML.slice(0, 20))
      setImmediate(() => res.end(HTML.slice(20)))
    },
    missing: () => res.writeHead(404, type).end(HTML),
    gzip: () => res.writeHead(200, { ...type, 'Content-Encoding': 'gzip' }).end(gzipSync(HTML)),
    strict: () => res.writeHead(200, { ...type, 'Content-Security-Policy': "default-src 'none'" }).end(HTML),
    json: () => res.writeHead(200, { 'Content-Type': 'application/json', ETag: '"1"' }).end('{}'),
    elsewhere: () => res.writeHead(302, { ...type, Location: '/api/whole' }).end(),
    asked: () => res.setHeader('content-type', 'application/json').end(JSON.stringify(req.headers)),
  }
  const [, way = ''] = /^\/api\/(\w+)/.exec(req.url!) ?? []
  if (way in ways) ways[way]!()
  else res.writeHead(404).end()
}

/** Over HTTP/1.1, with chunks put together. */
const request1: Request = (base, path, { headers = {} } = {}) =>
  new Promise((resolve, reject) => {
    const asked = get(base + path, { headers }, async answer => {
      const body = (await answer.setEncoding('utf8').toArray()).join('')
      const header = (name: string): string => String(answer.headers[name] ?? '')
      resolve({ status: answer.statusCode!, body, header })
    })
    asked.on('error', reject)
  })

const overTls = async (app: string, flags: readonly string[], ory: string): Promise<Face> => {
  const command = await startCommand(app, ory, '--dont-install-cert', ...flags)
  return { url: command.url, close: async () => void (await command.end('SIGTERM')) }
}

const WAYS: [string, Request, (app: string, ory: string, panel: boolean) => Promise<Face>][] = [
  ...Object.entries(FACES).map(([name, start]): (typeof WAYS)[number] => [
    `${name}, HTTP/1.1`,
    request1,
    (app, ory, panel) => start(app, { sdkUrl: ory, ...(panel && { panel }) }),
  ]),
  ['cli, HTTP/2', request2, (app, ory, panel) => overTls(app, panel ? ['--panel'] : [], ory)],
]

let ory: FakeOry
let app: EchoApp
beforeAll(async () => {
  ;[ory, app] = await Promise.all([startFakeOry(), startEchoApp(pages)])
})
afterAll(() => Promise.all([ory.close(), app.close()]))

describe.each(WAYS)('over %s', (_name, request, start) => {
  test('with the panel, a page that somebody goes to has the badge behind it, and nothing else has', async () => {
    const face = await start(app.url, ory.url, true)
    const body = async (path: string, headers: Record<string, string> = VISIT): Promise<string> =>
      (await request(face.url, `/api/${path}`, { headers })).body
    for (const path of ['whole', 'length', 'pieces', 'missing']) expect(await body(path)).toBe(HTML + TAIL)
    expect(await body('strict')).toBe(HTML)
    expect(await body('json')).toBe('{}')
    expect(await body('elsewhere')).toBe('')
    expect(await body('gzip')).not.toContain('badge.js')
    expect(await body('whole', { accept: 'text/html' })).toBe(HTML)
    expect(await body('whole', { ...VISIT, 'sec-fetch-dest': 'iframe' })).toBe(HTML)
    expect(await body('whole', { ...VISIT, 'x-forwarded-for': '203.0.113.9' })).toBe(HTML)
    const { header } = await request(face.url, '/api/length', { headers: VISIT })
    expect([header('content-length'), header('etag')]).toEqual(['', ''])
    expect((await request(face.url, '/api/json', { headers: VISIT })).header('etag')).toBe('"1"')
    const asked = await body('asked', { ...VISIT, 'accept-encoding': 'gzip', 'if-none-match': '"1"' })
    expect(asked).not.toMatch(/accept-encoding|if-none-match/)
    expect((await request(face.url, '/.ory/dev/badge.js')).body).toContain('attachShadow')
    await face.close()
  })

  test('without it, a page is to the byte what the app sent, and there is no script', async () => {
    const face = await start(app.url, ory.url, false)
    for (const path of ['whole', 'length', 'pieces', 'missing']) {
      const direct = await request1(app.url, `/api/${path}`, { headers: VISIT })
      expect((await request(face.url, `/api/${path}`, { headers: VISIT })).body).toBe(direct.body)
    }
    expect((await request(face.url, '/.ory/dev/badge.js')).body).not.toContain('attachShadow')
    await face.close()
  })
})

const site = fileURLToPath(new URL('../fixtures/site', import.meta.url))

/** Every file of a build, by name. */
async function built(plugins: ReturnType<typeof plugin>[]): Promise<Record<string, string>> {
  const outDir = mkdtempSync(join(tmpdir(), 'ory-proxy-build-'))
  await build({ root: site, configFile: false, logLevel: 'silent', plugins, build: { outDir } })
  const files = readdirSync(outDir, { recursive: true, encoding: 'utf8' }).map(name => join(outDir, name))
  return Object.fromEntries(
    files
      .filter(file => statSync(file).isFile())
      .map(file => [relative(outDir, file), readFileSync(file, 'utf8')]),
  )
}

test("Vite's own page has it, too", async () => {
  const face = await FACES['vite']!(app.url, { sdkUrl: ory.url, panel: true })
  const { body } = await request1(face.url, '/', { headers: VISIT })
  expect(body).toContain('/@vite/client')
  expect(body.endsWith(TAIL)).toBe(true)
  await face.close()
})

test('a build has not a byte of it, with the panel and without', async () => {
  const bare = await built([])
  expect(Object.keys(bare).length).toBeGreaterThan(1)
  expect(await built([plugin({ panel: true })])).toEqual(bare)
  expect(await built([plugin()])).toEqual(bare)
})

describe('in a browser', () => {
  let face: Face
  let people: Browser
  let robots: Browser
  beforeAll(async () => {
    face = await FACES['connect']!(app.url, { panel: true })
    ;[people, robots] = await Promise.all([
      launchBrowser(['--disable-blink-features=AutomationControlled']),
      launchBrowser(),
    ])
  })
  afterAll(async () => {
    await Promise.all([people?.close(), robots?.close()])
    await face.close()
  })
  const open = async (browser: Browser): Promise<Page> => {
    const page = await (await freshContext(browser)).newPage()
    await page.goto(`${face.url}/api/whole?tab=1`)
    return page
  }

  test('the keyboard opens the tools and Escape closes them, from within as well', async () => {
    const page = await open(people)
    const badge = page.getByRole('button', { name: 'Ory tools. Nobody is signed in' })
    await badge.waitFor()
    expect(await badge.boundingBox()).toMatchObject({ width: 28, height: 28 })
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    const frame = page.frameLocator('iframe[title="Ory tools"]')
    await frame.getByRole('heading', { name: 'Nobody is signed in here' }).waitFor()
    expect(await badge.getAttribute('aria-expanded')).toBe('true')
    await frame.getByRole('link', { name: 'People', exact: true }).first().focus()
    await page.keyboard.press('Escape')
    await page.locator('iframe').waitFor({ state: 'detached' })
    expect(await page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.tagName)).toBe(
      'BUTTON',
    )
    await page.keyboard.press('Enter')
    await page.locator('iframe').waitFor()
    await page.evaluate(() =>
      document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true })),
    )
    await page.locator('iframe').waitFor({ state: 'detached' })
    expect(await page.evaluate(() => document.body.innerHTML)).toBe('<h1>app</h1>\n\n')
    await page.context().close()
  })

  test('whoever switches the person in the panel is still at the page, and the badge says who it is', async () => {
    const page = await open(people)
    await page.evaluate(() => history.pushState(null, '', '?tab=2#here'))
    await page.getByRole('button', { name: /^Ory tools/ }).click()
    const frame = page.frameLocator('iframe[title="Ory tools"]')
    await frame.getByRole('link', { name: 'People' }).first().click()
    await frame.getByRole('button', { name: 'Sign in as bob@example.com' }).click()
    await page.getByRole('button', { name: 'Ory tools. Signed in as bob@example.com' }).waitFor()
    expect(page.url()).toBe(`${face.url}/api/whole?tab=2#here`)
    await page.context().close()
  })

  test('a browser that a test drives has none', async () => {
    const page = await open(robots)
    await page.waitForLoadState('networkidle')
    expect(await page.evaluate(() => navigator.webdriver)).toBe(true)
    expect(await page.locator('ory-tools').count()).toBe(0)
    await page.context().close()
  })
})
