import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Diagnosis } from '../../src/diagnoses/table.js'
import { type OryOptions, silentLogger } from '../../src/index.js'
import { type EchoApp, startEchoApp } from '../_app.js'
import { FACES, type Face, freePort } from '../_faces.js'
import { type FakeOry, startFakeOry } from '../_fake-ory.js'
import { rawRequest } from '../_raw.js'
import { startOry } from './_ory.js'

let app: EchoApp
let fake: FakeOry
beforeAll(async () => {
  ;[app, fake] = await Promise.all([startEchoApp(), startFakeOry()])
})
afterAll(() => Promise.all([app.close(), fake.close()]))

interface Bench extends Face {
  readonly warnings: string[]
  diagnoses(): Promise<readonly Diagnosis[]>
}

async function bench(options: OryOptions = {}, port = 0): Promise<Bench> {
  const warnings: string[] = []
  const logger = { ...silentLogger, warn: (line: string) => void warnings.push(line) }
  const face = await FACES['connect']!(app.url, { logger, ...options }, port)
  return {
    ...face,
    warnings,
    async diagnoses() {
      const answer = await fetch(`${face.url}/.ory/dev/requests`)
      return ((await answer.json()) as { diagnoses: Diagnosis[] }).diagnoses
    },
  }
}

/** A flow, and the cookies of the browser that began it. */
interface Begun {
  readonly id: string
  readonly token: string
  readonly cookie: string
}

const JSON_TYPE = { accept: 'application/json', 'content-type': 'application/json' }

async function begin(url: string, kind = 'browser'): Promise<Begun> {
  const answer = await fetch(`${url}/.ory/self-service/login/${kind}`, { headers: JSON_TYPE })
  const { id, ui } = (await answer.json()) as {
    id: string
    ui: { nodes: { attributes: { name: string; value: string } }[] }
  }
  const token = ui.nodes.find(node => node.attributes.name === 'csrf_token')?.attributes.value ?? ''
  return {
    id,
    token,
    cookie: answer.headers
      .getSetCookie()
      .map(line => line.split(';')[0])
      .join('; '),
  }
}

const PERSON = { method: 'password', identifier: 'alice@example.com', password: 'ory-dev-password' }

const send = (
  url: string,
  id: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<Response> =>
  fetch(`${url}/.ory/self-service/login?flow=${id}`, {
    method: 'POST',
    headers: { ...JSON_TYPE, ...headers },
    body: JSON.stringify({ ...PERSON, ...body }),
  })

const otherName = (url: string): string => url.replace('localhost', '127.0.0.1')

const MISTAKES: readonly [code: string, make: (url: string) => Promise<unknown>][] = [
  [
    'CSRF_OTHER_NAME',
    async url => {
      const { id, token } = await begin(url)
      await send(otherName(url), id, { csrf_token: token })
    },
  ],
  [
    'CSRF_NO_CREDENTIALS',
    async url => {
      const { id, token } = await begin(url)
      await send(url, id, { csrf_token: token }, { origin: 'http://localhost:1' })
    },
  ],
  [
    'CSRF_NO_TOKEN',
    async url => {
      const { id, cookie } = await begin(url)
      await send(url, id, {}, { cookie })
    },
  ],
  [
    'CSRF_NO_COOKIE',
    async url => {
      const { id, token } = await begin(url)
      await send(url, id, { csrf_token: token }, { cookie: 'theme=dark' })
    },
  ],
  [
    'CSRF_MISMATCH',
    async url => {
      const [one, two] = [await begin(url), await begin(url)]
      await send(url, one.id, { csrf_token: two.token }, { cookie: one.cookie })
    },
  ],
  [
    'API_FLOW_IN_BROWSER',
    async url => {
      const { id } = await begin(url, 'api')
      await send(url, id, {}, { cookie: 'theme=dark' })
    },
  ],
  ['SERVER_WITHOUT_COOKIE', url => fetch(`${url}/.ory/sessions/whoami`)],
  [
    'UNKNOWN_SESSION',
    url => fetch(`${url}/api/x`, { headers: { cookie: 'ory_kratos_session=of-another-project' } }),
  ],
  [
    'UNKNOWN_FLOW',
    url =>
      fetch(`${url}/.ory/self-service/login/flows?id=7a8d2f6e-0000-4000-8000-000000000000`, {
        headers: JSON_TYPE,
      }),
  ],
  [
    'RETURN_TO',
    url => fetch(`${url}/.ory/self-service/login/browser?return_to=https://elsewhere.example/`, MANUAL),
  ],
]

const MANUAL = { redirect: 'manual' } as const

test.for(MISTAKES)('%s is named once, in the log and on the page of requests', async ([code, make]) => {
  const ory = await startOry()
  const ours = await bench({ sdkUrl: ory.url, sessionCache: 0 })
  await make(ours.url)
  await make(ours.url)
  await expect.poll(async () => (await ours.diagnoses()).map(found => found.code)).toEqual([code])
  const said = ours.warnings.filter(line => line.startsWith('ory-proxy '))
  expect(said).toHaveLength(1)
  expect(said[0]).toMatch(new RegExp(`^ory-proxy ${code}: .*npx ory-proxy doctor`))
  expect(said[0]).not.toMatch(/of-another-project|ory-dev-password/)
  const page = await (
    await fetch(`${ours.url}/.ory/dev/requests`, { headers: { accept: 'text/html' } })
  ).text()
  expect(page).toContain(code)
  await ours.close()
  await ory.close()
})

test('RETURN_TO: a Kratos that does not lead back to us is named when its error page comes', async () => {
  const id = '7a8d2f6e-1111-4000-8000-000000000000'
  fake.on('/self-service/login/browser', (_req, res) => {
    res.writeHead(303, { location: `http://127.0.0.1:4455/error?id=${id}` }).end()
  })
  fake.on('/self-service/errors', (req, res) => {
    const back = 'http://localhost:5173/'
    const error = { code: 400, reason: `Requested return_to URL "${back}" is not allowed.` }
    res.setHeader('content-type', 'application/json')
    res.end(JSON.stringify(req.url!.includes(id) ? { id, error } : {}))
  })
  const ours = await bench({ sdkUrl: fake.url })
  await fetch(`${ours.url}/.ory/init/login`, { redirect: 'follow' }).catch(() => {})
  await expect.poll(async () => (await ours.diagnoses()).map(({ code }) => code)).toEqual(['RETURN_TO'])
  expect((await ours.diagnoses())[0]!.fix).toContain('allowed_return_urls')
  await ours.close()
})

test('BASE_URL_ELSEWHERE, COOKIE_PREFIX and COOKIE_JAR_SHARED are named', async () => {
  const ours = await bench({ sdkUrl: fake.url, sessionCache: 0 })
  fake.on('/self-service/login/flows', (_req, res) => {
    res.writeHead(200, {
      'content-type': 'application/json',
      'set-cookie': ['__Host-ory_session=a; Secure; Path=/', 'ory_kratos_session=ours; Path=/'],
    })
    res.end(
      JSON.stringify({ id: 'x', ui: { action: 'http://kratos.internal:4433/self-service/login?flow=x' } }),
    )
  })
  await fetch(`${ours.url}/.ory/self-service/login/flows?id=x`)
  await fetch(`${ours.url}/api/x`, { headers: { cookie: 'ory_kratos_session=of-the-other-app' } })
  const codes = (await ours.diagnoses()).map(({ code }) => code)
  expect(codes.toSorted()).toEqual(['BASE_URL_ELSEWHERE', 'COOKIE_JAR_SHARED', 'COOKIE_PREFIX'])
  await ours.close()
})

test('what is right gives no alarm: signing in and out, forms with mistakes of people, visitors, programs', async () => {
  const port = await freePort()
  const ory = await startOry(`http://localhost:${port}`)
  const ours = await bench({ sdkUrl: ory.url }, port)
  const { id, token, cookie } = await begin(ours.url)
  await send(ours.url, id, { csrf_token: token, password: 'not-it' }, { cookie })
  const signedIn = await send(ours.url, id, { csrf_token: token }, { cookie })
  expect(signedIn.status).toBe(200)
  const session = signedIn.headers
    .getSetCookie()
    .map(line => line.split(';')[0])
    .join('; ')
  const both = { cookie: `${cookie}; ${session}` }
  await fetch(`${ours.url}/api/x`, { headers: both })
  const out = await fetch(`${ours.url}/.ory/self-service/logout/browser`, {
    headers: { ...both, ...JSON_TYPE },
  })
  await fetch(((await out.json()) as { logout_url: string }).logout_url, {
    headers: both,
    redirect: 'manual',
  })
  await fetch(`${ours.url}/api/x`, { headers: both }) // a tab that has not heard of it
  await fetch(`${ours.url}/api/x`)
  await fetch(`${ours.url}/.ory/sessions/whoami`, { headers: { 'sec-fetch-site': 'same-origin' } })
  await fetch(`${ours.url}/.ory/init/login`, MANUAL)
  await fetch(`${ours.url}/.ory/self-service/login/api`, { headers: JSON_TYPE })
  await rawRequest(ours.url, '/.ory/nowhere')
  expect(await ours.diagnoses()).toEqual([])
  expect(ours.warnings).toEqual([])
  await ours.close()
  await ory.close()
})

test('a server that asks for a visitor without a cookie is right, one that forgets the cookie is not', async () => {
  const ory = await startOry()
  let face: Bench | undefined
  const asking = await startEchoApp(async (_req, res) => {
    await fetch(`${face!.url}/.ory/sessions/whoami`)
    res.end('page')
  })
  const warnings: string[] = []
  const logger = { ...silentLogger, warn: (line: string) => void warnings.push(line) }
  const inner = await FACES['connect']!(asking.url, { sdkUrl: ory.url, logger })
  face = { ...inner, warnings, diagnoses: async () => [] }
  await fetch(`${inner.url}/page`)
  expect(warnings).toEqual([])
  const { id, token, cookie } = await begin(inner.url)
  const signedIn = await send(inner.url, id, { csrf_token: token }, { cookie })
  const session = signedIn.headers
    .getSetCookie()
    .map(line => line.split(';')[0])
    .join('; ')
  await fetch(`${inner.url}/page`, { headers: { cookie: session } })
  expect(warnings.join()).toContain('SERVER_WITHOUT_COOKIE')
  await inner.close()
  await Promise.all([asking.close(), ory.close()])
})
