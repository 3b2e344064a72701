import type { RequestListener } from 'node:http'
import { posix } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EchoApp, startEchoApp } from '../../_app.js'
import type { Face } from '../../_faces.js'
import { type FakeOry, startFakeOry } from '../../_fake-ory.js'
import { type Request, request1, type Seen, statusOfSocket } from './_clients.js'
import { EVERYWHERE } from './_everywhere.js'
import { startWeakGuard } from './_weak-guard.js'

/** Something with a guard in front of an app. */
interface Guarded {
  readonly url: string
  readonly request: Request
}

/** Reads a path as many servers do: decoded, tidied up, in whatever letters. */
const members: RequestListener = (req, res) => {
  const path = decodeURIComponent(req.url!.split('?', 1)[0]!).replace(/\/+/g, '/').toLowerCase()
  res.end(posix.normalize(path).startsWith('/api/members/x') ? 'for members' : 'for all')
}

const PAGE = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
const FETCH = { accept: '*/*', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }

const isRedirect = ({ status }: Seen): boolean => status >= 300 && status < 400

async function readsMembers({ url, request }: Guarded, paths: readonly string[]): Promise<boolean> {
  const answers = await Promise.all(paths.map(path => request(url, path, { headers: FETCH })))
  return answers.some(({ body }) => body.includes('for members'))
}

/** What comes of a guard that lacks something; truthy where it is so. */
const HARMS: readonly [harm: string, (guarded: Guarded) => Promise<unknown>][] = [
  [
    'a path in another spelling is read by whoever is not signed in (CWE-289; Apache Shiro CVE-2020-1957)',
    guarded =>
      readsMembers(guarded, [
        '/api/%6dembers/x',
        '/api//members/x',
        '/api/y/%2e%2e/members/x',
        '/api/Members/x',
      ]),
  ],
  [
    'what lies behind an exception is read through it',
    guarded => readsMembers(guarded, ['/api/members/health/%2e%2e/x', '/api/members/health%2f..%2fx']),
  ],
  [
    'a fetch gets a page of sign-in for its data, and a form loses what was sent (envoy#30102, nextjs-auth0#1761)',
    async ({ url, request }) => {
      const answers = await Promise.all([
        request(url, '/api/members/x', { headers: FETCH }),
        request(url, '/api/members/x', { headers: PAGE, method: 'POST' }),
        request(url, '/api/members/x', { headers: { ...PAGE, 'sec-purpose': 'prefetch' } }),
      ])
      return answers.some(isRedirect)
    },
  ],
  [
    'whoever is signed in is sent to sign in again, as Ory gives no answer',
    async ({ url, request }) =>
      isRedirect(await request(url, '/api/members/x', { headers: { ...PAGE, cookie: AWAY } })),
  ],
  [
    'a browser that keeps no cookie goes round for ever',
    async ({ url, request }) => {
      const answers: Seen[] = []
      for (let i = 0; i < 5; i++) answers.push(await request(url, '/api/members/x', { headers: PAGE }))
      return answers.every(isRedirect)
    },
  ],
  [
    'a cache keeps the way to sign-in for somebody who is signed in by now (CWE-525)',
    async ({ url, request }) =>
      !(await request(url, '/api/members/x?kept', { headers: PAGE }))
        .header('cache-control')
        .includes('no-store'),
  ],
  [
    'a link to a members page names where one comes back to (CWE-601)',
    async ({ url, request }) => {
      const path = '/api/members/x/y?a=1&return_to=https://evil.example'
      const { header } = await request(url, path, { headers: PAGE })
      return new URL(header('location'), url).searchParams.getAll('return_to').length > 1
    },
  ],
]

const AWAY = 'ory_kratos_session=away'

let ory: FakeOry
let app: EchoApp
let weak: Face
beforeAll(async () => {
  ;[ory, app] = await Promise.all([startFakeOry(), startEchoApp(members)])
  ory.on('/sessions/whoami', (req, res) => {
    res.writeHead(req.headers.cookie?.includes(AWAY) ? 503 : 401).end('{}')
  })
  weak = await startWeakGuard(app.url, { sdkUrl: ory.url })
})
afterAll(() => Promise.all([weak.close(), ory.close(), app.close()]))

describe.each(EVERYWHERE)('%s', (name, start, request) => {
  let face: Face
  beforeAll(async () => {
    const protect = ['/api/members/*', '!/api/members/health']
    face = await start(app.url, { sdkUrl: ory.url, sessionCache: 0, protect })
  })
  afterAll(() => face.close())

  test.for(HARMS)('%s: behind a weak guard, not here', async ([, harm]) => {
    expect(await harm({ url: weak.url, request: request1 }), 'the weak one').toBeTruthy()
    expect(await harm({ url: face.url, request }), 'ours').toBeFalsy()
  })

  // A middleware over HTTP/2 without TLS has no server that upgrades.
  if (name === 'connect over HTTP/2') return
  test('a socket of nobody opens behind a weak guard, not here (CWE-306)', async () => {
    expect(await statusOfSocket(weak.url, '/api/members/ws')).toBe(101)
    expect(await statusOfSocket(face.url, '/api/members/ws')).toBe(401)
  })
})
