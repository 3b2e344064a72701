// Sessions as JWTs; test/emulator/recorded holds Kratos' answers to each template.
import { Configuration, FrontendApi } from '@ory/client-fetch'
import { createLocalJWKSet, decodeJwt, exportJWK, generateKeyPair, jwtVerify } from 'jose'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { type Emulator, startEmulator } from '../../../src/emulator/index.js'

const base64 = (value: unknown): string =>
  `base64://${Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64')}`

let jwksUrl: string
let secret: string
let verify: (token: string) => Promise<Record<string, unknown>>
beforeAll(async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = { ...(await exportJWK(privateKey)), alg: 'ES256', kid: 'one' }
  secret = jwk.d ?? ''
  jwksUrl = base64({ keys: [jwk] })
  const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256', kid: 'one' }] })
  verify = async token => (await jwtVerify(token, keys)).payload
})

let emulator: Emulator | undefined
let lines: string[] = []
afterEach(async () => {
  await emulator?.close()
  lines = []
})

async function started(templates: object, more: object = {}): Promise<FrontendApi> {
  const say = (line: string): void => void lines.push(line)
  emulator = await startEmulator({
    config: { ...more, session: { whoami: { tokenizer: { templates } } } },
    logger: { info: say, warn: say, error: say, debug: () => {} },
  })
  return new FrontendApi(
    new Configuration({ basePath: emulator.url, headers: { accept: 'application/json' } }),
  )
}

async function signedIn(client: FrontendApi): Promise<string> {
  const { id } = await client.createNativeLoginFlow()
  const updateLoginFlowBody = {
    method: 'password',
    identifier: 'alice@example.com',
    password: 'ory-dev-password',
  } as const
  return (await client.updateLoginFlow({ flow: id, updateLoginFlowBody })).session_token ?? ''
}

test('the real client gets a session with its token, which verifies with the public key', async () => {
  const client = await started({
    app: {
      jwks_url: jwksUrl,
      ttl: '5m',
      claims_mapper_url: base64(
        "{ claims: { email: std.extVar('session').identity.traits.email, iss: 'not mine' } }",
      ),
    },
    plain: { jwks_url: jwksUrl, ttl: '5m' },
  })
  const session = await client.toSession({ xSessionToken: await signedIn(client), tokenizeAs: 'app' })
  const { iat, exp, ...claims } = await verify(session.tokenized ?? '')
  expect(claims).toEqual({
    iss: 'not mine',
    sub: session.identity?.id,
    sid: session.id,
    email: 'alice@example.com',
    nbf: iat,
    jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
  })
  expect(Number(exp) - Number(iat)).toBe(300)
  const plain = await client.toSession({ xSessionToken: await signedIn(client), tokenizeAs: 'plain' })
  expect(decodeJwt(plain.tokenized ?? '').iss).toBe(`${emulator?.url}/`)
})

test('its times are the machine’s, so that a backend accepts it whatever the emulator’s clock says', async () => {
  const client = await started({ app: { jwks_url: jwksUrl, ttl: '1m' } })
  const xSessionToken = await signedIn(client)
  const moved = await fetch(`${emulator?.url}/dev/clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ advance: '2h' }),
  })
  expect(moved.status).toBe(200)
  expect(
    await verify((await client.toSession({ xSessionToken, tokenizeAs: 'app' })).tokenized ?? ''),
  ).toBeTruthy()
})

test('a template without a ttl makes tokens that are expired, as Kratos does, with a line at the start', async () => {
  const client = await started({ app: { jwks_url: jwksUrl } })
  expect(lines).toContainEqual(expect.stringContaining('templates.app has no ttl'))
  const { tokenized } = await client.toSession({ xSessionToken: await signedIn(client), tokenizeAs: 'app' })
  const { iat, exp } = decodeJwt(tokenized ?? '')
  expect(exp).toBe(iat)
})

test.for([
  [
    'a mapper that throws',
    { claims_mapper_url: base64('{}.claims') },
    'Unable to execute tokenizer JsonNet.',
    /claims_mapper_url \(decoded\):1:1: .*claims/,
  ],
  [
    'a mapper without claims',
    { claims_mapper_url: base64('{}') },
    'Expected tokenizer JsonNet to return a claims object but it did not.',
    /claims_mapper_url \(decoded\) gave no object "claims"/,
  ],
  [
    'a subject that is not there',
    { subject_source: 'external_id' },
    /does not have an external ID set/,
    /does not have an external ID set/,
  ],
  ['no keys', { jwks_url: base64({ keys: [] }) }, /Could not find key/, /Could not find key/],
  [
    'keys that are none',
    { jwks_url: base64('nope') },
    'failed to parse JWK set',
    /the base64 of jwks_url holds no JSON Web Key set/,
  ],
] as const)(
  '%s is Kratos’ answer, with the reason in the log and no key in it',
  async ([, template, reason, line]) => {
    const client = await started({ app: { jwks_url: jwksUrl, ttl: '1m', ...template } })
    const answer = await fetch(`${emulator?.url}/sessions/whoami?tokenize_as=app`, {
      headers: { 'x-session-token': await signedIn(client) },
    })
    expect(answer.status).toBe(400)
    const { error } = (await answer.json()) as { error: { reason: string } }
    expect(error.reason).toMatch(reason)
    expect(lines.filter(said => said.startsWith('tokenize_as=app'))).toEqual([expect.stringMatching(line)])
    expect(lines.join('\n')).not.toContain(secret)
    expect(lines.join('\n')).not.toContain(jwksUrl.slice(9, 60))
  },
)
