import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Emulator, type EmulatorOptions, startEmulator } from '../../../src/emulator/index.js'
import type { CourierMessage } from '../../../src/emulator/store/model.js'
import type { Logger } from '../../../src/log.js'
import { type Receiver, type Reply, receiver, snippet } from '../recorded/real-kratos.mjs'

let heard: Receiver
let reply: (count: number) => Reply
let emulator: Emulator
let lines: string[]
let log: Logger
beforeEach(async () => {
  reply = () => ({})
  heard = await receiver((_, arrived) => reply(arrived.length))
  lines = []
  const line = (message: string): void => void lines.push(message)
  log = { info: line, warn: line, error: line, debug: line }
})
afterEach(async () => {
  await emulator.close()
  await heard.close()
})

const overHttp = (more: object = {}, config: object = {}): object => ({
  worker: { pull_wait: '1ms' },
  delivery_strategy: 'http',
  http: { request_config: { url: `${heard.url}/mail`, ...config } },
  ...more,
})
async function start(courier: object, options: EmulatorOptions = {}): Promise<void> {
  emulator = await startEmulator({
    config: { courier, selfservice: { flows: { recovery: { enabled: true } } } },
    logger: log,
    ...options,
  })
}
async function recover(email = 'alice@example.com'): Promise<void> {
  const { ui } = await (await fetch(`${emulator.url}/self-service/recovery/api`)).json()
  const headers = { 'content-type': 'application/json' }
  await fetch(ui.action, { method: 'POST', headers, body: JSON.stringify({ method: 'code', email }) })
}
async function newest(): Promise<CourierMessage> {
  const [first] = await (await fetch(`${emulator.adminUrl}/admin/courier/messages`)).json()
  return (await fetch(`${emulator.adminUrl}/admin/courier/messages/${first.id}`)).json()
}
const untilIt = (expected: object): Promise<void> =>
  vi.waitFor(async () => expect(await newest()).toMatchObject(expected), { timeout: 20_000, interval: 20 })

test('a mail waits in the queue until it is looked at, and is sent then', { timeout: 30_000 }, async () => {
  await start({ worker: { pull_wait: '3s' } })
  await recover()
  const queued = await newest()
  expect(queued).toMatchObject({ status: 'queued', send_count: 0, type: 'email', channel: 'email' })
  expect(queued).not.toHaveProperty('dispatches')
  await untilIt({ status: 'sent', send_count: 1, dispatches: [{ status: 'success', message_id: queued.id }] })
  expect(await newest()).not.toHaveProperty('template_data')
  expect(await newest()).not.toHaveProperty('request_headers')
})

test('a negative pull_count, which Kratos takes, is no limit', async () => {
  await start({ worker: { pull_wait: '1ms', pull_count: -100_000_000 } })
  await recover()
  await recover('bob@example.com')
  await vi.waitFor(
    async () => {
      const messages = await (await fetch(`${emulator.adminUrl}/admin/courier/messages`)).json()
      expect(messages.map((one: CourierMessage) => one.status)).toEqual(['sent', 'sent'])
    },
    { timeout: 20_000, interval: 20 },
  )
})

test('without a body in the configuration a channel gets who, what and the code', async () => {
  await start(overHttp())
  await recover()
  await heard.count(1)
  const { subject, body } = await newest()
  expect(heard.arrived[0]!.body).toEqual({
    recipient: 'alice@example.com',
    to: 'alice@example.com',
    template_type: 'recovery_code_valid',
    recovery_code: /\d{6}/.exec(subject)?.[0],
    recovery_url: null,
    verification_url: null,
    verification_code: null,
    subject,
    body,
  })
})

test('what a channel refuses is tried again, and sent in the end', async () => {
  reply = count => ({ status: count < 3 ? 500 : 204 })
  await start(overHttp())
  await recover()
  await untilIt({ status: 'sent', send_count: 3 })
  const { dispatches } = await newest()
  expect(dispatches?.map(({ status }) => status)).toEqual(['success', 'failed', 'failed'])
  expect(lines.join('\n')).toContain(
    `could not be sent: ${heard.url}/mail: upstream server replied with status code 500`,
  )
})

test('what is never taken is given up after the retries of the configuration', async () => {
  reply = () => ({ status: 400 })
  await start(overHttp({ message_retries: 2 }))
  await recover()
  await untilIt({ status: 'abandoned', send_count: 3 })
  expect(heard.arrived).toHaveLength(3)
  expect(lines.join('\n')).toContain('given up after 3 times')
})

test('a body that fails leaves the mail in the queue, and the log says where', async () => {
  await start(overHttp({ message_retries: 0 }, { body: snippet('function(ctx) ctx.nope') }))
  await recover()
  await untilIt({ status: 'abandoned' })
  expect(heard.arrived).toEqual([])
  expect(lines.join('\n')).toMatch(/could not be sent: .*:1:15: .*nope/)
})

test('a channel elsewhere is not called, which is said once; the mail is in the inbox', async () => {
  await start(
    overHttp({ http: { request_config: { url: 'https://user:pw@mail.example.com/send?key=secret' } } }),
  )
  await recover()
  await recover('bob@example.com')
  await untilIt({ status: 'sent' })
  const told = lines.filter(line => line.includes('is not called'))
  expect(told).toEqual([expect.stringContaining('courier: https://mail.example.com/send is not called')])
  expect(lines.join('\n')).not.toMatch(/secret|user:pw/)
})

test.for<[string, object, string]>([
  [
    'a mail server',
    { smtp: { connection_uri: 'smtp://localhost:1025' } },
    'courier.smtp (connection_uri) is not used: mails end in the inbox',
  ],
  [
    'HTTP that is not switched on',
    { http: { request_config: { url: 'http://127.0.0.1:9/' } } },
    'courier.http is not used: courier.delivery_strategy is smtp',
  ],
])('%s is named in one line', async ([, courier, line]) => {
  await start(courier)
  expect(lines.filter(one => one.includes(line))).toHaveLength(1)
})

test('an unknown key of the courier is named', async () => {
  await start({ workers: { pull_wait: '1s' } })
  expect(lines.join('\n')).toContain('unknown: courier.workers')
})

test('a template of a server on this machine is read, and one that fails sends nothing and says why', async () => {
  reply = count => ({ text: count === 1 ? 'Hi {{ .To }}' : '' })
  const subject = `${heard.url}/subject`
  await start({ templates: { recovery_code: { valid: { email: { subject } } } } })
  await heard.count(1)
  await vi.waitFor(async () => {
    await recover()
    expect(await newest()).toMatchObject({ subject: 'Hi alice@example.com' })
  })
  await emulator.close()
  lines.length = 0
  await start({ templates: { recovery_code: { valid: { email: { subject: snippet('{{ .Nope }}') } } } } })
  await recover()
  expect(await (await fetch(`${emulator.adminUrl}/admin/courier/messages`)).json()).toEqual([])
  expect(lines.join('\n')).toMatch(
    /\[mail\] to alice@example\.com is not sent: .*:1:4: can't evaluate field Nope in type \*email\.RecoveryCodeValidModel/,
  )
})

test('a template that does not parse is a line at the start, with its place', async () => {
  const html = snippet('<p>{{ if .To }}</p>')
  await start({ templates: { recovery_code: { valid: { email: { body: { html } } } } } })
  expect(lines.join('\n')).toMatch(
    /:1:4: \{\{if\}\} has no \{\{end\}\} \(what it is for fails, as in Kratos\)/,
  )
  await recover()
  await untilIt({ subject: expect.stringMatching(/^Use code/) })
})
