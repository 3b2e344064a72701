import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createOryMiddleware, silentLogger } from '../../../src/index.js'
import { type EchoApp, startEchoApp } from '../../_app.js'
import { FACES, type Face } from '../../_faces.js'
import { type FakeOry, startFakeOry } from '../../_fake-ory.js'
import { request1, type Seen, statusOfSocket } from './_clients.js'
import { EVERYWHERE } from './_everywhere.js'
import { type Outcome, type Row, RULES, TABLE, type Who } from './_table.js'

let ory: FakeOry
let app: EchoApp
let cookies: Readonly<Record<Who, string | undefined>>

beforeAll(async () => {
  ;[ory, app] = await Promise.all([startFakeOry(), startEchoApp()])
  const alice = ory.signIn('alice@example.com')
  cookies = {
    alice,
    nobody: undefined,
    'a stranger': SESSION('x'),
    'one factor': SESSION('one'),
    'no answer': SESSION('none'),
  }
  ory.on('/sessions/whoami', (req, res) => {
    const { cookie = '' } = req.headers
    const [status, body] = cookie.includes('=one')
      ? [403, { error: { id: 'session_aal2_required' } }]
      : cookie.includes('=none')
        ? [500, {}]
        : cookie === alice
          ? [200, { active: true, identity: { id: 'alice', traits: {} } }]
          : [401, {}]
    res.writeHead(status as number, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
})
afterAll(() => Promise.all([ory.close(), app.close()]))

const SESSION = (value: string): string => `ory_kratos_session=${value}`

function outcomeOf({ status, body, header }: Seen): Outcome | string {
  const location = header('location')
  if (status === 303 && location.startsWith('/.ory/init/login?return_to=')) return 'to sign-in'
  if (status === 303 && location.startsWith('/.ory/self-service/login/browser?aal=aal2&'))
    return 'to the second factor'
  if (status === 503) return header('retry-after') === '2' ? '503' : 'a 503 that says not when'
  if (status !== 401) return status < 300 || status === 404 ? 'passes' : `${status} ${location}`
  if (header('cache-control') !== 'no-store') return 'a 401 that may be stored'
  if (header('content-type').includes('html'))
    return body.includes('target="_top"') ? '401 page' : 'a page without a way out'
  const { error } = JSON.parse(body) as { error: { id: string; message: string; login_url: string } }
  return error.login_url.startsWith('/.ory/') && error.message !== '' ? '401 JSON' : body
}

describe.each(EVERYWHERE)('%s', (_name, start, request) => {
  let face: Face
  beforeAll(async () => {
    face = await start(app.url, { sdkUrl: ory.url, sessionCache: 0, protect: RULES })
  })
  afterAll(() => face.close())

  const ask = ({
    path,
    method = 'GET',
    who = 'nobody',
    headers = {},
  }: Omit<Row, 'what' | 'becomes'>): Promise<Seen> => {
    const cookie = cookies[who]
    return request(face.url, path, { method, headers: { ...headers, ...(cookie && { cookie }) } })
  }

  test('forty requests come to what the table says, and what is turned away does not reach the app', async () => {
    expect(TABLE).toHaveLength(40)
    const found: [string, string][] = []
    for (const row of TABLE) {
      const before = app.seen.length
      const outcome = outcomeOf(row.method === 'HEAD' ? { ...(await ask(row)), body: '' } : await ask(row))
      const leaked = row.becomes !== 'passes' && app.seen.length > before
      found.push([row.what, leaked ? `${outcome}, and the app heard of it` : outcome])
    }
    expect(found).toEqual(TABLE.map(({ what, becomes }) => [what, becomes]))
  })

  test('the way back is path and query as they were', async () => {
    const { header } = await ask({ path: '/api/app/back?a=1&b=%26&c=//evil.example', headers: NAVIGATION })
    const { pathname, searchParams } = new URL(header('location'), face.url)
    expect([pathname, searchParams.get('return_to')]).toEqual([
      '/.ory/init/login',
      '/api/app/back?a=1&b=%26&c=//evil.example',
    ])
  })

  test('the third time in ten seconds is a page that says why, for this path alone', async () => {
    const path = '/api/app/loop'
    const times = []
    for (let i = 0; i < 3; i++) times.push(await ask({ path, headers: NAVIGATION }))
    expect(times.map(({ status }) => status)).toEqual([303, 303, 401])
    expect(times[2]!.body).toMatch(/ORY_PROXY_SIGN_IN_LOOP/)
    expect(times[2]!.body).toMatch(/came back without Ory&#39;s cookie|came back without Ory's cookie/)
    expect(times[2]!.body).toContain('/.ory/init/login?return_to=')
    expect((await ask({ path: `${path}/2`, headers: NAVIGATION })).status).toBe(303)
    const stale = []
    for (let i = 0; i < 3; i++) stale.push(await ask({ path, who: 'a stranger', headers: NAVIGATION }))
    expect(stale[2]!.body).toMatch(/a session that Ory does not know/)
  })
})

const NAVIGATION = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }

describe.each(Object.entries(FACES))('sockets of %s', (_name, start) => {
  test('a handshake is refused with 401, or 503 while Ory is gone, and passes with a session', async () => {
    const face = await start(app.url, { sdkUrl: ory.url, sessionCache: 0, protect: RULES })
    const statuses = []
    for (const [path, who] of [
      ['/api/app/ws', 'nobody'],
      ['/api/app/ws', 'no answer'],
      ['/api/app/ws', 'one factor'],
      ['/api/app/ws', 'alice'],
      ['/api/ws', 'nobody'],
    ] as const) {
      statuses.push(await statusOfSocket(face.url, path, cookies[who]))
    }
    await face.close()
    expect(statuses).toEqual([401, 503, 401, 101, 101])
  })
})

test("a dev server's own modules and hot updates pass, whatever is protected; an app's /@ only where it is named", async () => {
  const face = await FACES['vite']!(app.url, { sdkUrl: ory.url, protect: ['/*'] })
  const statusOf = async (path: string): Promise<number> => (await request1(face.url, path)).status
  expect(await statusOf('/@vite/client')).toBe(200)
  expect(await statusOf('/@vite/../main.js')).toBe(401)
  expect(await statusOf('/main.js')).toBe(401)
  expect(await statusOf('/.ory/jwks.json')).toBe(200)
  const hmr = { 'sec-websocket-protocol': 'vite-hmr' }
  expect(await statusOfSocket(face.url, '/', undefined, hmr)).not.toBe(401)
  await face.close()
  const named = await FACES['connect']!(app.url, { sdkUrl: ory.url, protect: ['/*', '/@mine'] })
  expect((await request1(named.url, '/@mine')).status).toBe(401)
  await named.close()
})

test('with jwt: false the guard still knows who is signed in', async () => {
  const face = await FACES['connect']!(app.url, { sdkUrl: ory.url, jwt: false, protect: RULES })
  expect((await request1(face.url, '/api/app/x')).status).toBe(401)
  const signedIn = await request1(face.url, '/api/app/x', { headers: { cookie: cookies.alice! } })
  expect([signedIn.status, signedIn.body.includes('uthorization')]).toEqual([200, false])
  await face.close()
})

test('others with the same browser, at the same time, are not taken for a loop', async () => {
  const face = await FACES['connect']!(app.url, { sdkUrl: ory.url, protect: RULES })
  const { Agent, get } = await import('node:http')
  const agents = Array.from({ length: 5 }, () => new Agent({ keepAlive: true }))
  const statuses = []
  for (const agent of agents) {
    statuses.push(
      await new Promise(resolve => {
        get(`${face.url}/api/app/many`, { agent, headers: NAVIGATION }, res => {
          res.resume()
          res.on('end', () => resolve(res.statusCode))
        })
      }),
    )
  }
  for (const agent of agents) agent.destroy()
  await face.close()
  expect(statuses).toEqual([303, 303, 303, 303, 303])
})

test.for([['app/*'], ['/app*'], ['/a?b'], ['!app'], ['']])('%j is no path to protect', async ([rule]) => {
  const starting = createOryMiddleware({ sdkUrl: ory.url, protect: [rule!], logger: silentLogger })
  await expect(starting).rejects.toMatchObject({ code: 'ORY_PROXY_BAD_OPTION' })
})
