import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freePort } from '../../_faces.js'
import { emptyFolder, run, start } from '../_command.js'

const flags = ['emulator', '--port', '0', '--admin-port', '0']

test('serves both APIs and keeps its people from one run to the next', async () => {
  const cwd = emptyFolder()
  const first = start([...flags, '--export', 'state.json'], { cwd })
  const [, publicUrl, adminUrl] = await first.until(/Public API\s+(\S+)\s+Admin API\s+(\S+)/)
  expect((await fetch(`${publicUrl}/health/alive`)).status).toBe(200)
  const added = await fetch(`${adminUrl}/admin/identities`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ schema_id: 'default', traits: { email: 'new@example.com' } }),
  })
  expect([added.status, await added.text()]).toEqual([201, expect.stringContaining('new@example.com')])
  expect(await first.end('SIGINT')).toBe(0)
  expect(existsSync(join(cwd, 'state.json'))).toBe(true)
  expect(readFileSync(join(cwd, 'state.json'), 'utf8')).toContain('new@example.com')

  const second = start([...flags, '--import', 'state.json'], { cwd })
  const [, again] = await second.until(/Admin API\s+(\S+)/)
  expect(await (await fetch(`${again}/admin/identities`)).text()).toContain('new@example.com')
  expect(await second.end()).toBe(0)
})

test.for([
  [['--seed', 'missing.json'], /missing\.json/],
  [['--config', 'missing.yml'], /missing\.yml/],
  [['--import', 'missing.json'], /missing\.json/],
] as [string[], RegExp][])('%j ends in one line', async ([more, message]) => {
  const { code, stderr } = await run([...flags, ...more])
  expect(stderr).toMatch(message)
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect(code).toBe(2)
})

test('the ports of the configuration count where no flag says otherwise', async () => {
  const cwd = emptyFolder()
  const [port, adminPort] = [await freePort(), await freePort()]
  const serve = { public: { port }, admin: { port: adminPort } }
  writeFileSync(join(cwd, 'kratos.json'), JSON.stringify({ serve }))
  const emulator = start(['emulator', '--config', 'kratos.json'], { cwd })
  const [, publicUrl, adminUrl] = await emulator.until(/Public API\s+(\S+)\s+Admin API\s+(\S+)/)
  expect([publicUrl, adminUrl]).toEqual([`http://127.0.0.1:${port}`, `http://127.0.0.1:${adminPort}`])
  expect(await emulator.end()).toBe(0)
})

test('several configurations and the environment count as Kratos takes them, and an edit counts at once', async () => {
  const cwd = emptyFolder()
  const [port, adminPort] = [await freePort(), await freePort()]
  const write = (name: string, text: string): void => writeFileSync(join(cwd, name), text)
  write('person.json', '{"properties": {"traits": {"properties": {"email": {"type": "string"}}}}}')
  write('kratos.yml', `identity: {schemas: [{id: default, url: file:///etc/config/kratos/person.json}]}`)
  write('over.yml', `serve: {public: {port: 1}, admin: {port: ${adminPort}}}`)
  const env = { SERVE_PUBLIC_PORT: String(port) }
  const emulator = start(['emulator', '-c', 'kratos.yml,over.yml'], { cwd, env })
  const [, publicUrl, adminUrl] = await emulator.until(/Public API\s+(\S+)\s+Admin API\s+(\S+)/)
  expect([publicUrl, adminUrl]).toEqual([`http://127.0.0.1:${port}`, `http://127.0.0.1:${adminPort}`])
  write('over.yml', 'session: {lifespan: soon}')
  await emulator.until(/over\.yml:1:\d+: "session\.lifespan" must be a duration.*before the edit counts/)
  write('over.yml', 'session: {lifespan: 2h}')
  await emulator.until(/kratos\.yml, over\.yml: taken over; ports count from the next start on/)
  expect(await emulator.end()).toBe(0)
})

test('a key that has no meaning today ends in one line that names it', async () => {
  const cwd = emptyFolder()
  writeFileSync(join(cwd, 'kratos.yml'), 'serve: {public: {domain_aliases: []}}')
  const { code, stderr } = await run(['emulator', '--config', 'kratos.yml'], { cwd })
  expect(stderr).toMatch(
    /^ory-proxy ORY_PROXY_EMULATOR_CONFIG: kratos\.yml:1:18: "serve\.public\.domain_aliases" was Kratos' until v0\.8/,
  )
  expect([stderr.trim().split('\n').length, code]).toEqual([1, 2])
})

test.for(['--port', '--admin-port'])('a taken %s is told, with one that is free', async flag => {
  const first = start(flags)
  const [, port] = await first.until(/Public API\s+http:\/\/[^:]+:(\d+)/)
  const { code, stderr } = await run([...flags, flag, port!])
  expect(stderr).toMatch(
    new RegExp(
      `^ory-proxy ORY_PROXY_PORT_TAKEN: Port ${port} is taken.* Port (\\d+) is free: ${flag} \\1\\.`,
    ),
  )
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect(code).toBe(1)
  await first.end()
})

test("an address that is not this machine's is told", async () => {
  const { code, stderr } = await run([...flags, '--host', 'no.such.host.invalid'])
  expect([code, stderr]).toEqual([2, expect.stringContaining('--host no.such.host.invalid is no address')])
})

test('--json says where it is, and what it says is JSON', async () => {
  const emulator = start([...flags, '--json'])
  const [line] = await emulator.until(/\{.*\}\n/)
  const facts = JSON.parse(line) as {
    type: string
    url: string
    adminUrl: string
    people: { email: string }[]
  }
  expect(facts).toMatchObject({ type: 'started', people: [{ email: 'alice@example.com' }, {}] })
  expect((await fetch(`${facts.url}/health/alive`)).status).toBe(200)
  expect((await fetch(`${facts.adminUrl}/admin/health/alive`)).status).toBe(200)
  const flow = (await (await fetch(`${facts.url}/self-service/recovery/api`)).json()) as { id: string }
  await fetch(`${facts.url}/self-service/recovery?flow=${flow.id}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ method: 'code', email: 'alice@example.com' }),
  })
  await emulator.until(/\[mail\]/)
  expect(await emulator.end()).toBe(0)
  const types = emulator
    .stdout()
    .trim()
    .split('\n')
    .map(text => (JSON.parse(text) as { type: string }).type)
  expect(types).toEqual(['started', 'log'])
  expect(emulator.stderr()).toBe('')
})

test('it does not start in production', async () => {
  const { code, stderr } = await run(flags, { env: { NODE_ENV: 'production' } })
  expect(stderr).toContain('NODE_ENV=production')
  expect(code).toBe(1)
})
