import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { createServer, type ViteDevServer } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ensureRails } from '../../scripts/ensure-rails.mjs'
import { freePort } from '../_faces.js'
import { undo } from '../_undo.js'
import { emptyFolder, startLocal } from '../cli/_command.js'
import { freshContext, launchBrowser } from '../e2e/_browser.js'
import { answering, begin, expectKnown } from './_signed-in.js'

const ECOSYSTEM = fileURLToPath(new URL('../ecosystem', import.meta.url))
const PYTHON = new URL('../../docs/recipes/python.md', import.meta.url)

type Command = readonly [string, ...string[]]

/** A backend that renders its pages: what it needs once, and how it is started. */
interface Backend {
  readonly prepare: (folder: string) => Promise<void>
  readonly command: (folder: string, port: number) => Command
}

async function run(folder: string, command: Command): Promise<void> {
  const { child, output } = begin({ folder, env: process.env }, command, {})
  const code = await new Promise(resolve => child.once('exit', resolve))
  if (code !== 0) throw new Error(`${command.join(' ')}: ${output()}`)
}

const python = (folder: string): string => join(folder, 'venv/bin/python')

const BACKENDS: Readonly<Record<string, Backend>> = {
  django: {
    async prepare(folder) {
      const recipe = /```python\n([\s\S]*?)```/.exec(await readFile(PYTHON, 'utf8'))![1]!
      await writeFile(join(folder, 'claims.py'), recipe)
      await run(folder, ['python3', '-m', 'venv', 'venv'])
      await run(folder, [python(folder), '-m', 'pip', 'install', '-q', '-r', 'requirements.txt'])
    },
    command: (folder, port) => [python(folder), 'app.py', 'runserver', `127.0.0.1:${port}`, '--noreload'],
  },
  rails: {
    prepare: async () => ensureRails(),
    command: (_folder, port) => ['puma', '-b', `tcp://127.0.0.1:${port}`, '-e', 'development', 'config.ru'],
  },
}

describe.each(Object.entries(BACKENDS))(
  'pages of %s, with scripts from Vite',
  (name, { prepare, command }) => {
    let folder: string
    let vite: ViteDevServer
    let assets: string
    let browser: Browser

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), `ory-proxy-${name}-`))
      await cp(join(ECOSYSTEM, name), folder, { recursive: true })
      await writeFile(join(folder, 'main.js'), 'document.querySelector("#script").textContent = "ran"')
      await prepare(folder)
      const port = await freePort()
      assets = `http://localhost:${port}`
      const server = { port, strictPort: true, host: 'localhost' }
      vite = await createServer({ root: folder, configFile: false, logLevel: 'error', server })
      await vite.listen()
      browser = await launchBrowser()
    }, 400_000)
    afterAll(async () => {
      await browser?.close()
      await vite?.close()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    })

    /** The backend, and the command in front of it with a home of its own. */
    async function start(secure: boolean): Promise<{ url: string; said: () => string }> {
      const [port, cwd] = [await freePort(), emptyFolder()]
      const backend = `http://127.0.0.1:${port}`
      const front = await startLocal(backend, secure ? [] : ['--no-https'], { cwd })
      undo.push(() => front.end())
      const keys = `${front.url}/.ory/jwks.json`
      const trust = secure && { SSL_CERT_FILE: join(cwd, '.local/share/ory-proxy/ca.crt') }
      const app = begin({ folder, env: process.env }, command(folder, port), {
        ...{ ORY_JWKS_URL: keys, VITE_URL: assets },
        ...trust,
      })
      await answering(backend, app)
      return { url: front.url, said: front.stderr }
    }

    test('an endpoint knows who is signed in, and believes no header of a client', async () => {
      await expectKnown((await start(false)).url)
    })

    test.for(['http', 'https'])(
      'over %s: a page knows who it is, runs its scripts, and sends a form',
      async scheme => {
        const { url, said } = await start(scheme === 'https')
        const page = await (await freshContext(browser, { ignoreHTTPSErrors: true })).newPage()
        undo.push(() => page.context().close())
        await page.goto(url)
        expect(await page.textContent('#who')).toBe('nobody')
        await page.goto(`${url}/.ory/init/login?return_to=/`)
        await page.fill('input[name="identifier"]', 'alice@example.com')
        await page.fill('input[name="password"]', 'ory-dev-password')
        await page.click('button[name="method"][value="password"]')
        await page.waitForURL(`${url}/`)
        expect(await page.textContent('#who')).toBe('alice@example.com')
        await expect.poll(() => page.textContent('#script')).toBe('ran')
        await page.click('form button')
        await expect.poll(() => page.textContent('#posted')).toBe('sent')
        expect(said().includes('HTTP_ASSETS')).toBe(scheme === 'https')
      },
    )
  },
)
