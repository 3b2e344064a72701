import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EchoApp, type Received, startEchoApp } from '../_app.js'
import { freePort } from '../_faces.js'
import { type FakeOry, startFakeOry } from '../_fake-ory.js'
import { type RawAnswer, rawRequest } from '../_raw.js'
import { handshakeAt } from '../_sockets.js'
import { type RunningGateway, startNginx } from './_gateway.js'

let ory: FakeOry
let app: EchoApp
let gateway: RunningGateway

beforeAll(async () => {
  ;[ory, app] = await Promise.all([startFakeOry(), startEchoApp()])
  gateway = await startNginx(
    {
      ory: new URL(ory.url),
      app: new URL(app.url),
      protect: ['/members/*', '!/members/open'],
      corsOrigins: ['https://spa.example'],
    },
    await freePort(),
  )
})
afterAll(async () => {
  await gateway?.close()
  await Promise.all([ory.close(), app.close()])
})

const ask = (path: string, headers: string[] = [], more: object = {}): Promise<RawAnswer> =>
  rawRequest(gateway.url, path, { host: gateway.host, headers, ...more })
const received = async (path: string, headers: string[] = [], more: object = {}): Promise<Received> => {
  const answer = await ask(path, headers, more)
  expect(answer.status, answer.body).toBe(200)
  return JSON.parse(dechunked(answer)) as Received
}
const dechunked = ({ head, body }: RawAnswer): string =>
  /transfer-encoding: chunked/i.test(head)
    ? body
        .split('\r\n')
        .filter((_, i) => i % 2 === 1)
        .join('')
    : body
const cookieOf = (who: string): string => `Cookie: ${ory.signIn(who)}`

test('a signed-in request arrives with the claims of development, verified by the keys at the same path', async () => {
  const { headers } = await received('/todos?open=1', [cookieOf('ada@example.com')])
  const token = headers.authorization!.replace('Bearer ', '')
  const keys = createRemoteJWKSet(new URL(`${gateway.url}/.ory/jwks.json`))
  const { payload, protectedHeader } = await jwtVerify(token, keys, { issuer: new URL(ory.url).origin })
  expect(protectedHeader).toMatchObject({ alg: 'ES256', typ: 'JWT', kid: expect.any(String) })
  expect(payload).toMatchObject({ session: { identity: { traits: { email: 'ada@example.com' } } } })
  expect(payload.exp! - payload.iat!).toBe(60)
  expect(Object.keys(payload).sort()).toEqual(['exp', 'iat', 'iss', 'jti', 'nbf', 'session', 'sub'])
})

test('the keys have no private member', async () => {
  const { keys } = (await (await fetch(`${gateway.url}/.ory/jwks.json`)).json()) as { keys: object[] }
  expect(keys.map(key => Object.keys(key).sort())).toEqual([['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']])
})

test.for([
  ['none', []],
  ['a forged token', ['Authorization: Bearer forged']],
  ['one in odd case', ['AUTHORIZATION: Basic eDp5']],
  ['one behind Connection', ['Connection: close, Authorization', 'Authorization: Bearer forged']],
] as const)('nobody arrives without any Authorization: %s', async ([, headers]) => {
  const { rawHeaders } = await received('/api/x', [...headers])
  expect(rawHeaders.join('\n').toLowerCase()).not.toContain('authorization')
})

test('a forged token does not come along with a real session either', async () => {
  const { headers } = await received('/api/x', [cookieOf('bob@example.com'), 'Authorization: Bearer forged'])
  expect(decodeJwt(headers.authorization!.slice(7))).toMatchObject({
    session: { identity: { traits: { email: 'bob@example.com' } } },
  })
})

test('Ory is asked once for many requests of one person', async () => {
  const cookie = cookieOf('carol@example.com')
  const before = ory.whoami().length
  await Promise.all(Array.from({ length: 20 }, () => received('/m.js', [cookie])))
  expect(ory.whoami().length - before).toBe(1)
})

test.for([
  ['a write of a foreign page', 'POST', ['Origin: https://evil.example'], false],
  ['one that says so by Sec-Fetch-Site', 'DELETE', ['Sec-Fetch-Site: cross-site'], false],
  ['a write of a listed page', 'POST', ['Origin: https://spa.example'], true],
  ['a link of a foreign page', 'GET', ['Sec-Fetch-Site: cross-site'], true],
  ['a write of no page', 'POST', [], true],
] as const)('%s', async ([, method, headers, signedIn]) => {
  const answer = await received('/api/x', [cookieOf('dave@example.com'), ...headers], { method })
  expect(answer.headers.authorization !== undefined).toBe(signedIn)
})

test('a handshake carries the same identity, one of a foreign page none', async () => {
  const cookie = ory.signIn('erin@example.com')
  const own = await handshakeAt(`${gateway.url}/ws`, {
    cookie,
    host: gateway.host,
    authorization: 'Bearer forged',
  })
  expect(own['authorization']).toMatch(/^Bearer ey/)
  const foreign = await handshakeAt(`${gateway.url}/ws`, {
    cookie,
    host: gateway.host,
    origin: 'https://evil.example',
  })
  expect(foreign['authorization']).toBeUndefined()
})

const PAGE = ['Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document']

test.for([
  ['/members', PAGE, 303],
  ['/members/a?b=c', PAGE, 303],
  ['/members/a', ['Accept: text/html'], 303],
  ['/members/a', ['Sec-Fetch-Mode: cors', 'Sec-Fetch-Dest: empty'], 401],
  ['/members/a', ['Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: iframe'], 401],
  ['/members/a', [...PAGE, 'Sec-Purpose: prefetch'], 401],
  ['//members/a', PAGE, 303],
  ['/x/../members/a', PAGE, 303],
  ['/%6dembers/a', PAGE, 303],
  ['/Members/a', PAGE, 303],
  ['/members/open', PAGE, 200],
  ['/membership', PAGE, 200],
] as const)('the gate, nobody signed in: %s', async ([path, headers, status]) => {
  const answer = await ask(path, [...headers])
  expect(answer.status, answer.head).toBe(status)
  if (status === 303)
    expect(answer.head).toMatch(/location: http:\/\/app\.test:\d+\/\.ory\/init\/login\?return_to=%2F/i)
  if (status === 401)
    expect(JSON.parse(answer.body)).toMatchObject({ error: { login_url: expect.any(String) } })
})

test('the gate lets whoever is signed in through, with the JWT', async () => {
  const { headers } = await received('/members/a', [cookieOf('frank@example.com')])
  expect(headers.authorization).toMatch(/^Bearer ey/)
})

test.for([
  ['', 'http%3A%2F%2Fapp.test%3A'],
  ['?return_to=/todos', '%2Ftodos'],
  ['?return_to=https://evil.example/', '%2F'],
])('/.ory/init/login%s starts a flow that comes back to us', async ([query, end]) => {
  const { status, head } = await ask(`/.ory/init/login${query}`)
  expect(status).toBe(303)
  const location = /location: (\S+)/i.exec(head)![1]!
  expect(location).toContain('/.ory/self-service/login/browser?return_to=http%3A%2F%2Fapp.test')
  expect(location).toContain(end)
  expect(location).not.toContain('evil')
})

test("Ory is below /.ory, its admin API is not, and our headers are not the client's to send", async () => {
  ory.on('/hello', (req, res) => void res.end(JSON.stringify(req.headers)))
  const answer = await ask('/.ory/hello', ['Ory-Base-URL-Rewrite: https://evil.example'])
  expect(answer.status).toBe(200)
  expect(dechunked(answer)).not.toContain('evil.example')
  expect((await ask('/.ory/admin/identities')).status).toBe(404)
  expect((await received('/.oryx')).url).toBe('/.oryx')
})

test('a listed origin may read answers, another one may not', async () => {
  const preflight = ['Access-Control-Request-Method: PUT']
  const listed = await ask('/api/x', ['Origin: https://spa.example', ...preflight], { method: 'OPTIONS' })
  expect([listed.status, /access-control-allow-origin: (\S+)/i.exec(listed.head)?.[1]]).toEqual([
    204,
    'https://spa.example',
  ])
  const foreign = await ask('/api/x', ['Origin: https://evil.example', ...preflight], { method: 'OPTIONS' })
  expect(foreign.head).not.toMatch(/access-control-allow-origin: \S/i)
})

test('an Ory that does not answer: pages are anonymous, the gate says 503 and sends nobody anywhere', async () => {
  const stop = ory.on('/sessions/whoami', (_req, res) => void res.writeHead(500).end())
  const cookie = cookieOf('grace@example.com')
  const { headers } = await received('/todos', [cookie])
  expect(headers.authorization).toBeUndefined()
  const gated = await ask('/members', [cookie, ...PAGE])
  expect([gated.status, /retry-after: \d+/i.test(gated.head)]).toEqual([503, true])
  stop()
})

test('no request fails while the key is exchanged, in either order', async () => {
  const cookie = cookieOf('heidi@example.com')
  const keysNow = async (): Promise<number> =>
    ((await (await fetch(`${gateway.url}/.ory/jwks.json`)).json()) as { keys: unknown[] }).keys.length
  const statuses = new Set<number>()
  let going = true
  const load = (async () => {
    while (going) statuses.add((await ask('/todos', [cookie])).status)
  })()
  gateway.makeKey('other')
  gateway.reload()
  await expect.poll(keysNow).toBe(2)
  gateway.makeKey('signing')
  gateway.reload()
  await expect
    .poll(async () => (await received('/todos', [cookieOf('ivan@example.com')])).headers.authorization)
    .toMatch(/^Bearer/)
  going = false
  await load
  expect([...statuses]).toEqual([200])
})
