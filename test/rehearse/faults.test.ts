import { afterEach, beforeEach, expect, test } from 'vitest'
import { ensureEngine } from '../../scripts/ensure-engines.mjs'
import { type Answer, ask } from '../../src/check/wire.js'
import { ENGINES as WRITTEN } from '../../src/export/index.js'
import type { Gateway } from '../../src/export/settings.js'
import { startGateway } from '../../src/rehearse/gateway.js'
import type { Rehearsal } from '../../src/rehearse/index.js'
import { newKey } from '../../src/rehearse/keys.js'
import { type EchoApp, type Received, startEchoApp } from '../_app.js'
import { freePort } from '../_faces.js'
import { type FakeOry, startFakeOry } from '../_fake-ory.js'
import { ENGINES, rehearsed, SIGNING } from './_engines.js'

let ory: FakeOry
let app: EchoApp
let gateway: Rehearsal

beforeEach(async () => {
  ;[ory, app] = await Promise.all([startFakeOry(), startEchoApp()])
})
afterEach(async () => {
  await gateway?.close()
  await Promise.all([ory.close(), app.close()])
})

/** Nothing is kept, so that every answer is of now. */
async function start(engine: string, sessionCache = 0): Promise<void> {
  gateway = await rehearsed(engine, {
    settings: { ory: new URL(ory.url), app: new URL(app.url), sessionCache },
  })
}

const get = (path: string, ...headers: string[]): Promise<Answer> =>
  ask(new URL(gateway.url), path, { headers })
const person = (): string => `Cookie: ${ory.signIn('ada@example.com')}`
const isSignedIn = ({ status, text }: Answer): boolean =>
  status === 200 && (JSON.parse(text) as Received).headers.authorization !== undefined

/** Open pages are there for nobody in particular, gated ones wait for better times, and nobody is sent to sign in. */
async function expectUnknown(cookie: string): Promise<void> {
  const [open, gated] = [await get('/todos', cookie), await get('/members', cookie, 'Accept: text/html')]
  expect([open.status, isSignedIn(open)]).toEqual([200, false])
  expect([gated.status, gated.headers['retry-after']]).toEqual([503, '2'])
}

test.for(SIGNING)(
  '%s: an Ory that hangs makes people nobody and closes the gate, until it is back',
  async engine => {
    await start(engine)
    const cookie = person()
    expect(isSignedIn(await get('/members', cookie))).toBe(true)
    const back = ory.on('/sessions/whoami', () => {}) // never an answer
    await expectUnknown(cookie)
    back()
    expect(isSignedIn(await get('/members', cookie))).toBe(true)
  },
)

test.for(SIGNING)('%s: an Ory that died does so too, until another one is there', async engine => {
  await start(engine)
  const cookie = person()
  expect(isSignedIn(await get('/members', cookie))).toBe(true)
  const { port } = new URL(ory.url)
  await ory.close()
  await expectUnknown(cookie)
  ory = await startFakeOry(Number(port))
  const again = person()
  await expect.poll(async () => isSignedIn(await get('/members', again))).toBe(true)
})

test.for(SIGNING)(
  '%s: an Ory that answers with errors, or with what is no session, signs nobody in',
  async engine => {
    await start(engine)
    const cookie = person()
    for (const [status, body] of [
      [500, '{}'],
      [429, '{}'],
      [302, ''],
    ] as const) {
      const over = ory.on('/sessions/whoami', (_req, res) => void res.writeHead(status).end(body))
      await expectUnknown(cookie)
      over()
    }
    for (const body of [
      '',
      'null',
      '[]',
      '{"active":true}',
      '{"active":false,"identity":{"id":"x"}}',
      '{"active":true,"identity":{"id":""}}',
    ]) {
      const over = ory.on('/sessions/whoami', (_req, res) => void res.writeHead(200).end(body))
      const [open, gated] = [await get('/todos', cookie), await get('/members', cookie)]
      expect([body, isSignedIn(open), gated.status]).toEqual([body, false, 401])
      over()
    }
  },
)

test.for(SIGNING)(
  '%s: without a cache every request is asked about; with one, a person once',
  async engine => {
    await start(engine)
    const cookie = person()
    const asked = async (times: number): Promise<number> => {
      const before = ory.whoami().length
      for (let i = 0; i < times; i++) expect(isSignedIn(await get('/todos', cookie))).toBe(true)
      return ory.whoami().length - before
    }
    expect(await asked(5)).toBe(5)
    await gateway.close()
    await start(engine, 10)
    // Engines keep by thread; two run here.
    expect(await asked(20)).toBeLessThanOrEqual(engine === 'nginx' || engine.endsWith('authz') ? 1 : 4)
  },
)

const OATHKEEPER = ENGINES.filter(engine => !SIGNING.includes(engine))

test.for(OATHKEEPER)(
  '%s: an Ory that died makes people nobody, and gated pages send them to sign in',
  async engine => {
    await start(engine)
    const cookie = person()
    await ory.close()
    const [open, gated] = [await get('/todos', cookie), await get('/members', cookie, 'Accept: text/html')]
    expect([open.status, isSignedIn(open), gated.status]).toEqual([200, false, 303])
    ory = await startFakeOry()
  },
)

const BESIDE = SIGNING.filter(engine => engine !== 'nginx')

test.for(BESIDE)('%s: a signer that is gone closes the gate', async engine => {
  await start(engine)
  const cookie = person()
  expect(isSignedIn(await get('/members', cookie))).toBe(true)
  const [{ processes } = { processes: [] }] = gateway.gateways
  const signer = processes.find(({ name }) => name === 'nginx')!
  const gone = new Promise(resolve => signer.child.once('exit', resolve))
  signer.child.kill('SIGTERM') // its workers go with it
  await gone
  await expect.poll(async () => (await get('/members', cookie)).status).toBe(503)
  expect(isSignedIn(await get('/todos', cookie)) && 'signed in').toBe(false)
})

const SCRIPTED = BESIDE.filter(engine => !engine.endsWith('authz'))

test.for(SCRIPTED)('%s: a script with an error in it closes everything, the gate first', async engine => {
  ensureEngine(engine)
  const [listen, signerPort] = [await freePort(), await freePort()]
  const settings: Gateway = {
    ory: new URL(ory.url),
    app: new URL(app.url),
    publicUrl: new URL(`http://localhost:${listen}`),
    protect: ['/members/*'],
    oryDomain: false,
    corsOrigins: [],
    corsHeaders: [],
    sessionCache: 1,
    listen,
    signerPort,
  }
  const files = WRITTEN[engine]!(settings)
  const script = files['who.lua']!.replace(
    'local function listed(',
    'local function listed() error("broken") end\nlocal function other(',
  )
  expect(script).not.toBe(files['who.lua'])
  const broken = await startGateway(engine, settings, newKey(), { ...files, 'who.lua': script })
  try {
    for (const path of ['/members', '/todos']) {
      const { status } = await ask(new URL(broken.url), path, { headers: [person()] })
      expect([path, status]).toEqual([path, 500])
    }
    expect(app.seen).toEqual([])
  } finally {
    await broken.close()
  }
})
