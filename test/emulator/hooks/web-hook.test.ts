import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { WebHookConfig } from '../../../src/emulator/config/model.js'
import {
  runWebHook,
  type WebHookContext,
  WebHookFailed,
  type WebHookOutcome,
} from '../../../src/emulator/hooks/web-hook.js'
import { startEmulator } from '../../../src/emulator/index.js'
import type { Logger } from '../../../src/log.js'

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

const hook = (config: Partial<WebHookConfig> = {}): WebHookConfig => ({
  url,
  method: 'POST',
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
const run = (config: Partial<WebHookConfig> = {}, timeout = 5_000): Promise<WebHookOutcome> =>
  runWebHook(hook(config), context, { log, timeout })

test('a hook without a template is told everything', async () => {
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
  const hooks = [{ hook: 'web_hook', config: { url, method: 'POST' } }]
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

test('a Jsonnet body is not evaluated: the hook gets everything, which is said once', async () => {
  await run({ body: 'file://./body.jsonnet' })
  await run({ body: 'file://./body.jsonnet' })
  expect(JSON.parse(received[1]!.body)).toMatchObject({ identity: context.identity })
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain('Jsonnet, is not supported')
})

test('headers of the configuration are sent', async () => {
  await run({ headers: { 'X-A': 'b', 'Content-Type': 'application/vnd.hook+json' } })
  expect(received[0]!.headers).toMatchObject({ 'x-a': 'b', 'content-type': 'application/vnd.hook+json' })
})

test('what may be a secret in its address is not in a log line', async () => {
  await run({ url: 'https://user:password@hooks.example.com/sign-up?token=secret#secret' })
  expect(lines.join()).toContain('https://hooks.example.com/sign-up')
  expect(lines.join()).not.toMatch(/password|secret/)
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

test('a redirect is not followed', async () => {
  answer = { status: 302, headers: { location: `${url}/elsewhere` } }
  expect(await run()).toEqual({ kind: 'passed' })
  expect(received).toHaveLength(1)
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
  ['an error status', { status: 500 }, {}, 502],
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
  answer = { status: 500 }
  expect(await run({ response: { ignore: true, parse: false } })).toEqual({ kind: 'passed' })
  await vi.waitFor(() => expect(lines.join()).toContain('webhook failed with status code 500'))
  expect(received).toHaveLength(1)
})
