// What administrators send.
import { BODIES } from './bodies.mjs'
import { ADDRESSES, CREDENTIALS, MORE } from './imports.mjs'
import { ODD_JSON } from './inputs.mjs'
import { admin, good, send, signIn, start, who } from './steps.mjs'

const OPERATIONS = r => {
  const path = r.pick([
    '/metadata_public',
    '/metadata_public/a',
    '/metadata_public/a/0',
    '/metadata_public/a/-',
    '/metadata_admin',
    '/traits',
    '/traits/email',
    '/traits/name',
    '/traits/name/first',
    '/state',
    '/schema_id',
    '/external_id',
    '/organization_id',
    '/verifiable_addresses',
    '/verifiable_addresses/0',
    '/verifiable_addresses/-',
    '/verifiable_addresses/0/status',
    '/verifiable_addresses/0/via',
    '/recovery_addresses/-',
    '/credentials/password',
    '/credentials/password/config',
    '/credentials/password/identifiers',
    '/available_aal',
    '/region',
    '',
    '/',
    'x',
    '/~1',
    '/~0',
    '/~2',
    '/metadata_public/~1a',
    '/updated_at',
  ])
  const value = r.pick([
    { a: [1, 2] },
    [],
    {},
    null,
    'x',
    1,
    true,
    '{{e2}}',
    'inactive',
    { email: '{{e2}}' },
    { first: 'Ada' },
    { value: '{{e2}}', via: 'email', verified: true, status: 'completed' },
  ])
  return r.pick([
    { op: 'add', path, value },
    { op: 'replace', path, value },
    { op: 'remove', path },
    { op: 'test', path, value },
    { op: 'copy', from: r.pick(['/traits/email', '/traits', '/state', '/nope', '/metadata_public']), path },
    { op: 'move', from: r.pick(['/traits/name', '/metadata_public', '/nope', '/state']), path },
    { op: r.pick(['nope', '', 'ADD', null, 1]), path, value },
    { op: 'add', path },
    { path, value },
    { op: 'add', value },
    r.pick(ODD_JSON),
  ])
}

/** What administrators send: imports, updates, JSON patches, batches, page by page. */
export function administration(r, about) {
  const body = () => ({
    schema_id: 'default',
    traits: good(about),
    ...(r.chance(0.7) && { credentials: CREDENTIALS(r) }),
    ...(r.chance(0.4) && ADDRESSES(r)),
    ...(r.chance(0.4) && MORE(r)),
  })
  const get = () =>
    admin('GET', '/admin/identities/{{iid}}', {
      query: r.pick([
        [],
        [['include_credential', 'password']],
        [
          ['include_credential', 'oidc'],
          ['include_credential', 'password'],
        ],
        [['include_credential', 'totp']],
        [['include_credential', '']],
        [['include_credential', 'webauthn']],
      ]),
    })
  const steps = [admin('POST', '/admin/identities', { json: body() })]
  if (r.chance(0.4))
    steps.push(
      admin('POST', '/admin/identities', {
        json: {
          ...body(),
          traits: {
            ...good(about),
            email: '{{e2}}',
            ...(about.traits.includes('username') && { username: '{{u2}}' }),
          },
        },
      }),
    )
  for (let at = 0; at < 3; at++)
    steps.push(
      ...r.weighted([
        [
          4,
          [
            admin('PATCH', '/admin/identities/{{iid}}', {
              json: Array.from({ length: 1 + r.below(3) }, () => OPERATIONS(r)),
            }),
            get(),
          ],
        ],
        [2, [admin('PUT', '/admin/identities/{{iid}}', { json: { ...body(), state: 'active' } }), get()]],
        [1, [admin('PUT', '/admin/identities/{{iid}}', { json: MORE(r) })]],
        [2, [get()]],
        [
          1,
          [
            admin(
              'DELETE',
              `/admin/identities/{{iid}}/credentials/${r.pick(['oidc', 'password', 'totp', 'code', 'saml', 'passkey', 'PASSWORD', ''])}`,
              {
                query: r.pick([
                  {},
                  { identifier: 'mock:s-{{run}}' },
                  { identifier: 'x' },
                  { identifier: '{{e1}}' },
                ]),
              },
            ),
            get(),
          ],
        ],
        [
          2,
          [
            admin('PATCH', '/admin/identities', {
              json: {
                identities: Array.from({ length: r.below(4) }, () =>
                  r.pick([
                    { create: body() },
                    {
                      create: {
                        ...body(),
                        traits: { ...good(about), email: r.pick(['{{e2}}', '{{e3}}', '{{e1}}', 'nope']) },
                      },
                      patch_id: r.pick(['3e9b2a6c-3c0f-4a39-9d8e-0c4d9a3f0c11', 'x', '']),
                    },
                    { create: null },
                    {},
                    { patch_id: '3e9b2a6c-3c0f-4a39-9d8e-0c4d9a3f0c11' },
                  ]),
                ),
              },
            }),
          ],
        ],
        [
          1,
          [
            admin('PATCH', '/admin/identities', {
              json: r.pick([{}, { identities: {} }, { identities: 'x' }, { identities: null }, ...ODD_JSON]),
            }),
          ],
        ],
        [
          1,
          [
            admin('POST', '/admin/identities', {
              raw: r.pick(BODIES(r)),
              headers: {
                'content-type': r.pick([
                  'application/json',
                  'application/json; charset=utf-8',
                  'text/plain',
                  '',
                  'application/x-www-form-urlencoded',
                ]),
              },
            }),
          ],
        ],
        [
          1,
          [
            admin(r.pick(['PUT', 'PATCH']), '/admin/identities/{{iid}}', {
              raw: r.pick(BODIES(r)),
              headers: {
                'content-type': r.pick(['application/json', 'application/json-patch+json', 'text/plain', '']),
              },
            }),
          ],
        ],
        [
          2,
          [
            admin('GET', '/admin/identities', {
              query: [
                [
                  'credentials_identifier',
                  r.pick(['{{e1}}', '{{E1}}', 'mock:s-{{run}}', ' {{e1}}', '{{u1}}']),
                ],
                ...(r.chance(0.5)
                  ? [['include_credential', r.pick(['password', 'oidc', 'totp', 'code', 'x'])]]
                  : []),
              ],
            }),
          ],
        ],
        [
          1,
          [
            admin('GET', '/admin/identities', {
              query: [
                ['ids', '{{iid}}'],
                ...(r.chance(0.4)
                  ? [['ids', r.pick(['{{iid:0}}', 'x', '', '3e9b2a6c-3c0f-4a39-9d8e-0c4d9a3f0c11'])]]
                  : []),
                ...(r.chance(0.3)
                  ? [
                      r.pick([
                        ['page_size', '1'],
                        ['credentials_identifier', '{{e1}}'],
                        ['page_token', 'x'],
                        ['include_credential', 'password'],
                      ]),
                    ]
                  : []),
              ],
            }),
          ],
        ],
        [
          1,
          [
            admin('GET', `/admin/identities/by/external/${r.pick(['x-{{run}}', '%C3%BC{{run}}', 'nope'])}`, {
              query: r.pick([{}, { include_credential: 'password' }, { include_credential: 'x' }]),
            }),
          ],
        ],
        [1, [...signIn(who(r))]],
        [
          1,
          [
            start('b1', 'recovery'),
            send('b1', 'recovery', { method: 'code', email: r.pick(['{{e1}}', '{{e2}}']) }),
            admin('GET', '/admin/courier/messages', { query: [['recipient', r.pick(['{{e1}}', '{{e2}}'])]] }),
          ],
        ],
      ]),
    )
  return steps
}
