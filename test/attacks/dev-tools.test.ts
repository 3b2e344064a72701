import { afterAll, beforeAll, expect, test } from 'vitest'
import { isRebound, whyNoAdmin } from '../../src/emulator/http/callers.js'
import { type Emulator, startEmulator } from '../../src/emulator/index.js'
import { type EchoApp, startEchoApp } from '../_app.js'
import { FACES, type Face } from '../_faces.js'
import { rawRequest } from '../_raw.js'
import { startWeak } from './_weak.js'

let emulator: Emulator
let app: EchoApp
let ours: Face
let weak: Face

beforeAll(async () => {
  ;[emulator, app] = await Promise.all([startEmulator(), startEchoApp()])
  ours = await FACES['connect']!(app.url, { sdkUrl: emulator.url })
  weak = await startWeak(app.url, emulator.url)
})
afterAll(async () => {
  await Promise.all([ours, weak].map(face => face.close()))
  await Promise.all([emulator.close(), app.close()])
})

/** The status that a page of another site gets for changing something with the dev tools. */
async function reset(face: Face, host: string, ...headers: string[]): Promise<number> {
  const form = ['Content-Type: application/x-www-form-urlencoded', 'Content-Length: 0']
  return (
    await rawRequest(face.url, '/.ory/dev/reset', { method: 'POST', host, headers: [...form, ...headers] })
  ).status
}

test.for([
  ['by a name that points here', 'evil.example', []],
  ['by naming itself the front end', 'localhost', ['Ory-Base-URL-Rewrite: http://evil.example']],
  ['by X-Forwarded-Host', 'localhost', ['X-Forwarded-Host: evil.example']],
] as const)('a page of another site does not reach the dev tools %s', async ([, host, headers]) => {
  const foreign = ['Origin: http://evil.example', ...headers]
  expect(await reset(weak, host, ...foreign), 'the weak one lets it through').toBeLessThan(400)
  expect(await reset(ours, host, ...foreign)).toBe(403)
})

test('a form or an image of another site does not reach them either, a page of ours does', async () => {
  const { host, origin } = new URL(ours.url)
  expect(await reset(ours, host, 'Origin: http://evil.example')).toBe(403)
  expect(await reset(ours, host, 'Origin: null', 'Sec-Fetch-Site: cross-site')).toBe(403)
  expect(await reset(ours, host, 'Sec-Fetch-Site: cross-site')).toBe(403)
  expect(await reset(ours, host, `Origin: ${origin}`, 'Sec-Fetch-Site: same-origin')).toBe(200)
})

test.for([
  ['evil.example', 403, 403],
  ['127.0.0.1.evil.example', 403, 403],
  ['localhost.evil.example', 403, 403],
  ['evil.test.example', 403, 403],
  ['evil.internal.example', 403, 403],
  ['', 200, 200],
  ['localhost:1', 200, 200],
  ['LOCALHOST.', 200, 200],
  ['ory.localhost', 200, 200],
  ['[::1]:4434', 200, 200],
  ['127.8.9.1', 200, 200],
  ['192.0.2.1', 403, 200],
  ['[2001:db8::1]:4434', 403, 200],
  ['kratos:4434', 403, 200],
  ['auth.app.test', 403, 200],
  ['evil.internal', 403, 200],
  ['host.docker.internal:4434', 200, 200],
] as const)(
  'the emulator itself is no way for a page whose name points here: %j',
  async ([host, admin, open]) => {
    for (const [url, path, status] of [
      [emulator.adminUrl!, '/admin/identities', admin],
      [emulator.url, '/sessions/whoami', open],
    ] as const) {
      const answer = await rawRequest(url, path, { host })
      expect([path, answer.status === 403 ? 403 : 200]).toEqual([path, status])
      if (status === 403) expect(answer.body).not.toContain('alice@example.com')
    }
  },
)

test('from the network it is reached by whatever name the network has for it; its admin API by none that anybody may own', () => {
  const { base, adminBase } = { base: 'http://127.0.0.1:1', adminBase: 'http://127.0.0.1:2' }
  const core = { base, adminBase, config: { serve: { admin: {} } } }
  const asked = (host: string, peer: string): boolean[] => {
    const x = { caller: { host, peer }, core } as never
    return [isRebound(x, []), whyNoAdmin(x, []) !== undefined]
  }
  expect(asked('ci.example', '::ffff:127.0.0.1')).toEqual([true, true])
  expect(asked('ci.example', '172.18.0.3')).toEqual([false, true])
  for (const host of ['kratos:4434', '172.18.0.2:4434', '[fd00::2]', 'host.docker.internal']) {
    expect(asked(host, '172.18.0.3')).toEqual([false, false])
  }
})

test('the names it is configured with, and those that are listed, are its own', async () => {
  const named = await startEmulator({
    publicUrl: 'https://auth.example.com',
    config: { serve: { admin: { base_url: 'https://admin.example.com:4434' } } },
    allowedHosts: ['ci.example', '.below.example'],
  })
  const ask = async (host: string): Promise<number> =>
    (await rawRequest(named.adminUrl!, '/admin/identities', { host })).status
  for (const host of ['auth.example.com', 'admin.example.com', 'ci.example', 'a.below.example']) {
    expect([host, await ask(host)]).toEqual([host, 200])
  }
  const { status, body } = await rawRequest(named.adminUrl!, '/admin/identities', { host: 'x.ci.example' })
  await named.close()
  expect([status, body]).toEqual([403, expect.stringContaining('--allowed-hosts x.ci.example')])
})

test.for([
  [[], 200],
  [['X-Forwarded-For: 203.0.113.7'], 403],
  [['X-Forwarded-For: 127.0.0.1, 203.0.113.7'], 403],
  [['X-Forwarded-For: 127.0.0.1', 'X-Forwarded-For: 203.0.113.7'], 403],
  [['X-Forwarded-For: nonsense'], 403],
  [['X-Forwarded-For: 127.0.0.1, ::1,::ffff:127.0.0.1'], 200],
] as const)(
  'who comes through a tunnel on this machine is not on this machine: %j',
  async ([headers, status]) => {
    expect(await reset(ours, new URL(ours.url).host, ...headers)).toBe(status)
  },
)

test.for([
  '/.ory/ui/login',
  '/.ory/ui/registration',
  '/.ory/ui/recovery',
  '/.ory/ui/welcome',
  '/.ory/ui/error',
])('%s cannot be framed and runs no script that is not its own', async path => {
  let response = await fetch(ours.url + path, { headers: { accept: 'text/html' } })
  if (response.status >= 400) response = await fetch(ours.url + path, { headers: { accept: 'text/html' } })
  const policy = response.headers.get('content-security-policy') ?? ''
  expect(policy).toMatch(/frame-ancestors 'none'/)
  expect(policy).toMatch(/default-src 'none'/)
  expect(policy).not.toMatch(/script-src[^;]*(?:'unsafe-inline'|'unsafe-eval'|\*)/)
  expect(policy).toMatch(/base-uri 'none'/)
})

test.for(['/.ory/dev', '/.ory/dev/inbox', '/.ory/dev/users', '/.ory/dev/requests', '/.ory/dev/token'])(
  '%s is framed by pages of its own origin alone, and runs no script that is not its own',
  async path => {
    const response = await fetch(ours.url + path, { headers: { accept: 'text/html' } })
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toMatch(/frame-ancestors 'self'(?:;|$)/)
    expect(policy).toMatch(/default-src 'none'/)
    expect(policy).not.toMatch(/script-src[^;]*(?:'unsafe-inline'|'unsafe-eval'|\*)/)
    expect(policy).toMatch(/base-uri 'none'/)
  },
)

test.for([
  ['by a name that points here', 'evil.example', []],
  ['by a name of the network', 'app.test', []],
  ['through a tunnel', '', ['X-Forwarded-For: 203.0.113.7']],
  ['through one that hides it', '', ['X-Forwarded-For: 203.0.113.7', 'Connection: close, X-Forwarded-For']],
  ['through one that says so otherwise', '', ['CF-Connecting-IP: 203.0.113.7']],
  ['from a page of another origin', '', ['Origin: http://evil.example']],
  ['from a page of another port', '', ['Sec-Fetch-Site: same-site']],
] as const)('nobody learns who is signed in %s', async ([, host, headers]) => {
  const named = host === '' ? new URL(ours.url).host : host
  for (const path of ['/.ory/dev/requests', '/.ory/dev/token']) {
    expect((await rawRequest(ours.url, path, { host: named, headers: [...headers] })).status).toBe(403)
    expect((await rawRequest(ours.url, path)).status).toBe(200)
  }
})
