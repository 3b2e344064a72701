import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, startClient } from '../_emulator.js'

let client: Client
beforeAll(async () => {
  client = await startClient({
    seed: [],
    config: { oauth2_provider: { url: 'http://127.0.0.1:4445' } },
  })
})
afterAll(() => client.emulator.close())

test.for<[string, () => Promise<unknown>]>([
  ['OAuth2 sign-in', () => client.call('GET', '/self-service/login/browser?login_challenge=abc')],
  ['OAuth2 sign-in', () => client.call('GET', '/self-service/registration/api?login_challenge=abc')],
  ['OAuth2 and OpenID Connect (Ory Hydra)', () => client.call('POST', '/oauth2/token', 'grant_type=x')],
  ['OAuth2 and OpenID Connect (Ory Hydra)', () => client.call('GET', '/.well-known/openid-configuration')],
  ['OAuth2 and OpenID Connect (Ory Hydra)', () => client.call('GET', '/userinfo')],
  ['OAuth2 and OpenID Connect (Ory Hydra)', () => client.admin('GET', '/oauth2/auth/requests/login')],
  ['permissions (Ory Keto)', () => client.call('GET', '/relation-tuples/check?namespace=a')],
  ['permissions (Ory Keto)', () => client.admin('PUT', '/admin/relation-tuples', {})],
  ['FedCM', () => client.call('GET', '/self-service/fed-cm/parameters')],
])('what is switched on and missing is a 501 that names %s', async ([feature, ask]) => {
  const reason = expect.stringContaining(`does not have ${feature}`)
  expect(await ask()).toMatchObject({
    status: 501,
    body: { error: { id: 'emulator_not_implemented', reason } },
  })
})

test('paths of Hydra and Keto say how to reach the real ones', async () => {
  const { body } = await client.call('GET', '/oauth2/auth?client_id=a')
  expect(body.error.reason).toMatch(/--project.*--sdk-url/)
})

test('the admin port answers scrapers and says by a hash which configuration counts', async () => {
  const metrics = await client.admin('GET', '/admin/metrics/prometheus')
  expect(metrics.headers.get('content-type')).toContain('version=0.0.4')
  expect(metrics.body).toMatch(/^process_resident_memory_bytes \d+$/m)
  const config = await client.admin('GET', '/health/config')
  expect(config).toMatchObject({ status: 200, body: expect.stringMatching(/^[0-9a-f]{64}$/) })
})
