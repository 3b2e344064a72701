// What administrators ask for now and then.
import { NOBODY, ODD_JSON, PASSWORD } from './inputs.mjs'
import { JSON_TYPE } from './steps.mjs'
import { MISC } from './visits.mjs'
import { traits } from './who.mjs'

const STATES = ['active', 'inactive', 'nope', '', undefined]
const IDS = ['{{iid}}', '{{iid}}', '{{iid}}', '{{iid:0}}', NOBODY, 'x', '%2F']
const PATCHES = r => [
  { op: r.pick(['replace', 'add']), path: '/metadata_public', value: { n: 1 } },
  { op: 'replace', path: '/state', value: r.pick(['active', 'inactive', 'nope']) },
  { op: 'replace', path: '/traits/email', value: r.pick(['{{e2}}', 'nope', '{{E1}}']) },
  {
    op: 'add',
    path: r.pick([
      '/METADATA_PUBLIC',
      '/metadata_admin',
      '/foo',
      '/traits/foo',
      '/Traits/email',
      '/external_id',
    ]),
    value: r.pick([{ n: 1 }, 'x']),
  },
  {
    op: 'remove',
    path: r.pick(['/traits/name', '/traits/email', '/metadata_public', '/verifiable_addresses/0', '/nope']),
  },
  {
    op: 'replace',
    path: r.pick([
      '/id',
      '/schema_id',
      '/credentials',
      '/state_changed_at',
      '/created_at',
      '/verifiable_addresses/0/verified',
      '/recovery_addresses/0/value',
    ]),
    value: r.pick(['2020-01-01T00:00:00Z', 'x', true, {}]),
  },
  { op: 'test', path: '/state', value: r.pick(['active', 'x']) },
  {
    op: r.pick(['copy', 'move']),
    from: '/traits/email',
    path: r.pick(['/metadata_public', '/traits/email']),
  },
]

export function admin(r, about) {
  const one = (op, method, path, more = {}) => ({
    op: `admin ${op}`,
    client: 'admin',
    admin: true,
    method,
    path,
    accept: JSON_TYPE,
    ...more,
  })
  const id = r.pick(IDS)
  const body = {
    schema_id: r.weighted([
      [5, undefined],
      [3, 'default'],
      [0.5, r.pick(ODD_JSON)],
    ]),
    traits: traits(r, about),
    ...(r.chance(0.6) && {
      credentials: {
        password: {
          config: r.pick([
            { password: PASSWORD },
            { password: 'x' },
            { hashed_password: '$2a$04$zzzz' },
            {},
            { hashed_password: '$pbkdf2-sha256$i=1000,l=128$e8/arsEf4cvQihdNgqj0Nw$5xQQKNTyeTHx2Ld5/JDE7A' },
          ]),
        },
      },
    }),
    ...(r.chance(0.2) && { state: r.pick(STATES) }),
    ...(r.chance(0.2) && { metadata_public: r.pick(ODD_JSON) }),
    ...(r.chance(0.1) && { external_id: r.pick(['x1-{{run}}', '', '{{run}}/b']) }),
    ...(r.chance(0.15) && {
      verifiable_addresses: [
        {
          value: '{{e1}}',
          verified: r.chance(0.5),
          via: 'email',
          status: r.pick(['completed', 'pending', 'x']),
        },
      ],
    }),
    ...(r.chance(0.1) && { recovery_addresses: [{ value: r.pick(['{{e1}}', '{{e2}}']), via: 'email' }] }),
  }
  return [
    r.weighted([
      [5, one('create', 'POST', '/admin/identities', { json: body })],
      [2, one('update', 'PUT', `/admin/identities/${id}`, { json: { ...body, state: r.pick(STATES) } })],
      [
        5,
        one('patch', 'PATCH', `/admin/identities/${id}`, {
          json: r.chance(0.95)
            ? Array.from({ length: 1 + r.below(2) }, () => r.pick(PATCHES(r)))
            : r.pick(ODD_JSON),
        }),
      ],
      [
        3,
        one('get', 'GET', `/admin/identities/${id}`, {
          query: r.chance(0.4)
            ? [['include_credential', r.pick(['password', 'oidc', 'totp', 'x', 'lookup_secret', 'code'])]]
            : [],
        }),
      ],
      [1, one('delete', 'DELETE', `/admin/identities/${id}`)],
      [
        2,
        one(
          'delete credentials',
          'DELETE',
          `/admin/identities/${id}/credentials/${r.pick(['password', 'totp', 'lookup_secret', 'oidc', 'code', 'webauthn', 'nope'])}`,
        ),
      ],
      [
        3,
        one('list', 'GET', '/admin/identities', {
          query: [
            r.pick([
              ['credentials_identifier', '{{e1}}'],
              ['credentials_identifier', '{{E1}}'],
              ['credentials_identifier', 'nope'],
              ['ids', '{{iid}}'],
              ['ids', 'x'],
              ['organization_id', NOBODY],
              ['credentials_identifier_similar', '{{e1}}'],
              ['page_token', 'x'],
              ['per_page', 'x'],
              ['consistency', 'x'],
            ]),
            ['credentials_identifier', '{{e1}}'],
          ],
        }),
      ],
      [
        1,
        one(
          'by external id',
          'GET',
          `/admin/identities/by/external/${r.pick(['%2F', 'x', '{{run}}%2Fb', 'x1-{{run}}', '%20'])}`,
        ),
      ],
      [
        2,
        one('sessions of', 'GET', `/admin/identities/${id}/sessions`, {
          query: r.chance(0.4) ? [['active', r.pick(['true', 'false', 'x'])]] : [],
        }),
      ],
      [0.5, one('delete sessions of', 'DELETE', `/admin/identities/${id}/sessions`)],
      [
        1,
        one('session', 'GET', `/admin/sessions/${r.pick(['{{sid}}', NOBODY, 'x'])}`, {
          query: r.chance(0.5) ? [['expand', r.pick(['identity', 'devices', 'x'])]] : [],
        }),
      ],
      [
        0.5,
        one('bad sessions list', 'GET', '/admin/sessions', {
          query: [
            r.pick([
              ['page_token', 'x'],
              ['page_size', 'x'],
              ['active', 'x'],
              ['expand', 'x'],
            ]),
          ],
        }),
      ],
      [1, one('extend', 'PATCH', `/admin/sessions/${r.pick(['{{sid}}', NOBODY, 'x'])}/extend`)],
      [0.5, one('disable', 'DELETE', `/admin/sessions/${r.pick(['{{sid}}', NOBODY, 'x'])}`)],
      [
        2,
        one('recovery code', 'POST', '/admin/recovery/code', {
          json: {
            identity_id: id,
            ...(r.chance(0.3) && { expires_in: r.pick(['1h', '0s', 'x', '-1h']) }),
            ...(r.chance(0.2) && { flow_type: r.pick(['api', 'browser', 'x']) }),
          },
          ...(r.chance(0.1) && { query: [['return_to', 'http://127.0.0.1:4455/app']] }),
        }),
      ],
      [
        1,
        one('recovery link', 'POST', '/admin/recovery/link', {
          json: { identity_id: id, ...(r.chance(0.3) && { expires_in: r.pick(['1h', '0s', 'x']) }) },
        }),
      ],
      [
        1,
        one('mails', 'GET', '/admin/courier/messages', {
          query: [
            ['recipient', '{{e1}}'],
            ...(r.chance(0.3)
              ? [
                  r.pick([
                    ['status', 'x'],
                    ['status', 'sent'],
                    ['page_size', 'x'],
                    ['page_token', 'x'],
                  ]),
                ]
              : []),
          ],
        }),
      ],
      [
        1,
        one('batch', 'PATCH', '/admin/identities', {
          json: {
            identities: [
              { create: body, patch_id: NOBODY },
              ...(r.chance(0.3) ? [{ create: { traits: traits(r, about) } }] : []),
            ],
          },
        }),
      ],
      [0.7, one(`misc`, r.pick(['GET', 'POST', 'DELETE', 'PUT', 'PATCH']), r.pick(MISC))],
    ]),
  ]
}
