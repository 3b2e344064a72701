import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectTestOry, startTestOry, type TestOry } from '../../src/testing/index.js'
import { sender } from '../../src/testing/wire.js'
import { verifySession } from '../../src/verify.js'
import { startEchoApp } from '../_app.js'
import { FACES, freePort } from '../_faces.js'
import { startFakeOry } from '../_fake-ory.js'

let run: TestOry
let ory: TestOry
beforeAll(async () => {
  run = await startTestOry()
  ory = await run.fork()
})
afterAll(() => run?.close())

/** Ory as an app uses it, in this test's state. */
async function call(method: string, path: string, body?: object, own = ory) {
  const response = await fetch(own.url + path, {
    method,
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      'ory-dev-namespace': own.namespace,
    },
    ...(body && { body: JSON.stringify(body) }),
  })
  return response.json()
}

async function recover(email: string, own = ory): Promise<void> {
  const flow = await call('GET', '/self-service/recovery/api', undefined, own)
  await call('POST', `/self-service/recovery?flow=${flow.id}`, { method: 'code', email }, own)
}

describe('signing in', () => {
  test('gives headers that the backend believes, and that Ory knows', async () => {
    const { headers, session, jwt } = await ory.signIn('alice@example.com')
    const claims = await verifySession(headers, { jwksUrl: ory.jwksUrl })
    expect(claims?.session.id).toBe(session.id)
    expect(headers.authorization).toBe(`Bearer ${jwt}`)
    const whoami = await fetch(`${ory.url}/sessions/whoami`, { headers: { cookie: headers.cookie } })
    expect(await whoami.json()).toMatchObject({ id: session.id })
  })

  test('somebody new, by what createUser gave, with a second factor', async () => {
    const user = await ory.createUser({ traits: { name: { first: 'Ada' } } })
    const { session } = await ory.signIn(user, { aal: 'aal2' })
    expect(session).toMatchObject({
      authenticator_assurance_level: 'aal2',
      identity: { id: user.id, traits: { email: user.email, name: { first: 'Ada' } } },
    })
    const flow = await call('GET', '/self-service/login/api')
    const known = { method: 'password', identifier: user.email, password: user.password }
    const byPassword = await call('POST', `/self-service/login?flow=${flow.id}`, known)
    expect(byPassword.session.identity).toMatchObject({ verifiable_addresses: [{ verified: true }] })
  })

  test('nobody in one state is somebody in another', async () => {
    const other = await ory.fork({ seed: [] })
    const user = await ory.createUser()
    await expect(other.signIn(user)).rejects.toThrow(/nobody called .* in namespace .*; there is nobody/)
    await expect(other.signIn()).rejects.toThrow(/There is nobody in namespace/)
    const copy = await ory.fork({ from: ory.namespace })
    expect((await copy.signIn(user)).session.identity.id).toBe(user.id)
  })
})

describe('mail', () => {
  test('is handed out once, the oldest first, whether it is there or comes', async () => {
    const user = await ory.createUser()
    const waiting = ory.mail(user)
    await recover(user.email)
    const first = await waiting
    expect(first).toMatchObject({ to: user.email, code: expect.stringMatching(/^\d{6}$/), link: '' })
    await recover(user.email)
    const second = await ory.mail(user.email, { subject: /account/ })
    expect(second.id).not.toBe(first.id)
    await ory.noMail(user, 50)
    await recover(user.email)
    await expect(ory.noMail(user)).rejects.toThrow(/should not have: "/)
  })

  test('that never comes is told with what is there', async () => {
    const own = await ory.fork()
    await recover('bob@example.com', own)
    await expect(own.mail('alice@example.com', { timeout: 60 })).rejects.toThrow(
      /^No new mail to alice@example\.com came within 0\.06 s\. In the inbox, .*" to bob@example\.com\.$/,
    )
    await expect(own.mail('bob@example.com', { subject: /invoice/, timeout: 20 })).rejects.toThrow(
      /with \/invoice\//,
    )
  })
})

test('an authenticator app shows what the emulator takes, by its clock, while it is set up and after', async () => {
  const own = await ory.fork()
  const user = await own.createUser()
  const { sessionToken } = await own.signIn(user)
  await expect(own.totp(user)).rejects.toThrow(/no authenticator app/)
  await own.clock.advance('5m')
  const headers = {
    'x-session-token': sessionToken,
    'ory-dev-namespace': own.namespace,
    accept: 'application/json',
  }
  const flow = await (await fetch(`${own.url}/self-service/settings/api`, { headers })).json()
  const saved = await fetch(`${own.url}/self-service/settings?flow=${flow.id}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ method: 'totp', totp_code: await own.totp(user) }),
  })
  expect([saved.status, (await saved.json()).state]).toEqual([200, 'success'])
  expect(await own.totp(user)).toMatch(/^\d{6}$/)
})

test('the clock, a fault and the state are those of one test', async () => {
  const [one, two] = [await ory.fork(), await ory.fork()]
  const { headers } = await one.signIn()
  const status = async (own: TestOry) =>
    (await fetch(`${own.url}/sessions/whoami`, { headers: { cookie: headers.cookie } })).status
  const fault = await one.fault({ path: '/sessions/whoami', status: 503 })
  expect(await status(one)).toBe(503)
  await fault.remove()
  await fault.remove()
  expect(await status(one)).toBe(200)
  await one.clock.advance('25h')
  expect(await status(one)).toBe(401)
  await one.clock.set(new Date())
  expect(await status(one)).toBe(200)
  await one.clock.freeze()
  await one.clock.resume()
  await one.clock.reset()
  await expect(one.clock.advance('soon')).rejects.toThrow(/The clock: "advance" must be a duration/)
  await expect(one.fault({ path: '/nowhere', status: 500 })).rejects.toThrow(/The fault: "path"/)
  expect((await two.state())['sessions']).toEqual([])
  expect((await one.state())['sessions']).toHaveLength(1)
})

test('a connection that lay idle and was closed is not what a test fails by', async () => {
  const used = new WeakSet<object>()
  const server = createServer((req, res) => {
    if (used.has(req.socket)) return void req.socket.destroy()
    used.add(req.socket)
    res.end('{}')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const send = sender(undefined)
  for (let i = 0; i < 3; i++) expect((await send('POST', url, {})).status).toBe(200)
  expect(
    await send('GET', `${url.replace(/\d+$/, String(await freePort()))}/`).catch(error => error.code),
  ).toBe('ECONNREFUSED')
  server.closeAllConnections()
  server.close()
})

describe('what goes wrong is one sentence, with the address, what answered and what to do', () => {
  const servers: Server[] = []
  afterAll(() => servers.forEach(server => void server.close()))
  const serve = async (listener: RequestListener): Promise<string> => {
    const server = createServer(listener)
    servers.push(server)
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  const messageAt = async (url: string): Promise<string> => {
    const error = await connectTestOry(url).catch((caught: Error) => caught)
    expect(error).toMatchObject({ name: 'OryProxyError', code: 'ORY_PROXY_TESTING' })
    const { message } = error as Error
    expect(message).not.toContain('\n')
    return message
  }

  test('no dev server', async () => {
    const url = `http://127.0.0.1:${await freePort()}`
    expect(await messageAt(url)).toBe(
      `Nobody answers at ${url} (ECONNREFUSED): start the dev server first, or let Playwright start it (\`webServer\`).`,
    )
  })

  test('a dev server without ory-proxy', async () => {
    const url = await serve((_req, res) => void res.setHeader('content-type', 'text/html').end('<p>App</p>'))
    expect(await messageAt(url)).toBe(
      `There is no ory-proxy at ${url}: /.ory/dev/namespaces answered 200, text/html. Is \`baseURL\` the address of the dev server that has it?`,
    )
  })

  test('a real Ory behind it', async () => {
    const [real, app] = await Promise.all([startFakeOry(), startEchoApp()])
    const face = await FACES['connect']!(app.url, { sdkUrl: real.url })
    expect(await messageAt(face.url)).toBe(
      `ory-proxy at ${face.url} has a real Ory behind it, which has no people for tests: start the dev server without ORY_SDK_URL and project, so that its emulator answers.`,
    )
    await Promise.all([face.close(), real.close(), app.close()])
  })

  test('versions that differ', async () => {
    const other = JSON.stringify({ name: 'x', cookie: 'x', people: [], version: '9.1.0' })
    const url = await serve((_req, res) => void res.writeHead(201).end(other))
    expect(await messageAt(url)).toMatch(
      /^The tests use ory-proxy \d+\.\d+\.\d+, and 9\.1\.0 answers at http:\S+: install one version, and restart/,
    )
  })

  test('nobody of that name', async () => {
    const own = await ory.fork()
    await expect(own.signIn('carol@example.com')).rejects.toThrow(
      `There is nobody called "carol@example.com" in namespace ${own.namespace}; there is alice@example.com, bob@example.com.`,
    )
    await expect(own.mail({ id: 'carol' })).rejects.toThrow(/nobody called "carol"/)
  })

  test('no address at all', async () => {
    expect(await messageAt('localhost:5173')).toContain('"localhost:5173" is no address of an app')
  })

  test('a state that is gone', async () => {
    const own = await ory.fork()
    await own.close()
    await expect(own.signIn()).rejects.toThrow(/There is no namespace/)
    await expect(own.mail(undefined, { timeout: 10 })).rejects.toThrow(/There is no namespace/)
  })
})
