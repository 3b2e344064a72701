import { type ChildProcess, spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BACKENDS } from '../_backends.js'
import { ended, FACES, type Face, freePort } from '../_faces.js'
import { type FakeOry, startFakeOry } from '../_fake-ory.js'

/** Other languages take their own tools and minutes: `npm run test:ecosystem` runs them. */
const chosen =
  process.env['ORY_PROXY_ECOSYSTEM'] === 'all' ? Object.keys(BACKENDS) : ['express', 'fastify', 'hono']

describe.each(chosen)('the recipe for %s', name => {
  let ory: FakeOry
  let face: Face
  let child: ChildProcess
  let folder: string | undefined
  let backend: string
  let output = ''

  beforeAll(async () => {
    const program = await BACKENDS[name]!()
    folder = program.cwd
    const port = await freePort()
    backend = `http://127.0.0.1:${port}`
    ory = await startFakeOry()
    face = await FACES['connect']!(backend, { sdkUrl: ory.url })
    const env = { ...process.env, PORT: `${port}`, ORY_JWKS_URL: `${face.url}/.ory/jwks.json` }
    child = spawn(program.command, [...program.args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [child.stdout!, child.stderr!]) stream.on('data', chunk => (output += chunk))
    await listening()
  }, 240_000)
  afterAll(async () => {
    if (child && child.exitCode === null) await ended(child)
    await face?.close()
    await ory?.close()
    if (folder) await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  async function listening(): Promise<void> {
    while (child.exitCode === null) {
      if (await fetch(backend).catch(() => undefined)) return
      await new Promise(resolve => setTimeout(resolve, 100))
    }
    throw new Error(`the backend ended with ${child.exitCode}:\n${output}`)
  }

  const me = (base: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${base}/api/me`, { headers })

  test('knows who is signed in', async () => {
    const response = await me(face.url, { cookie: ory.signIn('ada@example.com') })
    expect(await response.json()).toEqual({ id: expect.any(String), email: 'ada@example.com' })
    expect(response.status).toBe(200)
  })

  test('asks everybody else to sign in', async () => {
    const response = await me(face.url)
    expect(response.status).toBe(401)
    expect(await response.json()).toEqual({ error: 'Please sign in.' })
  })

  test('believes no token of somebody else, even past the proxy', async () => {
    const { privateKey } = await generateKeyPair('ES256')
    const { keys } = (await (await fetch(`${face.url}/.ory/jwks.json`)).json()) as { keys: [{ kid: string }] }
    const claims = {
      session: { active: true, identity: { id: 'mallory', traits: { email: 'm@example.com' } } },
    }
    const forged = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: keys[0].kid })
      .setIssuer(ory.url)
      .setSubject('mallory')
      .setIssuedAt()
      .setNotBefore('0s')
      .setExpirationTime('60s')
      .sign(privateKey)
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    const unsigned = `${part({ alg: 'none', typ: 'JWT' })}.${forged.split('.')[1]}.`
    for (const token of [forged, unsigned, 'nonsense', `${forged}, ${forged}`]) {
      expect([token, (await me(backend, { authorization: `Bearer ${token}` })).status]).toEqual([token, 401])
    }
  })
})
