// The app gets the JWT that Ory signed: in every face, with the emulator as an Ory elsewhere and inside.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Emulator, startEmulator } from '../../src/emulator/index.js'
import { createOryMiddleware, type OryOptions, silentLogger } from '../../src/index.js'
import { type OryTokenClaims, verifySession } from '../../src/verify.js'
import { type EchoApp, startEchoApp } from '../_app.js'
import { FACES } from '../_faces.js'
import { receivedBy } from '../_fixtures.js'
import { handshakeAt } from '../_sockets.js'

const base64 = (text: string): string => `base64://${Buffer.from(text).toString('base64')}`
const MAPPER = "{ claims: { email: std.extVar('session').identity.traits.email } }"

let config: object
let emulator: Emulator
let app: EchoApp
/** What a hosted backend has: the public half of the template's key. */
let keys: { url: string; close(): void }

beforeAll(async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES512', { extractable: true })
  const named = { alg: 'ES512', kid: 'of-ory' }
  const jwks_url = base64(JSON.stringify({ keys: [{ ...(await exportJWK(privateKey)), ...named }] }))
  const template = { jwks_url, ttl: '1m', claims_mapper_url: base64(MAPPER) }
  config = { session: { whoami: { tokenizer: { templates: { backend: template } } } } }
  emulator = await startEmulator({ config, logger: silentLogger })
  app = await startEchoApp()
  const text = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), ...named }] })
  const server = createServer((_req, res) => void res.end(text))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  keys = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
})
afterAll(async () => {
  keys.close()
  await app.close()
  await emulator.close()
})

async function signInAt(tools: string): Promise<{ cookie: string; jwt: string }> {
  const answer = await fetch(`${tools}/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ identity: 'alice@example.com' }),
  })
  return (await answer.json()) as { cookie: string; jwt: string }
}

const verified = (headers: Record<string, string | string[] | undefined>) =>
  verifySession<never, OryTokenClaims & { email: string }>(headers, { jwksUrl: keys.url })

describe.each(Object.entries(FACES))('%s', (_name, start) => {
  test('the app gets Ory’s token, its socket too; our own keys stay where they are', async () => {
    const face = await start(app.url, { sdkUrl: emulator.url, tokenizeAs: 'backend' })
    try {
      const { cookie } = await signInAt(`${emulator.url}/dev`)
      const { headers } = await receivedBy(`${face.url}/api/x`, {
        headers: { cookie, authorization: 'Bearer forged' },
      })
      const claims = await verified(headers)
      expect(claims).toMatchObject({
        email: 'alice@example.com',
        sid: expect.any(String),
        iss: `${emulator.url}/`,
      })
      expect(
        await verified(await handshakeAt(`${face.url}/api/x`, { cookie, origin: face.url })),
      ).toMatchObject({
        sub: claims?.sub,
      })
      expect((await receivedBy(`${face.url}/api/x`)).headers.authorization).toBeUndefined()
      const ours = (await (await fetch(`${face.url}/.ory/jwks.json`)).json()) as { keys: object[] }
      expect(ours.keys).toEqual([expect.objectContaining({ alg: 'ES256' })])
    } finally {
      await face.close()
    }
  })
})

async function embedded(
  options: OryOptions,
): Promise<{ url: string; lines: string[]; close(): Promise<void> }> {
  const lines: string[] = []
  const say = (line: string): void => void lines.push(line)
  const logger = { info: say, warn: say, error: say, debug: () => {} }
  const face = await FACES['connect']!(app.url, { logger, ...options })
  return { ...face, lines }
}

test('with the emulator inside, its issuer is the same at every start', async () => {
  const face = await embedded({ emulator: { config }, tokenizeAs: 'backend' })
  try {
    const { cookie, jwt } = await signInAt(`${face.url}/.ory/dev`)
    expect(await verified({ authorization: `Bearer ${jwt}` })).toMatchObject({ email: 'alice@example.com' })
    const { headers } = await receivedBy(`${face.url}/api/x`, { headers: { cookie } })
    expect(await verified(headers)).toMatchObject({
      iss: 'http://emulator.localhost/',
      email: 'alice@example.com',
    })
  } finally {
    await face.close()
  }
})

test('a template that nobody has defined is one line, and everybody anonymous, on protected paths as well', async () => {
  const face = await embedded({ sdkUrl: emulator.url, tokenizeAs: 'nope', protect: ['/api/members'] })
  try {
    const { cookie } = await signInAt(`${emulator.url}/dev`)
    for (const path of ['a', 'b']) {
      const { headers } = await receivedBy(`${face.url}/api/${path}`, { headers: { cookie } })
      expect(headers.authorization).toBeUndefined()
    }
    expect(face.lines.filter(line => line.includes('tokenizeAs "nope"'))).toHaveLength(1)
    const refused = await fetch(`${face.url}/api/members`, {
      headers: { cookie, accept: 'application/json' },
    })
    expect([refused.status, await refused.text()]).toEqual([503, expect.stringContaining('tokenizeAs')])
  } finally {
    await face.close()
  }
})

test('without any JWT it has no effect, which is said; a name that can be none is refused at the start', async () => {
  const face = await embedded({ sdkUrl: emulator.url, jwt: false, tokenizeAs: 'backend' })
  expect(face.lines).toContainEqual(expect.stringContaining('`tokenizeAs` has no effect'))
  await face.close()
  await expect(createOryMiddleware({ tokenizeAs: 'a b' })).rejects.toMatchObject({
    code: 'ORY_PROXY_BAD_OPTION',
  })
})
