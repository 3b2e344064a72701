import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRouteTable, jarWarning, parseRoutes } from '../../../src/cli/server/routes.js'
import { type EchoApp, type Received, startEchoApp } from '../../_app.js'
import { type FakeOry, startFakeOry } from '../../_fake-ory.js'
import { handshakeAt } from '../../_sockets.js'
import { request1, request2 } from '../../middleware/protect/_clients.js'
import { emptyFolder, run, startLocal } from '../_command.js'

/** What a rule is for a request. */
function appOf(
  rules: readonly string[],
  url: string,
  host = 'localhost:4000',
  more = {},
): string | undefined {
  const route = createRouteTable(parseRoutes(rules), true)({ url, headers: { host, ...more } } as never)
  return route?.app.href
}

describe('which app answers', () => {
  const rules = [
    '/api=3001',
    '/api/v2=localhost:3002',
    'api.localhost=http://127.0.0.1:3003/base',
    'api.localhost/v2=3004',
  ]
  const rows: [string, string, number | undefined][] = [
    ['/api', 'localhost:4000', 3001],
    ['/api/', 'localhost:4000', 3001],
    ['/api?x=/api/v2', 'localhost:4000', 3001],
    ['/api/v1/v2', 'localhost:4000', 3001],
    ['/api/v2', 'localhost:4000', 3002],
    ['/api/v2/x', 'localhost:4000', 3002],
    ['/api/v20', 'localhost:4000', 3001],
    ['/apis', 'localhost:4000', undefined],
    ['/', 'localhost:4000', undefined],
    ['/x/api', 'localhost:4000', undefined],
    ['/', 'api.localhost:4000', 3003],
    ['/api', 'API.localhost', 3003],
    ['/v2/x', 'api.localhost', 3004],
    ['/', 'web.api.localhost', undefined],
  ]
  test.for(rows)('%s at %s goes to %s', ([url, host, port]) => {
    const app = appOf(rules, url, host)
    expect(app && Number(new URL(app).port)).toBe(port)
  })

  test('the order of the rules does not matter', () => {
    for (const [url, host, port] of rows) {
      const app = appOf(rules.toReversed(), url, host)
      expect(app && Number(new URL(app).port), `${url} at ${host}`).toBe(port)
    }
  })

  test('the name over HTTP/2 counts, and that of a proxy in front where it is believed', () => {
    expect(appOf(rules, '/', undefined, { host: undefined, ':authority': 'api.localhost' })).toContain('3003')
    expect(appOf(rules, '/', 'localhost', { 'x-forwarded-host': 'api.localhost, b' })).toContain('3003')
    const { url, headers } = { url: '/', headers: { host: 'localhost', 'x-forwarded-host': 'api.localhost' } }
    expect(createRouteTable(parseRoutes(rules), false)({ url, headers } as never)).toBeUndefined()
  })

  test('a rule may end as those of protect do', () => {
    expect(appOf(['/api/*=3001'], '/api/x')).toContain('3001')
    expect(appOf(['/api/=3001'], '/api')).toContain('3001')
  })
})

describe('a rule that cannot be meant', () => {
  const wrong: [string, RegExp][] = [
    ['/=3001', /would take every request: give that app as the first argument/],
    ['/.ory=3001', /would never be asked: \/.ory is Ory/],
    ['/.ory/x=3001', /would never be asked/],
    ['/a/../b=3001', /no browser asks for/],
    ['127.0.0.1=3001', /neither with a path like \/api nor with a host name/],
    ['api.localhost:4000=3001', /neither with a path/],
    ['/api=ftp://x', /"ftp:\/\/x" is no address of an app/],
  ]
  test.for(wrong)('%s is told why', ([rule, why]) => {
    expect(() => parseRoutes([rule])).toThrow(why)
  })

  test('two apps for one path are told of both', () => {
    expect(() => parseRoutes(['/api=3001', '/api/=3002'])).toThrow(
      '--route has two apps for /api: http://localhost:3001/ and http://localhost:3002/.',
    )
  })

  test('the command ends with 2 and one line; a password is not repeated', async () => {
    const ended = await run(['local', '3000', '--route', 'nonsense://u:secret@x'])
    expect(ended.code).toBe(2)
    expect(ended.stderr).toMatch(
      /^ory-proxy ORY_PROXY_BAD_OPTION: --route must be a list of rules like "\/api=http:\/\/localhost:3001"/m,
    )
    expect(ended.stderr).not.toContain('secret')
    const inUrl = await run(['local', '3000', '--route', '/api=http://u:secret@x'])
    expect(inUrl.code).toBe(2)
    expect(inUrl.stderr).not.toContain('secret')
  })

  test('an app where the command itself is going to listen is a start that fails', async () => {
    const ended = await run(['local', '3000', '--port', '4123', '--route', '/api=4123'])
    expect(ended).toMatchObject({ code: 1 })
    expect(ended.stderr).toContain('The app cannot be at http://localhost:4123')
  })
})

test('a host whose cookies are not those of the app is told of, with the way to have one jar', () => {
  const told = (rule: string, domain?: string): boolean =>
    jarWarning(parseRoutes([rule]), domain) !== undefined
  expect(told('api.localhost=3001')).toBe(true)
  expect(told('api.localhost=3001', 'localhost')).toBe(true)
  expect(told('api.other.test=3001', 'app.test')).toBe(true)
  expect(told('api.app.localhost=3001', 'app.localhost')).toBe(false)
  expect(told('app.test=3001', '.app.test')).toBe(false)
  expect(told('/api=3001')).toBe(false)
  expect(jarWarning(parseRoutes(['api=3001']), undefined)).toMatch(
    /^api is the name of a host, as a path begins with a slash: \/api\. /,
  )
})

describe.each([
  ['HTTP/1.1', request1, ['--no-https']],
  ['HTTP/2', request2, ['--dont-install-cert']],
] as const)('one sign-in for several apps, over %s', (_protocol, request, flags) => {
  let ory: FakeOry
  let apps: EchoApp[]
  let command: Awaited<ReturnType<typeof startLocal>>
  let cookie: string

  beforeAll(async () => {
    ory = await startFakeOry()
    cookie = ory.signIn('alice@example.com')
    apps = await Promise.all([startEchoApp(), startEchoApp(), startEchoApp()])
    const [, api, other] = apps
    const rules = ['--route', `/api=${api!.url}`, '--route', `api.localhost=${other!.url}`]
    command = await startLocal(apps[0]!.url, [
      ...flags,
      '--sdk-url',
      ory.url,
      ...rules,
      '--protect',
      '/api/own',
    ])
  })
  afterAll(async () => {
    await command.end()
    await Promise.all([ory.close(), ...apps.map(app => app.close())])
  })

  test('every app gets its own requests, with the same person', async () => {
    const at = async (path: string, headers = {}): Promise<Received> =>
      JSON.parse((await request(command.url, path, { headers: { cookie, ...headers } })).body) as Received
    const host = `api.localhost:${new URL(command.url).port}`
    const name = flags[0] === '--no-https' ? { host } : { ':authority': host }
    const received = [await at('/page'), await at('/api/x?y=1'), await at('/v1', name)]
    expect(received.map(({ url }) => url)).toEqual(['/page', '/api/x?y=1', '/v1'])
    expect(apps.map(({ seen }) => seen)).toEqual([['GET /page'], ['GET /api/x?y=1'], ['GET /v1']])
    const subjects = received.map(({ headers }) => decodeJwt(headers.authorization!.slice(7)).sub)
    expect(new Set(subjects).size).toBe(1)
    expect(ory.heard.filter(({ url }) => url === '/sessions/whoami')).toHaveLength(1)
  })

  test('the start names them', () => {
    expect(command.stderr()).toContain(`           /api → ${apps[1]!.url}\n`)
    expect(command.stderr()).toContain(`           api.localhost → ${apps[2]!.url}\n`)
  })

  test('what is protected is so in every app', async () => {
    expect((await request(command.url, '/api/own')).status).toBe(401)
    expect((await request(command.url, '/api/own', { headers: { cookie } })).status).toBe(200)
  })

  test('a socket goes where a request would', async () => {
    const headers = { cookie, origin: command.url }
    const api = await handshakeAt(`${command.url}/api/socket`, headers)
    const rest = await handshakeAt(`${command.url}/socket`, headers)
    expect(apps[1]!.seen.at(-1)).toBe('UPGRADE /api/socket')
    expect(apps[0]!.seen.at(-1)).toBe('UPGRADE /socket')
    expect(api['authorization']).toBe(rest['authorization'])
    expect(decodeJwt(api['authorization']!.slice(7)).sub).toEqual(expect.any(String))
  })

  test('one that is down is named, and the others go on', async () => {
    await apps[1]!.close()
    const down = await request(command.url, '/api/x', { headers: { cookie } })
    expect(down.status).toBe(502)
    expect(down.body).toContain(`The app at ${apps[1]!.url} does not answer`)
    expect((await request(command.url, '/page', { headers: { cookie } })).status).toBe(200)
  })
})

test('the rules may stand in the settings file', async () => {
  const [app, api] = await Promise.all([startEchoApp(), startEchoApp()])
  const cwd = emptyFolder()
  writeFileSync(join(cwd, 'ory-proxy.yml'), `https: false\nroute: ['/api=${api.url}']\n`)
  const command = await startLocal(app.url, [], { cwd })
  expect((await fetch(`${command.url}/api/x`)).status).toBe(200)
  expect(api.seen).toEqual(['GET /api/x'])
  await command.end()
  await Promise.all([app.close(), api.close()])
})
