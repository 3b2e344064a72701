import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Client, startClient } from '../_emulator.js'

let client: Client
let path: string
beforeAll(async () => {
  client = await startClient({ seed: [] })
  const { body } = await client.admin('POST', '/admin/identities', {
    traits: { email: 'ada@example.org' },
    credentials: { password: { config: { password: 'Tr0ub4dor&3-lab-pw' } } },
  })
  path = `/admin/identities/${body.id}`
})
afterAll(() => client.emulator.close())

const LIST = '/verifiable_addresses'
// What a real Kratos v26.2.0 said; recordings are compared without what `message` says.
test.for<[object | string, string]>([
  [
    [{ op: 'remove', path: `${LIST}/-` }],
    `error in remove for path: '${LIST}/-': strconv.Atoi: parsing "-": invalid syntax`,
  ],
  [
    [{ op: 'remove', path: `${LIST}/9` }],
    `error in remove for path: '${LIST}/9': Unable to access invalid index: 9: invalid index referenced`,
  ],
  [
    [{ op: 'add', path: `${LIST}/x`, value: 1 }],
    `error in add for path: '${LIST}/x': value was not a proper array index: 'x': strconv.Atoi: parsing "x": invalid syntax`,
  ],
  [
    [{ op: 'replace', path: `${LIST}/-`, value: {} }],
    `replace operation does not apply: doc is missing key: ${LIST}/-: missing value`,
  ],
  [
    [{ op: 'replace', path: '', value: null }],
    'json: error calling MarshalJSON for type *jsonpatch.partialDoc: invalid value, expected object',
  ],
  [
    [{ op: 'remove', path: '' }],
    "error in remove for path: '': unable to remove nonexistent key: : missing value",
  ],
  [[{ op: 'add', path: '/traits/email/x', value: 1 }], 'invalid state detected'],
  [[{ op: 'move', from: '/a', path: '/b' }, { op: 1 }], 'invalid operation {"op":1}: unsupported operation'],
  [[{ op: 'test', path: '/state' }], 'unsupported operation: test'],
  [
    [{ op: 'add', value: 1 }],
    `invalid operation {"op":"add","value":1}: failed to decode 'path': operation missing path field: missing value`,
  ],
  ['[] and more', 'invalid state detected'],
])('the patch %j is refused in the words of Kratos’ library', async ([patch, message]) => {
  const { status, body } = await client.admin('PATCH', path, patch)
  expect([status, body.error.message]).toEqual([400, message])
})

test.for([true, 1, 'x', []])('a password that is %j is refused, and the one before stays', async value => {
  const before = await client.admin('GET', `${path}?include_credential=password`)
  const patch = [{ op: 'replace', path: '/credentials/password/config', value }]
  const { status, body } = await client.admin('PATCH', path, patch)
  expect([status, body.error.message]).toEqual([
    500,
    expect.stringMatching(/^json: cannot unmarshal \w+ into Go value of type identity.CredentialsPassword$/),
  ])
  expect((await client.admin('GET', `${path}?include_credential=password`)).body).toEqual(before.body)
})

test('an identity may be said to be older than it is', async () => {
  const created_at = '2020-01-01T00:00:00Z'
  const { body } = await client.admin('PATCH', path, [
    { op: 'replace', path: '/created_at', value: created_at },
  ])
  expect(body.created_at).toBe(created_at)
})
