import { describe, expect, test } from 'vitest'
import { DEFAULT_SEED, parseSeed } from '../../../src/emulator/store/seed.js'
import { OryProxyError } from '../../../src/errors.js'

const ada = { traits: { email: 'ada@example.com' } }

describe('a seed', () => {
  test('is read in the import shape of Kratos', async () => {
    const full = {
      id: 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee',
      schema_id: 'default',
      external_id: 'crm-7',
      state: 'inactive',
      traits: { email: 'ada@example.com', name: { first: 'Ada' } },
      credentials: {
        password: {
          config: { hashed_password: '$2a$04$gilCmDB9I3tvq/5ZHdMne.SXm0MZ/KJKu/pDfLZqDfbyikOEz/Fzm' },
        },
        oidc: { config: { providers: [{ provider: 'mock', subject: 'ada' }] } },
        totp: { config: { totp_url: 'otpauth://totp/Lab:ada?secret=GEZDGNBVGY3TQOJQ&issuer=Lab' } },
        lookup_secret: { config: { codes: [{ code: 'abcd1234' }] } },
      },
      verifiable_addresses: [{ value: 'ada@example.com', via: 'email', verified: true, status: 'completed' }],
      metadata_public: { plan: 'pro' },
      metadata_admin: null,
    }
    expect(await parseSeed(JSON.stringify([full]), 'ory.seed.json')).toEqual([full])
  })

  test('gives the same ids everywhere, whatever else a person has', async () => {
    const [first] = await parseSeed(JSON.stringify([ada]), 'a.json')
    const [second] = await parseSeed(
      JSON.stringify([{ traits: { name: { first: 'Ada' }, email: 'ADA@example.com ' } }]),
      'b.json',
    )
    expect(first?.id).toBe('8f2e1cf2-7e5c-5af9-9f98-79861493a5d7')
    expect(second?.id).toBe(first?.id)
  })

  test('may carry comments, as YAML', async () => {
    expect(await parseSeed('- traits: {email: ada@example.com} # the first', 'seed.yml')).toHaveLength(1)
  })

  test('is alice and bob without a file, with ids that never change', () => {
    expect(DEFAULT_SEED.map(({ id, traits }) => [traits['email'], id])).toEqual([
      ['alice@example.com', 'ae6908f4-4815-5b6e-993a-c960209d934c'],
      ['bob@example.com', 'ddc78c5b-58c6-53de-8f5d-93f89fcdf91a'],
    ])
  })
})

test('one identity is a list of one, and its mistakes have their place', async () => {
  expect(await parseSeed('{"traits": {"email": "ada@example.com"}}', 'seed.json')).toMatchObject([
    { traits: { email: 'ada@example.com' } },
  ])
  await expect(parseSeed('{"traits": {"email": "ada"},\n "id": "7"}', 'seed.json')).rejects.toThrow(
    'seed.json:2:2: "id" of number 1 (ada) must be a UUID',
  )
})

describe('a mistake is shown with its place and its person', () => {
  test.for<[string, string]>([
    ['[{"traits": {"email": "a"}', 'seed.json:1:27: unexpected EOF'],
    ['- traits: {email: a', 'seed.json:1:20: '],
    ['{"people": []}', 'seed.json:1:1: a seed is an identity, { "traits": … }, or a list'],
    ['', 'seed.json:1:1: a seed is an identity'],
    ['// the people\n[]', 'seed.json: JSON has no comments. Take them out.'],
    ['[\n  1\n]', 'seed.json:2:3: number 1 is not an object'],
    ['[\n  {"state": "active"}\n]', 'seed.json:2:3: number 1 has no "traits"'],
    [
      '[\n  {"traits": {"email": "ada"},\n   "pasword": 1}\n]',
      'seed.json:3:4: number 1 (ada) has an unknown key "pasword"',
    ],
    [
      '[{"traits": {"email": "ada"}, "created_at": "2024-01-01T00:00:00Z"}]',
      'Leave out schema_url, state_changed_at, created_at, updated_at',
    ],
    ['[{"id": "7", "traits": {"email": "ada"}}]', '1:3: "id" of number 1 (ada) must be a UUID'],
    [
      '[{"traits": {"email": "ada"}, "state": "gone"}]',
      '"state" of number 1 (ada) must be "active" or "inactive"',
    ],
    [
      '[{"traits": {"email": "ada"}, "credentials": {"password": {}}}]',
      'needs "password" or "hashed_password"',
    ],
    [
      '[{"traits": {"email": "ada"}, "credentials": {"passkey": {}}}]',
      'the type "passkey"; the emulator knows password, oidc, totp, lookup_secret',
    ],
    [
      '[{"traits": {"email": "ada"}, "credentials": {"totp": {"config": {"totp_url": "x"}}}}]',
      'an otpauth://totp/ address',
    ],
    [
      '[{"traits": {"email": "ada"}, "verifiable_addresses": [{"value": "a"}]}]',
      '"verifiable_addresses" of number 1 (ada) must be a list',
    ],
    [
      '[{"traits": {"email": "ada"}},\n {"traits": {"email": "ADA"}}]',
      'seed.json:2:2: number 2 (ADA): the same id or identifier as number 1',
    ],
  ])('%j', async ([text, message]) => {
    const attempt = parseSeed(text, 'seed.json')
    await expect(attempt).rejects.toThrow(OryProxyError)
    await expect(attempt).rejects.toThrow(message)
    await expect(attempt).rejects.toMatchObject({ code: 'ORY_PROXY_EMULATOR_SEED' })
  })
})
