import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, signIn, startClient } from '../_emulator.js'

const NOBODY = 'aaaaaaaa-0000-4000-8000-000000000000'
const address = (name: string): string => `${name}@example.org`
let client: Client
beforeAll(async () => {
  client = await startClient({ seed: [] })
})
afterAll(() => client.emulator.close())

async function create(name: string, more: object = {}): Promise<Record<string, never>> {
  const { status, body } = await client.admin('POST', '/admin/identities', {
    schema_id: 'default',
    traits: { email: address(name) },
    ...more,
  })
  expect(status, JSON.stringify(body)).toBe(201)
  return body
}

describe('identities', () => {
  test('are imported with all their credentials, whose secrets are shown on request only', async () => {
    const created = await create('full', {
      external_id: 'crm-1',
      credentials: {
        password: { config: { password: 'short' } },
        oidc: { config: { providers: [{ provider: 'mock', subject: 's1' }] } },
        saml: { config: { providers: [{ provider: 'corp', subject: 's2' }] } },
      },
      verifiable_addresses: [
        { value: 'Full@example.org', via: 'email', verified: true, status: 'completed' },
      ],
      metadata_public: { plan: 'free' },
    })
    const { id } = created
    expect(created).toMatchObject({
      credentials: {
        code: { identifiers: ['full@example.org'], version: 1 },
        oidc: { identifiers: ['mock:s1'] },
        password: { identifiers: ['full@example.org'] },
        saml: { identifiers: ['corp:s2'] },
      },
      verifiable_addresses: [{ value: 'full@example.org', verified: true, status: 'completed' }],
    })
    expect(JSON.stringify(created)).not.toMatch(/hashed_password|initial_id_token/)
    const shown = await client.admin(
      'GET',
      `/admin/identities/${id}?include_credential=password&include_credential=saml`,
    )
    expect(shown.body.credentials.password.config.hashed_password).toMatch(/^\$scrypt\$/)
    expect(shown.body.credentials.saml.config.providers).toMatchObject([{ provider: 'corp', subject: 's2' }])
    expect(shown.body.credentials.oidc.config).toBeUndefined()
    expect((await client.admin('GET', '/admin/identities/by/external/crm-1')).body.id).toBe(id)
    expect((await signIn(client, 'FULL@example.org', 'short')).status).toBe(200)
  })

  test('are changed by PUT and by JSON Patch', async () => {
    const { id } = await create('change')
    const put = await client.admin('PUT', `/admin/identities/${id}`, {
      schema_id: 'default',
      state: 'inactive',
      traits: { email: address('changed') },
      metadata_public: { x: 1 },
    })
    expect(put).toMatchObject({ status: 200, body: { state: 'inactive', metadata_public: { x: 1 } } })
    expect(put.body.credentials.password.identifiers).toEqual([address('changed')])
    const patched = await client.admin('PATCH', `/admin/identities/${id}`, [
      { op: 'replace', path: '/state', value: 'active' },
      { op: 'add', path: '/metadata_admin/deep/er', value: true },
      { op: 'replace', path: '/traits/name/first', value: 'Ada' },
      { op: 'replace', path: '/verifiable_addresses/0/verified', value: true },
    ])
    expect(patched).toMatchObject({
      status: 200,
      body: {
        state: 'active',
        metadata_admin: { deep: { er: true } },
        traits: { email: address('changed'), name: { first: 'Ada' } },
        verifiable_addresses: [{ verified: true, verified_at: expect.any(String) }],
      },
    })
  })

  test('a credential for security keys that was just made is of the first form, as Kratos has not read it yet', async () => {
    const methods = { webauthn: { enabled: true, config: { passwordless: false } } }
    const keyed = await startClient({ seed: [], config: { selfservice: { methods } } })
    const made = await keyed.admin('POST', '/admin/identities', {
      schema_id: 'default',
      traits: { email: 'k@example.org' },
    })
    const read = await keyed.admin('GET', `/admin/identities/${made.body.id}`)
    await keyed.emulator.close()
    expect([made, read].map(({ body }) => body.credentials.webauthn.version)).toEqual([0, 1])
  })

  test('a patch does not reach the prototype of objects', async () => {
    const { id } = await create('proto')
    const patch = [
      { op: 'add', path: '/__proto__/polluted', value: 1 },
      { op: 'add', path: '/__proto__/polluted/deep', value: 1 },
      { op: 'add', path: '/traits/__proto__/polluted/deep', value: 1 },
      { op: 'add', path: '/traits/constructor/prototype/polluted', value: 1 },
    ]
    await client.admin('PATCH', `/admin/identities/${id}`, patch)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  test('are made in batches, in which some may fail', async () => {
    const make = (email: unknown, patchId?: string): object => ({
      create: { schema_id: 'default', traits: { email } },
      ...(patchId && { patch_id: patchId }),
    })
    const patchId = '11111111-0000-4000-8000-000000000000'
    const { status, body } = await client.admin('PATCH', '/admin/identities', {
      identities: [make(address('b1'), patchId), make(address('b1')), make(1), {}],
    })
    expect(status).toBe(200)
    expect(body.identities).toEqual([
      { action: 'create', identity: expect.any(String), patch_id: patchId },
      { action: 'error', error: expect.objectContaining({ code: 409 }) },
      {
        action: 'error',
        error: expect.objectContaining({ code: 400, reason: expect.stringContaining('expected string') }),
      },
      null,
    ])
  })

  test('lose single credentials, but never the last way to sign in', async () => {
    const credentials = {
      password: { config: { password: 'some-password' } },
      oidc: { config: { providers: [{ provider: 'mock', subject: 'lose' }] } },
      totp: { config: { totp_url: 'otpauth://totp/Lab:x?secret=GEZDGNBVGY3TQOJQ' } },
    }
    const seeded = await startClient({
      seed: [{ id: NOBODY, traits: { email: address('lose') }, credentials }],
    })
    const remove = (type: string) => seeded.admin('DELETE', `/admin/identities/${NOBODY}/credentials/${type}`)
    try {
      expect((await remove('totp')).status).toBe(204)
      expect((await remove('totp')).body.error.reason).toBe(
        'You tried to remove a totp but this user have no totp set up.',
      )
      expect((await remove('code')).body.error.reason).toBe('Credentials type code cannot be deleted.')
      expect((await remove('oidc')).body.error.reason).toBe(
        'You must provide an identifier to delete this credential.',
      )
      expect((await remove('oidc?identifier=mock:lose')).status).toBe(204)
      expect((await remove('password')).body.error.reason).toBe(
        'You cannot remove the last first factor credential.',
      )
    } finally {
      await seeded.emulator.close()
    }
  })

  test('are gone when deleted, with their sessions', async () => {
    const { id } = await create('gone', {
      credentials: { password: { config: { password: 'some-password' } } },
    })
    const { body } = await signIn(client, address('gone'), 'some-password')
    expect((await client.admin('DELETE', `/admin/identities/${id}`)).status).toBe(204)
    expect((await client.admin('DELETE', `/admin/identities/${id}`)).status).toBe(404)
    const whoami = await client.call('GET', '/sessions/whoami', undefined, {
      'x-session-token': body.session_token,
    })
    expect(whoami.status).toBe(401)
  })
})

describe('lists', () => {
  test('come page by page; a link leads to the next', async () => {
    await Promise.all(['p1', 'p2', 'p3', 'p4', 'p5'].map(name => create(name)))
    const seen: string[] = []
    let path: string | undefined = '/admin/identities?page_size=2'
    while (path) {
      const { body, headers } = await client.admin('GET', path)
      seen.push(...body.map((identity: { id: string }) => identity.id))
      path = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]
    }
    const all = await client.admin('GET', '/admin/identities')
    expect(seen).toEqual(all.body.map((identity: { id: string }) => identity.id))
    expect(seen).toEqual([...seen].sort())
    expect(new Set(seen).size).toBe(seen.length)
  })

  test('are filtered by one thing at a time', async () => {
    const { id } = await create('filter.me')
    const ids = async (query: string): Promise<string[]> => {
      const { body } = await client.admin('GET', `/admin/identities?${query}`)
      return body.map((identity: { id: string }) => identity.id)
    }
    expect(await ids('credentials_identifier=FILTER.me%40example.org')).toEqual([id])
    expect(await ids('preview_credentials_identifier_similar=filter')).toEqual([id])
    expect(await ids(`ids=${id}&ids=${NOBODY}`)).toEqual([id])
    const both = await client.admin('GET', `/admin/identities?ids=${id}&credentials_identifier=x`)
    expect(both.body.error.reason).toBe('You cannot combine multiple filters in this API')
  })
})

describe('mistakes are answered as Kratos v26.2 does', () => {
  const good = { schema_id: 'default', traits: { email: address('mistake') } }
  const cases: [string, string, unknown, number, object][] = [
    ['POST', '/admin/identities', '{"x":', 400, { message: 'unexpected EOF' }],
    ['POST', '/admin/identities', '', 400, { message: 'EOF' }],
    ['POST', '/admin/identities', '{"x"}', 400, { message: "invalid character '}' after object key" }],
    ['POST', '/admin/identities', { ...good, nope: 1 }, 400, { message: 'json: unknown field "nope"' }],
    [
      'POST',
      '/admin/identities',
      { ...good, schema_id: 5 },
      400,
      {
        message:
          'json: cannot unmarshal number into Go struct field CreateIdentityBody.schema_id of type string',
      },
    ],
    [
      'POST',
      '/admin/identities',
      { ...good, schema_id: 'nope' },
      400,
      { reason: 'Unable to find JSON Schema ID: nope' },
    ],
    ['POST', '/admin/identities', { ...good, state: 'gone' }, 400, { reason: 'identity state is not valid' }],
    [
      'POST',
      '/admin/identities',
      { ...good, traits: null },
      400,
      { reason: 'I[#/traits] S[#/properties/traits/type] expected object, but got null' },
    ],
    [
      'POST',
      '/admin/identities',
      { ...good, credentials: { password: { config: { hashed_password: 'plain' } } } },
      400,
      {
        reason:
          'The imported password does not match any known hash format. For more information see https://www.ory.sh/dr/2',
      },
    ],
    [
      'GET',
      '/admin/identities?ids=zzz',
      undefined,
      400,
      { reason: 'Invalid UUID value `zzz` for parameter `ids`.' },
    ],
    [
      'GET',
      '/admin/identities?page_size=x',
      undefined,
      400,
      { reason: 'strconv.Atoi: parsing "x": invalid syntax' },
    ],
    ['GET', '/admin/identities/zzz', undefined, 404, { message: 'Unable to locate the resource' }],
    ['PUT', `/admin/identities/${NOBODY}`, good, 404, { message: 'Unable to locate the resource' }],
    ['PATCH', `/admin/identities/${NOBODY}`, [], 404, { message: 'Unable to locate the resource' }],
    [
      'GET',
      '/admin/sessions/zzz',
      undefined,
      400,
      { message: 'uuid: incorrect UUID length 3 in string "zzz"' },
    ],
    ['GET', `/admin/sessions/${NOBODY}`, undefined, 404, {}],
    ['GET', '/admin/sessions?expand=nope', undefined, 400, { reason: 'Could not parse expand option: nope' }],
    ['POST', '/admin/recovery/code', { identity_id: NOBODY }, 404, { reason: 'could not find identity' }],
    ['GET', '/admin/courier/messages?status=x', undefined, 400, { reason: 'Message status is not valid' }],
    [
      'GET',
      '/admin/courier/messages?page_token=aaaa',
      undefined,
      400,
      { message: 'invalid pagination token' },
    ],
  ]
  test.for(cases)('%s %s %j: %i', async ([method, path, body, status, error]) => {
    const reply = await client.admin(method, path, body)
    expect(reply).toMatchObject({ status, body: { error: { code: status, ...error } } })
  })

  test.for<[unknown, object]>([
    [[{ op: 'replace', path: '/id', value: NOBODY }], { message: 'patch includes denied path: /id' }],
    [
      [{ op: 'replace', path: '/credentials', value: {} }],
      { message: 'patch includes denied path: /credentials' },
    ],
    [[{ op: 'test', path: '/state', value: 'x' }], { message: 'unsupported operation: test' }],
    [
      [{ op: 'remove', path: '/traits/nope' }],
      {
        message:
          "error in remove for path: '/traits/nope': unable to remove nonexistent key: nope: missing value",
      },
    ],
    [{ op: 'x' }, { message: 'json: cannot unmarshal object into Go value of type jsonpatch.Patch' }],
    ['[', { message: 'invalid state detected' }],
    [[1], { message: 'json: cannot unmarshal number into Go value of type jsonpatch.Operation' }],
    [
      [{ op: 'remove', path: '/traits/a/b' }],
      { message: 'remove operation does not apply: doc is missing path: "/traits/a/b": missing value' },
    ],
    [
      [{ op: 'add', path: '/state' }],
      {
        message:
          'invalid operation {"op":"add","path":"/state"}: failed to decode \'value\': operation, missing value field: missing value',
      },
    ],
  ])('patch %j', async ([patch, error]) => {
    const found = await client.admin('GET', '/admin/identities?page_size=1')
    const reply = await client.admin('PATCH', `/admin/identities/${found.body[0].id}`, patch)
    expect(reply).toMatchObject({ status: 400, body: { error } })
  })
})

describe('sessions', () => {
  test('are listed, shown, extended and ended', async () => {
    const { id } = await create('session', {
      credentials: { password: { config: { password: 'some-password' } } },
    })
    const signedIn = await signIn(client, address('session'), 'some-password')
    const session: string = signedIn.body.session.id
    const own = await client.admin('GET', `/admin/identities/${id}/sessions`)
    expect(own).toMatchObject({ status: 200, body: [{ id: session, active: true, identity: { id } }] })
    const bare = await client.admin('GET', `/admin/sessions/${session}`)
    expect(bare.body).toMatchObject({ id: session, devices: [], identity: null })
    const shown = await client.admin('GET', `/admin/sessions/${session}?expand=identity&expand=devices`)
    expect(shown.body).toMatchObject({ devices: [{ user_agent: 'node' }], identity: { id } })
    expect((await client.admin('PATCH', `/admin/sessions/${session}/extend`)).body.id).toBe(session)
    expect((await client.admin('DELETE', `/admin/sessions/${session}`)).status).toBe(204)
    const ended = await client.admin('GET', '/admin/sessions?active=false')
    expect(ended.body.map((one: { id: string }) => one.id)).toContain(session)
    expect((await client.admin('DELETE', `/admin/identities/${id}/sessions`)).status).toBe(204)
    expect((await client.admin('DELETE', `/admin/identities/${id}/sessions`)).status).toBe(404)
  })
})

describe('recovery and mail', () => {
  test('a code of an administrator leads into the settings', async () => {
    const { id } = await create('recover')
    const { status, body } = await client.admin('POST', '/admin/recovery/code', {
      identity_id: id,
      expires_in: '1h30m',
    })
    expect(status).toBe(201)
    expect(body).toEqual({
      recovery_link: expect.stringContaining('/ui/recovery?flow='),
      recovery_code: expect.stringMatching(/^\d{6}$/),
      expires_at: expect.any(String),
    })
    const flow = new URL(body.recovery_link).searchParams.get('flow')
    const done = await client.call('POST', `/self-service/recovery?flow=${flow}`, {
      method: 'code',
      code: body.recovery_code,
    })
    expect(done.status).toBe(422)
  })

  test('messages are listed newest first, filtered and shown', async () => {
    await create('mail')
    const flow = await client.call('GET', '/self-service/recovery/api')
    await client.call('POST', `/self-service/recovery?flow=${flow.body.id}`, {
      method: 'code',
      email: address('mail'),
    })
    const { body } = await client.admin('GET', `/admin/courier/messages?recipient=${address('mail')}`)
    expect(body).toHaveLength(1)
    expect((await client.admin('GET', `/admin/courier/messages/${body[0].id}`)).body).toEqual(body[0])
  })
})

test('the public port sends to the admin port, and that one back', async () => {
  const there = await client.call('GET', '/admin/identities?page_size=1')
  expect([there.status, there.headers.get('location')]).toEqual([
    307,
    `${client.emulator.adminUrl}/admin/identities?page_size=1`,
  ])
  const back = await client.admin('GET', '/schemas/default')
  expect([back.status, back.headers.get('location')]).toEqual([307, `${client.emulator.url}/schemas/default`])
})
