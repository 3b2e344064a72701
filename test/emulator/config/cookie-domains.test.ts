// Domains of cookies that are none: what a real Kratos v26.2.0 writes for them (its cookies are Go's).
import { expect, test } from 'vitest'
import { startClient } from '../_emulator.js'
import { file, load } from './_found.js'

test.for<[string, string | undefined]>([
  ['localhost', 'localhost'],
  ['.app.localhost', 'app.localhost'],
  ['127.0.0.1', '127.0.0.1'],
  ['Ex-A.example.', 'Ex-A.example.'],
  ['http://localhost', undefined],
  ['localhost:3000', undefined],
  ['a_b.example', undefined],
  ['-a.example', undefined],
  ['a..b', undefined],
  ['1.2', undefined],
  ['::1', undefined],
  ['[::1]', undefined],
])('%s', async ([domain, written]) => {
  const path = await file('domains/kratos.yml', `cookies:\n  domain: "${domain}"\n`)
  const { config, said } = await load(path)
  expect([config.cookies.domain, config.session.cookie.domain]).toEqual([written, written])
  const line = `${path}:2:3: "cookies.domain" is "${domain}", which is no domain: cookies go without one, as in Kratos`
  expect(said.includes(line)).toBe(written === undefined)
})

test("a session's own domain that is none does not give way to that of all cookies", async () => {
  const config = { cookies: { domain: 'localhost' }, session: { cookie: { domain: 'http://localhost' } } }
  const loaded = (await load(config)).config
  expect([loaded.cookies.domain, loaded.session.cookie.domain]).toEqual(['localhost', undefined])
})

test('somebody stays signed in with such a cookie', async () => {
  const { emulator } = await startClient({ config: { cookies: { domain: 'http://localhost' } } })
  try {
    const answer = await fetch(`${emulator.url}/self-service/login/browser`, { redirect: 'manual' })
    const cookies = answer.headers.getSetCookie()
    expect(cookies).not.toEqual([])
    expect(cookies.join()).not.toContain('Domain')
  } finally {
    await emulator.close()
  }
})
