import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { createDiagnosisBook } from '../../src/diagnoses/book.js'
import { createAssetWatch } from '../../src/diagnoses/http-assets.js'
import type { Diagnosis } from '../../src/diagnoses/table.js'
import { startEchoApp } from '../_app.js'
import { undo } from '../_undo.js'
import { startLocal } from '../cli/_command.js'
import { ask, PROTOCOLS } from '../outbound/_protocols.js'

/** What is noted of a page that comes in pieces. */
function noted(pieces: readonly string[], type = 'text/html; charset=utf-8', encoding?: string): string[] {
  const book = createDiagnosisBook(() => {})
  const look = createAssetWatch(book)({ type, encoding })
  for (const piece of pieces) if (look?.(Buffer.from(piece)) === false) break
  return book.list().map(({ code, message }) => `${code} ${/http:\/\/(\S+): Safari/.exec(message)?.[1]}`)
}

const LARAVEL = `<!doctype html><title>Ü</title>
<script type="module" src="http://[::1]:5173/@vite/client"></script>`
const DJANGO = `<link rel="canonical" href="http://localhost:8000/"><!-- a "comment" -->
<SCRIPT
  crossorigin src='http://localhost:5173/static/@vite/client'></SCRIPT>`
const RAILS = '<link rel=stylesheet href=http://127.0.0.1:3036/vite-dev/application.css>'

const WRONG: readonly [name: string, host: string, page: string][] = [
  ['Laravel', '[::1]:5173', LARAVEL],
  ['Django', 'localhost:5173', DJANGO],
  ['Rails', '127.0.0.1:3036', RAILS],
]

test.for(WRONG)(
  '%s: scripts and styles over http from %s, in whatever pieces they come',
  ([, host, page]) => {
    const found = [`HTTP_ASSETS ${host}`]
    expect(noted([page])).toEqual(found)
    expect(noted([...page])).toEqual(found)
    for (let at = 1; at < page.length; at++) expect(noted([page.slice(0, at), page.slice(at)])).toEqual(found)
  },
)

const RIGHT: readonly [name: string, page: string][] = [
  ['its own', '<script src="/assets/app.js"></script><link rel="stylesheet" href="app.css">'],
  ['https', '<script src="https://localhost:5173/@vite/client"></script>'],
  [
    'a link that loads nothing',
    '<link rel="canonical" href="http://localhost:8000/"><a href="http://localhost:5173/x.js">',
  ],
  ['a comment', '<!-- <script src="http://localhost:5173/x.js"></script> -->'],
  ['a comment without an end', '<!-- <script src="http://localhost:5173/x.js"></script>'],
  ['another attribute', '<script data-src="http://localhost:5173/x.js"></script>'],
  ['another machine, which every browser tells of', '<script src="http://cdn.example/x.js"></script>'],
  ['text', '<pre>&lt;script src="http://localhost:5173/x.js"></pre><scripted src="http://localhost:5173/">'],
  ['beyond what is looked at', `${' '.repeat(16 * 1024)}${LARAVEL}`],
]

test.for(RIGHT)('no alarm: %s', ([, page]) => {
  expect(noted([page])).toEqual([])
  expect(noted([...page])).toEqual([])
})

test('no other answer is looked at, and none any more once it is said', () => {
  for (const type of ['text/javascript', 'application/json', 'text/htmlx', 'text/event-stream'])
    expect(noted([LARAVEL], type)).toEqual([])
  expect(noted([LARAVEL], 'text/html', 'gzip')).toEqual([])
  const watch = createAssetWatch(createDiagnosisBook(() => {}))
  expect(watch({ type: 'text/html', encoding: undefined })!(Buffer.from(LARAVEL))).toBe(false)
  expect(watch({ type: 'text/html', encoding: undefined })).toBeUndefined()
})

/** An app whose page begins with what is wrong, and goes on only when it is told to. */
async function startPages(): Promise<{ url: string; goOn: () => void }> {
  let goOn = (): void => {}
  const app = await startEchoApp((req, res) => {
    res.setHeader('content-type', 'text/html')
    if (req.url === '/packed') return res.setHeader('content-encoding', 'gzip').end(gzipSync(LARAVEL))
    res.write(LARAVEL)
    goOn = () => void res.end('<p>the end')
  })
  undo.push(() => app.close())
  return { url: app.url, goOn: () => goOn() }
}

async function diagnosesOf(url: string): Promise<readonly Diagnosis[]> {
  const { over } = ask('HTTP/1.1', url, '/.ory/dev/requests')
  return (JSON.parse((await over).body) as { diagnoses: Diagnosis[] }).diagnoses
}

test.for(PROTOCOLS)(
  'over %s the command says it once, holds nothing back and changes nothing',
  async protocol => {
    const app = await startPages()
    const command = await startLocal(app.url, ['--dont-install-cert'])
    undo.push(() => command.end())
    const packed = await ask(protocol, command.url, '/packed').over
    expect(packed.status).toBe(200)
    expect(await diagnosesOf(command.url)).toEqual([])
    for (let i = 0; i < 2; i++) {
      const { heard, over } = ask(protocol, command.url, '/')
      await expect.poll(() => heard.body).toBe(LARAVEL)
      app.goOn()
      expect((await over).whole).toBe(true)
      expect(heard.body).toBe(`${LARAVEL}<p>the end`)
    }
    expect((await diagnosesOf(command.url)).map(({ code }) => code)).toEqual(['HTTP_ASSETS'])
    expect(command.stderr().match(/HTTP_ASSETS/g)).toHaveLength(1)
    expect(command.stderr()).toMatch(/http:\/\/\[::1\]:5173.*WebKit.*--no-https/)
  },
)

test('with --no-https there is nothing to say', async () => {
  const app = await startPages()
  const command = await startLocal(app.url, ['--no-https'])
  undo.push(() => command.end())
  const page = await fetch(command.url)
  app.goOn()
  expect(await page.text()).toContain('[::1]:5173')
  expect(command.stderr()).not.toContain('HTTP_ASSETS')
})
