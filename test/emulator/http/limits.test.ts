import dns from 'node:dns'
import { isIP, Socket } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import type { Flow } from '../../../src/emulator/flows/types.js'
import { LIMITS, State } from '../../../src/emulator/store/state.js'
import { signIn, startClient } from '../_emulator.js'

afterEach(() => vi.restoreAllMocks())

/** Where sockets of this process are opened to, as `host:port`; a name that has to be looked up counts as well. */
function watchConnections(): Set<string> {
  const seen = new Set<string>()
  const connect = Socket.prototype.connect
  vi.spyOn(Socket.prototype, 'connect').mockImplementation(function (this: Socket, ...args: unknown[]) {
    const given = (Array.isArray(args[0]) ? args[0][0] : args[0]) as { host?: string; port?: number }
    seen.add(`${given.host}:${given.port}`)
    return connect.apply(this, args as never)
  })
  const lookup = dns.lookup
  vi.spyOn(dns, 'lookup').mockImplementation(((name: string, ...rest: unknown[]) => {
    if (isIP(name) === 0) seen.add(`lookup of ${name}`) // listening on an address looks that up, too
    return (lookup as (...args: unknown[]) => void)(name, ...rest)
  }) as never)
  return seen
}

test('the watch sees a connection to somewhere else', async () => {
  const seen = watchConnections()
  await fetch('http://127.0.0.1:1234/').catch(() => {})
  await fetch('http://elsewhere.invalid/').catch(() => {})
  expect([...seen]).toEqual(expect.arrayContaining(['127.0.0.1:1234', 'lookup of elsewhere.invalid']))
})

test('sign-in, recovery by mail and social sign-in open no connection to anywhere', async () => {
  const seen = watchConnections()
  const client = await startClient()
  try {
    expect((await signIn(client, 'alice@example.com', 'ory-dev-password')).status).toBe(200)
    const recovery = await client.call('GET', '/self-service/recovery/api')
    const mail = { method: 'code', email: 'alice@example.com' }
    expect((await client.call('POST', `/self-service/recovery?flow=${recovery.body.id}`, mail)).status).toBe(
      200,
    )
    const registration = await client.call('GET', '/self-service/registration/browser')
    const csrf = registration.body.ui.nodes.find((node: { attributes: { name: string } }) => {
      return node.attributes.name === 'csrf_token'
    })
    const cookie = registration.headers.getSetCookie()[0]!.split(';')[0]!
    const chosen = await client.call(
      'POST',
      `/self-service/registration?flow=${registration.body.id}`,
      { method: 'oidc', provider: 'mock', csrf_token: csrf.attributes.value },
      { cookie },
    )
    expect(chosen.status).toBe(422)
    expect(new URL(chosen.body.redirect_browser_to).origin).toBe(client.emulator.url)
    const own = [client.emulator.url, client.emulator.adminUrl!].map(url => new URL(url).host)
    expect([...seen].filter(to => !own.includes(to))).toEqual([]) // ours are this test's own requests
  } finally {
    await client.emulator.close()
  }
})

const flow = (id: number): Flow =>
  ({
    id: `${id}`,
    kind: 'login',
    type: 'api',
    expires_at: '2030-01-01T00:00:00Z',
    ui: { nodes: [] },
  }) as never

test('100,000 flows are not kept: the newest are', () => {
  const state = new State()
  for (let id = 0; id < 100_000; id++) state.putFlow(flow(id))
  expect(state.flowCount).toBe(LIMITS.flows)
  expect(state.flow('0')).toBeUndefined()
  expect(state.flow('99999')).toMatchObject({ id: '99999' })
})

test('however many names a dev server is asked by, the last ones count, and no answer grows by them', async () => {
  const client = await startClient()
  const at = (origin: string): Record<string, string> => ({ 'ory-base-url-rewrite': `${origin}/.ory` })
  const back = async (origin: string): Promise<number> => {
    const path = `/self-service/login/browser?return_to=${origin}/x`
    return (await client.call('GET', path, undefined, at('http://localhost:1'))).status
  }
  for (let port = 1; port <= 200; port++) {
    await client.call('GET', '/health/alive', undefined, at(`http://localhost:${port}`))
  }
  expect(await back('http://localhost:200')).toBe(200)
  expect(await back('http://localhost:2')).toBe(400)
  const page = await fetch(`${client.emulator.url}/ui/welcome`)
  expect(page.headers.get('content-security-policy')!.length).toBeLessThan(2000)
  await client.emulator.close()
})
