import { spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EchoApp, startEchoApp } from '../_app.js'
import { FACES, type Face } from '../_faces.js'
import { type FakeOry, startFakeOry } from '../_fake-ory.js'
import { emptyFolder, run, startLocal } from '../cli/_command.js'
import { cli, doctor, place, project, report, root } from './_doctor.js'

let app: EchoApp
let ory: FakeOry
let ours: Face
let other: Face

beforeAll(async () => {
  ;[app, ory] = await Promise.all([startEchoApp(), startFakeOry()])
  ours = await FACES['connect']!(app.url, { sdkUrl: ory.url, keyFile: join(place, 'one.json') })
  other = await FACES['connect']!(app.url, { sdkUrl: ory.url, keyFile: join(place, 'two.json') })
})
afterAll(async () => {
  await Promise.all([ours, other].map(face => face.close()))
  await Promise.all([app.close(), ory.close()])
  rmSync(place, { recursive: true, force: true, maxRetries: 5 })
})

const VITE = "import { ory } from 'ory-proxy/vite'\n"

/** Mistakes of a set-up: what is in the files, and the code and place that name it; `ours` is the server that runs. */
const MISTAKES: readonly [code: string, place: string, files: Record<string, string>, asked?: boolean][] = [
  ['SDK_PAST_MOUNT', '.env:2', { '.env': 'A=1\nVITE_ORY_SDK_URL=http://localhost:4433\n' }],
  ['ORY_PACKAGES', 'package.json:1', { 'package.json': '{"dependencies":{"@ory/client":"^0.2.0"}}' }],
  [
    'PROXY_TAKES_MOUNT',
    'vite.config.ts:2',
    {
      'vite.config.ts': `${VITE}export default { plugins: [ory()], server: { proxy: { '/.ory': 'http://localhost:4433' } } }`,
    },
  ],
  [
    'PLUGIN_TWICE',
    'vite.config.ts:3',
    { 'vite.config.ts': `${VITE}export default { plugins: [ory(),\n ory({ debug: true })] }` },
  ],
  [
    'BODY_PARSER_FIRST',
    'server.js:4',
    {
      'server.js':
        "import { createOryMiddleware } from 'ory-proxy'\nconst ory = await createOryMiddleware()\nconst app = express()\napp.use(express.json())\napp.use(ory)\n",
    },
  ],
  [
    'KRATOS_RETURN_URLS',
    'kratos.yml:2',
    {
      '.env': 'ORY_SDK_URL=http://localhost:4433',
      'kratos.yml': 'selfservice:\n  allowed_return_urls: [http://localhost:1]\n',
    },
    true,
  ],
  [
    'KRATOS_BASE_URL',
    'kratos.yml:3',
    {
      '.env': 'ORY_SDK_URL=http://localhost:4433',
      'kratos.yml': 'serve:\n  public:\n    base_url: http://kratos.example\n',
    },
  ],
  [
    'KRATOS_COOKIES',
    'kratos.yml:2',
    { '.env': 'ORY_SDK_URL=http://localhost:4433', 'kratos.yml': 'cookies:\n  same_site: Strict\n' },
  ],
  ['JWKS_UNREACHABLE', '.env:1', { '.env': 'ORY_JWKS_URL=http://localhost:9/.ory/jwks.json' }, true],
  ['JWKS_OTHER_KEY', '.env:1', { '.env': 'ORY_JWKS_URL=<other>/.ory/jwks.json' }, true],
]

test.for(MISTAKES)('%s is named, with its place and what to write', async ([code, where, files, asked]) => {
  const filled = Object.entries(files).map(([name, text]) => [name, text.replace('<other>', other.url)])
  const { checks, ok } = await report(project(Object.fromEntries(filled)), ...(asked ? [ours.url] : []))
  expect(checks.map(found => [found.code, `${found.file}:${found.line}`])).toEqual([[code, where]])
  expect(checks[0]!.fix).not.toBe('')
  expect(ok).toBe(checks[0]!.level === 'warning')
  expect(readFileSync(join(root, 'docs/doctor.md'), 'utf8')).toMatch(new RegExp(`^### ${code}$`, 'm'))
})

test.for([
  ['ORY_PROXY_BAD_URL', { '.env': 'ORY_SDK_URL=kratos\n' }, 'ORY_SDK_URL in .env must be an address'],
  ['ORY_PROXY_BAD_OPTION', { 'ory-proxy.yml': 'port: abc\n' }, '"port" in ory-proxy.yml must be a number'],
  ['ORY_PROXY_BAD_OPTION', { 'ory-proxy.yml': 'prot: 1\n' }, 'Did you mean "port"?'],
] as const)('%s: settings that stop a start are named as there', async ([code, files, message]) => {
  const folder = project(files)
  expect((await report(folder)).checks).toEqual([
    {
      code,
      level: 'error',
      message: expect.stringContaining(message),
      fix: expect.stringMatching(/./),
      docs: `docs/errors.md#${code.toLowerCase()}`,
    },
  ])
  const start = await run(['local', '3000'], { cwd: folder })
  expect(start.stderr).toContain(message)
  expect([start.code, (await doctor(folder, [])).code]).toEqual([2, 1])
})

test('an app and an Ory that do not answer are named, and an address that is not one of Ory', async () => {
  const page = createServer((_req, res) => res.end('<!doctype html>'))
  await new Promise<void>(resolve => page.listen(0, '127.0.0.1', resolve))
  const free = createServer()
  await new Promise<void>(resolve => free.listen(0, '127.0.0.1', resolve))
  const [pages, gone] = [page, free].map(
    server => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  )
  await new Promise(resolve => free.close(resolve))
  const cases: [app: string, sdkUrl: string, codes: string[]][] = [
    [gone!, ory.url, ['ORY_PROXY_APP_UNREACHABLE']],
    [app.url, gone!, ['ORY_PROXY_UNREACHABLE']],
    [app.url, pages!, ['NOT_ORY']],
    [app.url, ory.url, []],
  ]
  for (const [behind, sdkUrl, codes] of cases) {
    const command = await startLocal(behind, ['--no-https', '--sdk-url', sdkUrl])
    const { checks } = await report(project({}), command.url)
    expect(checks.map(({ code }) => code)).toEqual(codes)
    await command.end()
  }
  await new Promise(resolve => page.close(resolve))
})

test('a server whose clock is off, another program, and what the server has seen are named', async () => {
  const late = createServer((_req, res) => {
    res.setHeader('date', new Date(Date.now() - 60_000).toUTCString())
    res.end('{"diagnoses":[]}')
  })
  const stranger = createServer((_req, res) => res.end('hello'))
  for (const server of [late, stranger])
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const addressOf = (server: typeof late): string =>
    `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const codes = async (url: string): Promise<string[]> =>
    (await report(project({}), url)).checks.map(({ code }) => code)
  expect(await codes(addressOf(late))).toEqual(['CLOCK_OFF'])
  expect(await codes(addressOf(stranger))).toEqual(['PORT_HELD'])
  await fetch(`${other.url}/.ory/sessions/whoami`)
  expect(await codes(other.url)).toEqual(['SERVER_WITHOUT_COOKIE'])
  for (const server of [late, stranger]) server.close()
})

test('exits with 0, 1 and 2, the same with and without --json', async () => {
  const good = project({})
  const warned = project({ 'package.json': '{"dependencies":{"@ory/client":"^0.2.0"}}' })
  const ill = project({ '.env': 'VITE_ORY_SDK_URL=http://localhost:4433' })
  const cases: [string, string[], number][] = [
    [good, [], 0],
    [warned, [], 0],
    [warned, ['--strict'], 1],
    [ill, [], 1],
    [good, ['http://localhost:9'], 2],
    [good, ['nonsense'], 2],
  ]
  for (const [folder, args, code] of cases) {
    for (const form of [[], ['--json']]) expect((await doctor(folder, [...args, ...form])).code).toBe(code)
  }
  const said =
    /Error \[SDK_PAST_MOUNT\] \(\.env:1\) .*\n.*VITE_ORY_SDK_URL=\/\.ory.*\n {2}(.*)#sdk_past_mount\n/.exec(
      (await doctor(ill, [])).stdout,
    )
  expect(resolve(ill, said?.[1] ?? '')).toBe(join(root, 'docs/doctor.md'))
})

test('it finds the server that runs by itself, and none that has ended', async () => {
  const folder = project({ 'node_modules/.keep': '' })
  const started = spawn(
    process.execPath,
    [cli, 'local', app.url, '--sdk-url', ory.url, '--no-https', '--no-open', '--port', '0'],
    { cwd: folder },
  )
  await expect.poll(async () => (await report(folder)).server?.mode, { timeout: 20_000 }).toBe('ory')
  const ended = new Promise(resolve => started.once('exit', resolve))
  started.kill('SIGTERM')
  await ended
  expect((await report(folder)).server).toBeNull()
})

test('the command over https is found and looked at, and a backend that does not trust it is named with the cure', async () => {
  const HOME = emptyFolder()
  const command = await startLocal(app.url, ['--sdk-url', ory.url], { cwd: HOME })
  const ca = (await run(['cert', 'path'], { cwd: HOME })).stdout.trim()
  const folder = project({ '.env': `ORY_JWKS_URL=${command.url}/.ory/jwks.json\n` })
  for (const url of [command.url, command.url.replace('https', 'http')]) {
    const { server, checks } = await report(folder, url)
    expect(server).toEqual({ url: command.url, mode: 'ory' })
    expect(checks).toEqual([
      expect.objectContaining({
        code: 'CERT_UNTRUSTED',
        file: '.env',
        line: 1,
        fix: expect.stringMatching(
          /^NODE_EXTRA_CA_CERTS="\$\(npx ory-proxy cert path\)" \(in Windows' cmd: set /,
        ),
      }),
    ])
  }
  const trusting = await doctor(folder, [command.url, '--strict'], { NODE_EXTRA_CA_CERTS: ca })
  expect(trusting).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing wrong was found.') })
  await command.end()
})
