// The embedded emulator behind /.ory: whose pages may read it, and a mount below a path of the app.
import connect from 'connect'
import express5 from 'express'
import { describe, expect, test } from 'vitest'
import { serveApp } from '../_app.js'
import { ask } from '../recorded/cors.mjs'

describe('serve.public.cors behind /.ory', () => {
  const config = {
    serve: { public: { cors: { enabled: true, allowed_origins: ['http://localhost:3000'] } } },
  }
  const preflight = (origin: string): Parameters<typeof ask>[1] => [
    'OPTIONS',
    '/.ory/self-service/login',
    {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,x-csrf-token',
    },
  ]
  const get = (origin: string, path = '/.ory/self-service/login/api'): Parameters<typeof ask>[1] => [
    'GET',
    path,
    { origin },
  ]
  const readers = async (base: string, request: Parameters<typeof ask>[1]): Promise<string[] | undefined> =>
    (await ask(base, request)).headers['access-control-allow-origin']

  test('lets the listed origins read, with credentials, and nobody else', async () => {
    const { origin } = await serveApp({ emulator: { config } })
    const shared = {
      'access-control-allow-origin': ['http://localhost:3000'],
      'access-control-allow-credentials': ['true'],
    }
    expect((await ask(origin, preflight('http://localhost:3000'))).headers).toMatchObject({
      ...shared,
      'access-control-allow-methods': ['POST'],
      'access-control-allow-headers': ['content-type,x-csrf-token'],
    })
    expect((await ask(origin, get('http://localhost:3000'))).headers).toMatchObject(shared)
    for (const request of [preflight, get])
      expect(await readers(origin, request('http://evil.test'))).toBeUndefined()
    expect(await readers(origin, get('http://localhost:3000', '/.ory/dev/users'))).toBeUndefined()
    expect(await readers(origin, get('http://localhost:3000', '/app'))).toBeUndefined()
  })

  test('our own option goes on beside it, with one header each', async () => {
    const { origin } = await serveApp({ emulator: { config }, allowedCorsOrigins: ['http://localhost:5000'] })
    for (const page of ['http://localhost:3000', 'http://localhost:5000'])
      for (const request of [preflight, get]) expect(await readers(origin, request(page))).toEqual([page])
    expect(await readers(origin, get('http://localhost:5000', '/app'))).toEqual(['http://localhost:5000'])
    expect(await readers(origin, get('http://evil.test'))).toBeUndefined()
  })

  test('is off unless it is switched on', async () => {
    const { origin } = await serveApp()
    for (const request of [preflight, get])
      expect(await readers(origin, request('http://localhost:3000'))).toBeUndefined()
  })
})

describe.each([
  ['connect', connect],
  ['Express 5', express5],
])("app.use('/auth', ory) in %s", (_name, framework) => {
  test('has the prefix in every address', async () => {
    const { origin } = await serveApp({}, '/auth', framework)
    const at = `${origin}/auth/.ory`
    const json = async (path: string): Promise<{ ui: { action: string }; request_url: string }> =>
      (await fetch(`${at}${path}`, { headers: { accept: 'application/json' } })).json() as never
    const flow = await json('/self-service/login/browser')
    expect(flow.ui.action.startsWith(`${at}/self-service/login?flow=`)).toBe(true)
    expect(flow.request_url).toBe(`${at}/self-service/login/browser`)
    const to = async (path: string, headers = {}): Promise<string> =>
      (
        await fetch(`${at}${path}`, { redirect: 'manual', headers: { accept: 'text/html', ...headers } })
      ).headers.get('location') ?? ''
    expect(await to('/self-service/login/browser')).toContain(`${at}/ui/login?flow=`)
    expect(await to('/init/login')).toMatch(/^\/auth\/\.ory\/self-service\/login\/browser\?return_to=/)
    expect(decodeURIComponent(await to('/init/login', { referer: `${at}/ui/login` }))).toMatch(
      new RegExp(`return_to=${origin}/$`),
    )
    expect(await to('/ui/welcome')).not.toContain('/auth/auth')
    expect((await fetch(`${at}/jwks.json`)).status).toBe(200)
    const opened = await fetch(`${at}/ui/login`, { headers: { accept: 'text/html' } })
    const page = await opened.text()
    const actions = [...page.matchAll(/action="([^"]+)"/g)].map(([, action]) => action)
    expect(actions.length).toBeGreaterThan(0)
    for (const action of actions) expect(new URL(action!, opened.url).href).toMatch(new RegExp(`^${at}/`))
    expect(await (await fetch(`${origin}/x`)).text()).toBe('the app')
  })

  test('a prefix that names another host is none', async () => {
    const { origin } = await serveApp({}, '/', framework)
    const { status, headers } = await fetch(`${origin}//evil.test/.ory/init/login`, { redirect: 'manual' })
    expect([status, headers.get('location')]).toEqual([200, null])
  })
})
