import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, signIn, startClient } from '../emulator/_emulator.js'
import { fc } from './_fast-check.js'

let client: Client
const flows: Record<string, string> = {}
/** Only somebody who is signed in has settings; for the others, being it would end the flow. */
const session: Record<string, Record<string, string>> = {}

beforeAll(async () => {
  client = await startClient()
  const bob = await signIn(client, 'bob@example.com', 'ory-dev-password')
  session['settings'] = { 'x-session-token': bob.body.session_token }
  for (const kind of ['login', 'registration', 'recovery', 'verification']) {
    flows[kind] = (await client.call('GET', `/self-service/${kind}/api`)).body.id
  }
})
afterAll(() => client.emulator.close())

const FIELDS = [
  'method',
  'identifier',
  'password',
  'password_identifier',
  'code',
  'email',
  'traits',
  'provider',
]
const MORE = [
  'csrf_token',
  'totp_code',
  'lookup_secret',
  'resend',
  'transient_payload',
  'traits.email',
  '__proto__',
]

const value = fc.oneof(
  fc.constantFrom('password', 'code', 'oidc', 'totp', 'profile', 'alice@example.com', 'google', '', '000000'),
  fc.constantFrom<unknown>(null, true, 0, -1, 1e308, [], {}, [[]], { email: 1 }, { email: 'x@example.com' }),
  fc.jsonValue({ maxDepth: 2 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
)
const fields = fc.dictionary(fc.constantFrom(...FIELDS, ...MORE), value, { maxKeys: 6 })
const types = fc.constantFrom(
  'application/json',
  'application/x-www-form-urlencoded',
  'text/plain',
  'nonsense',
  '',
)
const asField = (given: unknown): string => (typeof given === 'string' ? given : JSON.stringify(given))
const body = fc.oneof(
  { weight: 5, arbitrary: fields.map(given => JSON.stringify(given)) },
  fields.map(given =>
    new URLSearchParams(Object.entries(given).map(([name, v]) => [name, asField(v)])).toString(),
  ),
  fc.string({ maxLength: 40 }),
)

/** Sent some at a time, 10,000 of each kind: it is the number of cases that counts. */
const AT_ONCE = 50
const BATCHES = 200

describe('whatever is submitted', () => {
  test.for(['login', 'registration', 'recovery', 'verification', 'settings'])(
    'to %s is answered, never with an error of our own',
    { timeout: 180_000 },
    async kind => {
      const batch = fc.array(fc.tuple(types, body), { minLength: AT_ONCE, maxLength: AT_ONCE })
      await fc.assert(
        fc.asyncProperty(batch, async cases => {
          // A new flow now and then: some keep what was wrong before, as Kratos' do, and grow by it.
          const path = `/self-service/${kind}`
          const flow = (await client.call('GET', `${path}/api`, undefined, session[kind])).body.id
          const answers = await Promise.all(
            cases.map(([type, text]) =>
              client.call('POST', `${path}?flow=${flow}`, text, { 'content-type': type, ...session[kind] }),
            ),
          )
          const broken = answers.findIndex(({ status }) => status >= 500)
          expect(broken < 0 ? null : [cases[broken], answers[broken]?.body]).toBeNull()
        }),
        { numRuns: BATCHES, endOnFailure: true },
      )
    },
  )

  test.for([
    ['lists', '['.repeat(100_000)],
    ['lists that end', `${'['.repeat(9999)}${']'.repeat(9999)}`],
    ['objects', '{"traits":'.repeat(100_000)],
    ['traits', `{"method":"password","traits":${'{"a":'.repeat(900)}1${'}'.repeat(900)}}`],
  ])('%s that nest deep are a bad request', async ([, text]) => {
    const bob = await signIn(client, 'bob@example.com', 'ory-dev-password')
    session['settings'] = { 'x-session-token': bob.body.session_token }
    for (const kind of ['login', 'registration']) {
      const { status } = await client.call('POST', `/self-service/${kind}?flow=${flows[kind]}`, text)
      expect(status).toBe(400)
    }
    expect((await client.admin('POST', '/admin/identities', text)).status).toBe(400)
  })

  // Not timed: a pattern that goes back over them would not come back from either.
  test('a million quotes without an end are a bad request', async () => {
    const bob = await signIn(client, 'bob@example.com', 'ory-dev-password')
    session['settings'] = { 'x-session-token': bob.body.session_token }
    for (const kind of ['login', 'registration']) {
      const text = '\\"'.repeat(1_000_000)
      const { status } = await client.call('POST', `/self-service/${kind}?flow=${flows[kind]}`, text)
      expect(status).toBe(400)
    }
  })

  test('a million digits are no duration', async () => {
    const [someone] = (await client.admin('GET', '/admin/identities')).body
    const text = JSON.stringify({ identity_id: someone.id, expires_in: '1'.repeat(1_000_000) })
    expect((await client.admin('POST', '/admin/recovery/code', text)).status).toBe(400)
  })

  test('and then somebody signs in as always', async () => {
    const { status } = await signIn(client, 'alice@example.com', 'ory-dev-password')
    expect(status).toBe(200)
  })
})
