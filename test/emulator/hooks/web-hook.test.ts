import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { WebHookConfig } from '../../../src/emulator/config/model.js'
import {
  runWebHook,
  type WebHookContext,
  type WebHookDeps,
  WebHookFailed,
  type WebHookOutcome,
} from '../../../src/emulator/hooks/web-hook.js'
import { startEmulator } from '../../../src/emulator/index.js'
import { snippetOf } from '../../../src/emulator/snippets/snippet.js'
import { load } from '../../../src/jsonnet/index.js'
import type { Logger } from '../../../src/log.js'
import { snippet } from '../recorded/real-kratos.mjs'

interface Received {
  method: string
  url: string
  headers: IncomingHttpHeaders
  body: string
}
let received: Received[] = []
let answer: { status: number; body?: string; headers?: Record<string, string>; never?: boolean }
let server: Server
let url: string
let lines: string[]
let log: Logger

beforeAll(async () => {
  server = createServer(async (req, res) => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk as Buffer)
    received.push({
      method: req.method!,
      url: req.url!,
      headers: req.headers,
      body: Buffer.concat(chunks).toString(),
    })
    if (!answer.never) res.writeHead(answer.status, answer.headers).end(answer.body)
  })
  await new Promise<void>(done => void server.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  received = []
  answer = { status: 204 }
  lines = []
  const line = (message: string): void => void lines.push(message)
  log = { info: line, warn: line, error: line, debug: line }
})

const ALL = snippet('function(ctx) ctx')
const TEXT = { name: 'all.jsonnet', text: 'function(ctx) ctx', read: () => Promise.resolve('') }
const hook = (config: Partial<WebHookConfig> = {}): WebHookConfig => ({
  url,
  method: 'POST',
  body: ALL,
  headers: {},
  response: { ignore: false, parse: false },
  can_interrupt: false,
  ...config,
})
const context: WebHookContext = {
  flow: { id: 'f' },
  request_headers: { 'User-Agent': ['test'] },
  request_method: 'POST',
  request_url: 'http://127.0.0.1:4433/self-service/registration?flow=f',
  request_cookies: {},
  identity: { id: 'i', traits: { email: 'ada@example.com' } },
}
const deps = (timeout = 5_000): WebHookDeps => ({
  log,
  timeout,
  snippets: new Map([[ALL, snippetOf(TEXT, load)]]),
  pause: () => Promise.resolve(),
})
const run = (config: Partial<WebHookConfig> = {}, timeout?: number): Promise<WebHookOutcome> =>
  runWebHook(hook(config), context, deps(timeout))

test('a body may choose from everything there is', async () => {
  await run()
  expect(received[0]).toMatchObject({ method: 'POST', url: '/hook' })
  expect(received[0]!.headers['content-type']).toBe('application/json')
  expect(JSON.parse(received[0]!.body)).toEqual(context)
})

test.for<[string, object, Record<string, string[]>]>([
  ['which by default are no credentials', {}, { 'User-Agent': ['test'] }],
  [
    'whose list the configuration may change',
    { web_hook: { header_allowlist: ['x-trace-ID', 'authorization'] } },
    { 'X-Trace-Id': ['1'], Authorization: ['Bearer x'] },
  ],
])('a hook hears of some headers only, %s', async ([, clients, expected]) => {
  const hooks = [{ hook: 'web_hook', config: { url, method: 'POST', body: ALL } }]
  const config = { clients, selfservice: { flows: { login: { before: { hooks } } } } }
  const emulator = await startEmulator({ config, seed: [] })
  const headers = {
    'user-agent': 'test',
    cookie: 'ory_kratos_session=secret',
    authorization: 'Bearer x',
    'x-trace-id': '1',
  }
  try {
    expect((await fetch(`${emulator.url}/self-service/login/api`, { headers })).status).toBe(200)
    const { request_headers } = JSON.parse(received[0]!.body)
    for (const name of ['Accept', 'Accept-Encoding', 'Accept-Language', 'Sec-Fetch-Mode'])
      delete request_headers[name]
    expect(request_headers).toEqual(expected)
  } finally {
    await emulator.close()
  }
})

test('a hook without a body fails as in Kratos, and the log says what to write', async () => {
  const hooks = [{ hook: 'web_hook', config: { url, method: 'POST' } }]
  const config = { selfservice: { flows: { registration: { before: { hooks } } } } }
  const emulator = await startEmulator({ config, seed: [], logger: log })
  const answered = await fetch(`${emulator.url}/self-service/registration/api`)
  expect([answered.status, await answered.text()]).toEqual([
    500,
    expect.stringContaining('empty template path'),
  ])
  expect(lines.join()).toContain(`web hook ${url} failed: it has no "body": name a Jsonnet program there`)
  await emulator.close()
})

test('what is wrong in a body is in the log with its place, and not in the answer', async () => {
  const config = { url, method: 'POST', body: snippet('function(ctx) ctx.nope') }
  const flows = { registration: { before: { hooks: [{ hook: 'web_hook', config }] } } }
  const emulator = await startEmulator({ config: { selfservice: { flows } }, seed: [], logger: log })
  const answered = await fetch(`${emulator.url}/self-service/registration/api`)
  expect([answered.status, await answered.text()]).toEqual([500, expect.not.stringContaining('nope')])
  expect(lines.join()).toMatch(/:1:15: .*nope/)
  await emulator.close()
})

test('what may be a secret in its address is not in a log line', async () => {
  await run({ url: 'https://user:password@hooks.example.com/sign-up?token=secret#secret' })
  expect(lines.join()).toContain('https://hooks.example.com/sign-up')
  expect(lines.join()).not.toMatch(/password|secret/)
})

test.for<[string, typeof answer]>([
  ['that is tried three times', { status: 429, headers: { 'retry-after': '0' } }],
  ['that refuses', { status: 404 }],
  [
    'that redirects',
    { status: 302, headers: { location: 'http://u:password@hooks.example.com/?token=secret' } },
  ],
])('nor of one %s, and it is in no answer', async ([, given]) => {
  answer = given
  const secret = url.replace('http://', 'http://user:password@').concat('?token=secret')
  const config = { url: secret, method: 'POST', body: ALL }
  const flows = { registration: { before: { hooks: [{ hook: 'web_hook', config }] } } }
  const emulator = await startEmulator({ config: { selfservice: { flows } }, seed: [], logger: log })
  const answered = await (await fetch(`${emulator.url}/self-service/registration/api`)).text()
  expect(answered).toMatch(/giving up|failed with status/)
  expect(lines.length).toBeGreaterThan(0)
  expect(answered + lines.join()).not.toMatch(/password|secret/)
  await emulator.close()
})

test.for([
  'https://hooks.example.com/',
  'http://10.0.0.1/',
  'http://[2001:db8::1]/',
  'http://localhost.example.com/',
  'http://127.0.0.1.example.com/',
  'http://0.0.0.0/',
  'nonsense',
])('%s is not called, which is said once', async away => {
  expect(await run({ url: away })).toEqual({ kind: 'passed' })
  await run({ url: away })
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain('is not called')
})

test('a redirect is followed on this machine, and nowhere else', async () => {
  answer = { status: 302, headers: { location: 'http://hooks.example.com/' } }
  await expect(run()).rejects.toThrow('it redirects to hooks.example.com, which is not asked')
})

test('a hook that sends to itself for ever is left after ten times', async () => {
  answer = { status: 302, headers: { location: url } }
  await expect(run()).rejects.toThrow('stopped after 10 redirects')
  expect(received.length).toBe(3 * 11)
})

test('a hook that calls what calls it is stopped, with one line', async () => {
  let emulator: Awaited<ReturnType<typeof startEmulator>> | undefined
  let calls = 0
  const looping = createServer(async (_, res) => {
    calls++
    // Refused at the end, or this would never end.
    await fetch(`${emulator?.url}/self-service/registration/api`).catch(() => {})
    res.end('{}')
  })
  await new Promise<void>(done => void looping.listen(0, '127.0.0.1', done))
  const own = `http://127.0.0.1:${(looping.address() as AddressInfo).port}/loop`
  const hooks = [{ hook: 'web_hook', config: { url: own, method: 'POST', body: ALL } }]
  const config = { selfservice: { flows: { registration: { before: { hooks } } } } }
  emulator = await startEmulator({ config, seed: [], logger: log })
  expect((await fetch(`${emulator.url}/self-service/registration/api`)).status).toBe(200)
  expect(calls).toBe(64)
  expect(lines.filter(line => line.includes('does it call what calls it?'))).toHaveLength(1)
  await emulator.close()
  looping.close()
})

test('a hook that nobody waits for and that sets itself off is stopped, with one line', async () => {
  let emulator: Awaited<ReturnType<typeof startEmulator>> | undefined
  let calls = 0
  let last: Promise<unknown> = Promise.resolve()
  const looping = createServer((_, res) => {
    calls++
    last = fetch(`${emulator?.url}/self-service/registration/api`).finally(() => res.end('{}'))
  })
  await new Promise<void>(done => void looping.listen(0, '127.0.0.1', done))
  const own = `http://127.0.0.1:${(looping.address() as AddressInfo).port}/ignored`
  const config = { url: own, method: 'POST', body: ALL, response: { ignore: true } }
  const before = { hooks: [{ hook: 'web_hook', config }] }
  emulator = await startEmulator({
    config: { selfservice: { flows: { registration: { before } } } },
    seed: [],
    logger: log,
  })
  await fetch(`${emulator.url}/self-service/registration/api`)
  await expect
    .poll(() => lines.filter(line => line.includes('does it cause what calls it?')), { timeout: 45_000 })
    .toHaveLength(1)
  await last
  expect(calls).toBe(1000)
  await emulator.close()
  looping.close()
})

test('of an answer of megabytes five are read, which is said', async () => {
  answer = { status: 200, body: JSON.stringify({ x: 'x'.repeat(6 * 1024 * 1024) }) }
  await expect(run({ response: { ignore: false, parse: true } })).rejects.toBeInstanceOf(WebHookFailed)
  expect(lines.join()).toContain('answers more than 5 MiB')
})

test('a hook that Kratos never calls is not called here either, which is said once', async () => {
  const asked = { url, method: 'POST', body: ALL, response: { parse: true } }
  const flows = { registration: { after: { hooks: [{ hook: 'web_hook', config: asked }] } } }
  const emulator = await startEmulator({ config: { selfservice: { flows } }, seed: [], logger: log })
  for (const email of ['a@example.com', 'b@example.com']) {
    const { ui } = await (await fetch(`${emulator.url}/self-service/registration/api`)).json()
    const body = JSON.stringify({ method: 'password', password: 'Tr0ub4dor&3-lab', traits: { email } })
    const headers = { 'content-type': 'application/json' }
    expect((await fetch(ui.action, { method: 'POST', headers, body })).status).toBe(200)
  }
  expect(received).toEqual([])
  expect(lines.filter(line => line.includes('stands below a method'))).toHaveLength(1)
  await emulator.close()
})

test('a host that a setting lists is called', async () => {
  const there = `http://machine.test:${new URL(url).port}/hook`
  const failure = await runWebHook(hook({ url: there }), context, {
    ...deps(),
    hosts: ['machine.test'],
  }).catch((error: Error) => error)
  // Nobody has that name here: that it was looked for is what a listed host differs in.
  expect(String(failure)).toMatch(/ENOTFOUND|EAI_AGAIN/)
  expect(await runWebHook(hook({ url: there }), context, deps())).toEqual({ kind: 'passed' })
})

test('what is asked again waits as long as the server says, then one second and two', async () => {
  const waits: number[] = []
  const pause = async (wait: number): Promise<void> => void waits.push(wait)
  answer = { status: 503, headers: { 'retry-after': '7' } }
  await runWebHook(hook(), context, { ...deps(), pause }).catch(() => {})
  answer = { status: 500 }
  await runWebHook(hook(), context, { ...deps(), pause }).catch(() => {})
  expect(waits).toEqual([7000, 7000, 1000, 2000])
  const ids = received.map(({ headers }) => [
    headers['ory-webhook-trigger-id'],
    headers['ory-webhook-request-id'],
  ])
  expect(new Set(ids.map(([trigger]) => trigger)).size).toBe(2)
  expect(new Set(ids.map(([, request]) => request)).size).toBe(6)
})

test.for<[NonNullable<WebHookConfig['auth']>, Record<string, string>]>([
  [{ type: 'basic_auth', config: { user: 'u', password: 'p' } }, { authorization: 'Basic dTpw' }],
  [{ type: 'api_key', config: { name: 'X-Key', value: 'k', in: 'header' } }, { 'x-key': 'k' }],
  [{ type: 'api_key', config: { name: 'key', value: 'k', in: 'cookie' } }, { cookie: 'key=k' }],
])('%j authenticates the emulator', async ([auth, headers]) => {
  await run({ auth })
  expect(received[0]!.headers).toMatchObject(headers)
})

test('an answer may change the identity, within limits', async () => {
  const identity = {
    traits: { email: 'x@example.com' },
    metadata_public: { plan: 'pro' },
    id: 'no',
    state: '',
  }
  answer = { status: 200, body: JSON.stringify({ identity }) }
  const changes = { traits: { email: 'x@example.com' }, metadata_public: { plan: 'pro' } }
  expect(await run({ response: { ignore: false, parse: true } })).toEqual({ kind: 'identity', changes })
})

test('without "parse", the answer changes nothing', async () => {
  answer = { status: 200, body: JSON.stringify({ identity: { traits: {} } }) }
  expect(await run()).toEqual({ kind: 'passed' })
})

test.for<[Partial<WebHookConfig>]>([
  [{ can_interrupt: true }],
  [{ response: { ignore: false, parse: true } }],
])('an answer of 400 stops the flow with messages when %j', async ([config]) => {
  const message = { id: 123, text: 'No robots', type: 'error', context: { a: 1 } }
  const body = { messages: [{ instance_ptr: '#/traits/email', messages: [message] }] }
  answer = { status: 400, body: JSON.stringify(body) }
  const rejections = [{ pointer: '#/traits/email', messages: [message] }]
  expect(await run(config)).toEqual({ kind: 'rejected', rejections })
})

test.for<[string, typeof answer, Partial<WebHookConfig>, number]>([
  ['an error status', { status: 500 }, {}, 500],
  ['a refusal', { status: 404 }, {}, 502],
  ['an error that is no JSON', { status: 400, body: 'oops' }, { can_interrupt: true }, 500],
  ['an error without messages', { status: 400, body: '{}' }, { can_interrupt: true }, 500],
  [
    'an identity that is no JSON',
    { status: 200, body: '[' },
    { response: { ignore: false, parse: true } },
    500,
  ],
  ['no answer in time', { status: 200, never: true }, {}, 504],
  ['nobody there', { status: 200 }, { url: 'http://127.0.0.1:1/' }, 500],
  ['both ignoring and parsing', { status: 200 }, { response: { ignore: true, parse: true } }, 500],
])('%s fails the flow', async ([, given, config, status]) => {
  answer = given
  const failure = await run(config, 300).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(WebHookFailed)
  expect(failure).toMatchObject({ status })
})

test('an ignored hook is sent, does not hold the flow up, and fails with a line in the log', async () => {
  answer = { status: 404 }
  expect(await run({ response: { ignore: true, parse: false } })).toEqual({ kind: 'passed' })
  await vi.waitFor(() => expect(lines.join()).toContain('webhook failed with status code 404'))
  expect(received).toHaveLength(1)
})
