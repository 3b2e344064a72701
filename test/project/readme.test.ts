import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { ended, freePort } from '../_faces.js'
import { undo } from '../_undo.js'
import { freshContext, launchBrowser } from '../e2e/_browser.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const readme = readFileSync(join(root, 'README.md'), 'utf8')

/** The block of code of the README in which `mark` stands, with other ports: those it names may be taken here. */
function snippet(mark: string, ports: Readonly<Record<string, number>> = {}): string {
  const blocks = [...readme.matchAll(/```\w+\n([\s\S]*?)```/g)].map(([, code]) => code!)
  const found = blocks.filter(code => code.includes(mark))
  expect(found, `blocks of the README with ${mark}`).toHaveLength(1)
  return Object.entries(ports).reduce((code, [port, other]) => {
    expect(code).toContain(port)
    return code.replaceAll(port, String(other))
  }, found[0]!)
}

/** A project of somebody who follows the README: its files, and our packages installed. */
async function project(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ory-proxy-readme-'))
  undo.push(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  for (const [name, text] of Object.entries({ 'package.json': '{ "type": "module" }', ...files })) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  return folder
}

async function run(cwd: string, args: readonly string[], url: string): Promise<void> {
  const { ORY_SDK_URL: _ours, VITEST: _vitest, NODE_ENV: _env, ...env } = process.env
  const child: ChildProcess = spawn(process.execPath, [...args], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  undo.push(() => (child.exitCode === null ? ended(child) : undefined))
  let said = ''
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', chunk => (said += chunk))
  while (child.exitCode === null) {
    if (await fetch(url).catch(() => undefined)) return
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  throw new Error(`${args.join(' ')} ended with ${child.exitCode}:\n${said}`)
}

const program = (name: string, bin: string): string =>
  join(dirname(createRequire(join(root, 'package.json')).resolve(`${name}/package.json`)), bin)

async function newPage(): Promise<Page> {
  const browser = await launchBrowser()
  undo.push(() => browser.close())
  return (await freshContext(browser)).newPage()
}

/** The README's backend, asked by a page; its sign-in link, and its lines for signing out. */
async function visit(page: Page, url: string): Promise<void> {
  const who = (): Promise<string> => page.evaluate(async () => (await fetch('/api')).text())
  const signOut = async (): Promise<void> => {
    const moved = page.waitForEvent('framenavigated')
    await page.evaluate(`(async () => {\n${snippet('logout_url')}\n})()`)
    await moved
    await page.waitForLoadState()
  }
  await page.goto(url)
  expect(await who()).toBe('Nobody is signed in')
  await signOut()
  expect(new URL(page.url()).pathname).toBe('/')

  await page.goto(`${url}/.ory/init/login`)
  await page.fill('input[name=identifier]', 'alice@example.com')
  await page.fill('input[name=password]', 'ory-dev-password')
  await page.click('button[name=method][value=password]')
  await page.waitForURL(address => address.pathname === '/')
  expect(await who()).toMatch(/^You are [\da-f-]{36}$/)
  await signOut()
  expect(await who()).toBe('Nobody is signed in')
}

test.for([
  ['vite.config.js', '5173', program('vite', 'bin/vite.js'), []],
  [
    'webpack.config.mjs',
    '8080',
    program('webpack', 'bin/webpack.js'),
    ['serve', '--mode', 'development', '--host', 'localhost'],
  ],
] as const)(
  '%s and the backend know who is signed in, and the lines for signing out do it, or nothing',
  { timeout: 120_000 },
  async ([config, usual, bin, args]) => {
    const [port, api] = [await freePort(), await freePort()]
    const page = '<!doctype html><title>app</title><h1>app</h1>'
    const cwd = await project({
      [config]: snippet(config, { '3001': api }),
      'server.mjs': snippet('// server.mjs', { '5173': port, '3001': api }),
      'index.html': page,
      'public/index.html': page,
      'src/index.js': '',
    })
    expect(readme).toContain(`localhost:${usual}`)
    await run(cwd, ['server.mjs'], `http://localhost:${api}`)
    await run(cwd, [bin, ...args, '--port', String(port)], `http://localhost:${port}/.ory/jwks.json`)
    await visit(await newPage(), `http://localhost:${port}`)
  },
)

test('the middleware in a connect app serves Ory, to somebody signed in and to nobody', async () => {
  const port = await freePort()
  const cwd = await project({ 'app.js': snippet('createOryMiddleware', { '3000': port }) })
  const url = `http://localhost:${port}`
  await run(cwd, ['app.js'], `${url}/.ory/jwks.json`)
  expect((await fetch(`${url}/.ory/sessions/whoami`)).status).toBe(401)
  const flow = await (await fetch(`${url}/.ory/self-service/login/api`)).json()
  const body = JSON.stringify({
    method: 'password',
    identifier: 'alice@example.com',
    password: 'ory-dev-password',
  })
  const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
  const { session_token } = await (await fetch(flow.ui.action, post)).json()
  const whoami = await fetch(`${url}/.ory/sessions/whoami`, { headers: { 'x-session-token': session_token } })
  expect((await whoami.json()).identity.traits.email).toBe('alice@example.com')
})

test('the emulator in a test starts and ends', async () => {
  const cwd = await project({ 'a.js': `${snippet('startEmulator')}\nconsole.log('ended')` })
  const child = spawn(process.execPath, ['a.js'], { cwd, stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', chunk => (said += chunk))
  expect(await new Promise(resolve => child.once('close', resolve))).toBe(0)
  expect(said).toContain('ended')
})

test('the command lines are accepted as they stand', async () => {
  for (const mark of ['local http://localhost:3000', 'local http://localhost:4200', 'ory-proxy emulator']) {
    const [, ...args] = snippet(mark).trim().split(' ')
    const cwd = await project({})
    const other = args.includes('--port') ? [] : ['--port', '0', '--no-open']
    const free = args.map(word => (/^443[34]$/.test(word) ? '0' : word))
    const child = spawn(process.execPath, [join(root, 'dist/cli.js'), ...free.slice(1), ...other], {
      cwd,
      env: { PATH: process.env['PATH'], HOME: cwd },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    undo.push(() => (child.exitCode === null ? ended(child) : undefined))
    const said = await new Promise<string>((resolve, reject) => {
      let text = ''
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', chunk => {
          text += chunk
          if (/https?:\/\/(localhost|127\.0\.0\.1):\d+/.test(text)) resolve(text)
        })
      }
      child.once('exit', code => reject(new Error(`${mark} ended with ${code}:\n${text}`)))
    })
    expect(said).not.toContain('ORY_PROXY_')
  }
})
