import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, startClient } from '../_emulator.js'

let client: Client
beforeAll(async () => {
  const selfservice = { methods: { webauthn: { enabled: true }, passkey: { enabled: true } } }
  client = await startClient({
    seed: [],
    config: { selfservice, oauth2_provider: { url: 'http://127.0.0.1:4445' } },
  })
})
afterAll(() => client.emulator.close())

async function submit(kind: string, fields: object): Promise<unknown> {
  const { body: flow, headers } = await client.call('GET', `/self-service/${kind}/browser`)
  const [cookie = ''] = headers.getSetCookie().map(line => line.split(';')[0]!)
  const csrf_token = flow.ui.nodes.find(
    ({ attributes }: { attributes: { name: string } }) => attributes.name === 'csrf_token',
  ).attributes.value
  return client.call('POST', `/self-service/${kind}?flow=${flow.id}`, { csrf_token, ...fields }, { cookie })
}

const traits = { email: 'ada@example.org' }
test.for<[string, () => Promise<unknown>]>([
  ['WebAuthn', () => submit('login', { method: 'webauthn', identifier: 'ada@example.org' })],
  ['WebAuthn', () => submit('registration', { webauthn_register: '{}', traits })],
  ['passkeys', () => submit('login', { passkey_login: '{}' })],
  ['passkeys', () => submit('registration', { passkey_register: '{}', traits })],
  ['OAuth2 sign-in', () => client.call('GET', '/self-service/login/browser?login_challenge=abc')],
  ['OAuth2 sign-in', () => client.call('GET', '/self-service/registration/api?login_challenge=abc')],
  ['Prometheus metrics', () => client.admin('GET', '/metrics/prometheus')],
])('what is switched on and missing is a 501 that names %s', async ([feature, ask]) => {
  const reason = expect.stringContaining(`does not have ${feature}`)
  expect(await ask()).toMatchObject({
    status: 501,
    body: { error: { id: 'emulator_not_implemented', reason } },
  })
})
