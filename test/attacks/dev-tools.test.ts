import { afterAll, beforeAll, expect, test } from 'vitest'
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
  '/.ory/ui/login',
  '/.ory/ui/registration',
  '/.ory/ui/recovery',
  '/.ory/ui/welcome',
  '/.ory/ui/error',
  '/.ory/dev/inbox',
])('%s cannot be framed and runs no script that is not its own', async path => {
  let response = await fetch(ours.url + path, { headers: { accept: 'text/html' } })
  if (response.status >= 400) response = await fetch(ours.url + path, { headers: { accept: 'text/html' } })
  const policy = response.headers.get('content-security-policy') ?? ''
  expect(policy).toMatch(/frame-ancestors 'none'/)
  expect(policy).toMatch(/default-src 'none'/)
  expect(policy).not.toMatch(/script-src[^;]*(?:'unsafe-inline'|'unsafe-eval'|\*)/)
  expect(policy).toMatch(/base-uri 'none'/)
})
