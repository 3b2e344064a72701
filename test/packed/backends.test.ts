import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { createServer, type ViteDevServer } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../_faces.js'
import { undo } from '../_undo.js'
import { startLocal } from '../cli/_command.js'
import { freshContext, launchBrowser } from '../e2e/_browser.js'
import { type PackedProject, packedProject, TARBALLS } from './_packed.js'
import { answering, begin, expectKnown, startPair } from './_signed-in.js'

const NESTJS = fileURLToPath(new URL('../stacks/nestjs', import.meta.url))
const DJANGO = fileURLToPath(new URL('../ecosystem/django', import.meta.url))
const RECIPE = new URL('../../docs/recipes/python.md', import.meta.url)

describe('NestJS, with a guard', () => {
  let project: PackedProject
  beforeAll(async () => {
    project = await packedProject({})
    await cp(join(NESTJS, 'app'), project.folder, { recursive: true })
    for (const file of ['package-lock.json', 'package.json'])
      await cp(join(NESTJS, file), join(project.folder, file))
    await project.run('npm', 'ci', '--prefer-offline', '--no-audit', '--no-fund')
    const tarballs = Object.values(TARBALLS)
    await project.run(
      'npm',
      'install',
      '--no-save',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      ...tarballs,
    )
    await project.run('npm', 'pkg', 'set', 'type=module')
    await project.run(process.execPath, 'node_modules/typescript/bin/tsc', '-p', '.')
  }, 300_000)
  afterAll(() => project?.remove())

  test('knows who is signed in behind the command, and believes no header of a client', async () => {
    const command = join(project.folder, 'node_modules/.bin/ory-proxy')
    const front = (port: number, backend: string) =>
      [command, 'local', backend, '--no-https', '--no-open', '--port', `${port}`] as const
    await expectKnown(await startPair(project, [process.execPath, 'dist/main.js'], front, ''))
  })
})

describe('Django, with scripts from Vite', () => {
  let folder: string
  let vite: ViteDevServer
  let viteUrl: string
  let browser: Browser
  const python = (): string => join(folder, 'venv/bin/python')

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ory-proxy-django-'))
    await cp(DJANGO, folder, { recursive: true })
    const recipe = /```python\n([\s\S]*?)```/.exec(await readFile(RECIPE, 'utf8'))![1]!
    await writeFile(join(folder, 'claims.py'), recipe.replace(/jwt\.PyJWKClient\(.*\)/, KEYS))
    await writeFile(join(folder, 'main.js'), 'document.querySelector("#script").textContent = "ran"')
    const project = { folder, env: process.env }
    for (const command of [
      ['python3', '-m', 'venv', 'venv'],
      [python(), '-m', 'pip', 'install', '-q', '-r', 'requirements.txt'],
    ] as const) {
      const [program, ...args] = command
      const { child, output } = begin(project, [program, ...args], {})
      const code = await new Promise(resolve => child.once('exit', resolve))
      if (code !== 0) throw new Error(output())
    }
    const port = await freePort()
    viteUrl = `http://localhost:${port}`
    const server = { port, strictPort: true, host: 'localhost' }
    vite = await createServer({ root: folder, configFile: false, logLevel: 'error', server })
    await vite.listen()
    browser = await launchBrowser(['--ignore-certificate-errors'])
  }, 300_000)
  afterAll(async () => {
    await browser?.close()
    await vite?.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  test.for(['http', 'https'])('over %s: who it is, scripts, a form, and no forged header', async scheme => {
    const port = await freePort()
    const backend = `http://127.0.0.1:${port}`
    const secure = scheme === 'https'
    const command = await startLocal(backend, secure ? ['--dont-install-cert'] : ['--no-https'])
    undo.push(() => command.end())
    const env = { ORY_JWKS_URL: `${command.url}/.ory/jwks.json`, VITE_URL: viteUrl }
    const runserver = ['app.py', 'runserver', `127.0.0.1:${port}`, '--noreload'] as const
    const app = begin({ folder, env: process.env }, [python(), ...runserver], env)
    await answering(backend, app)
    if (!secure) await expectKnown(command.url)

    const page = await (await freshContext(browser, { ignoreHTTPSErrors: true })).newPage()
    undo.push(() => page.context().close())
    await page.goto(command.url)
    expect(await page.textContent('#who')).toBe('nobody')
    await page.goto(`${command.url}/.ory/init/login?return_to=/`)
    await page.fill('input[name="identifier"]', 'alice@example.com')
    await page.fill('input[name="password"]', 'ory-dev-password')
    await page.click('button[name="method"][value="password"]')
    await page.waitForURL(`${command.url}/`)
    expect(await page.textContent('#who')).toBe('alice@example.com')
    await expect.poll(() => page.textContent('#script')).toBe('ran')
    await page.click('form button')
    await expect.poll(() => page.textContent('#posted')).toBe('sent')
    expect(command.stderr().includes('HTTP_ASSETS')).toBe(secure)
  })
})

/** The keys of a self-signed proxy: the test knows that it is its own. */
const KEYS =
  'jwt.PyJWKClient(os.environ["ORY_JWKS_URL"], ssl_context=__import__("ssl")._create_unverified_context())'
