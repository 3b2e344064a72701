// Random sequences of requests, near to what browsers, apps and administrators send, and now and then far from it.
import { AGEING } from './ageing.mjs'
import { NOBODY, ODD, ODD_JSON, OTHER_PASSWORD, PASSWORD } from './inputs.mjs'
import { journeysOf } from './journeys.mjs'

const KINDS = ['login', 'registration', 'recovery', 'verification', 'settings']
const HTML = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
const JSON_TYPE = 'application/json'
/**
 * @param {number} seed the same seed is the same sequence
 * @param {{ traits: string[], social: boolean, codeLogin: boolean, brief: boolean, keys: boolean, links: boolean, choose: boolean, other: boolean }} about the configuration
 * @returns {object[]} steps, as `Side` takes them
 */
export function sequence(seed, about) {
  const r = random(seed)
  if (about.brief) return r.weighted(AGEING)(r, about)
  if (r.chance(0.5)) return r.weighted(journeysOf(about))(r, about)
  const steps = []
  const length = 3 + r.below(10)
  if (r.chance(0.55)) steps.push(...beginning(r, about))
  while (steps.length < length) steps.push(...r.weighted(WAYS)(r, about))
  return steps
}

/** Mulberry32: small, and the same everywhere. */
function random(seed) {
  let state = (seed * 2654435761) >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const r = {
    below: n => Math.floor(next() * n),
    chance: p => next() < p,
    pick: list => list[Math.floor(next() * list.length)],
    weighted(table) {
      const total = table.reduce((sum, [weight]) => sum + weight, 0)
      let at = next() * total
      for (const [weight, value] of table) {
        at -= weight
        if (at < 0) return value
      }
      return table[0][1]
    },
  }
  return r
}

const client = r =>
  r.weighted([
    [6, 'b1'],
    [1, 'b2'],
    [3, 'n'],
  ])
const accept = (r, who) =>
  who === 'n'
    ? r.weighted([
        [9, JSON_TYPE],
        [1, '*/*'],
      ])
    : r.weighted([
        [5, JSON_TYPE],
        [5, HTML],
        [0.3, '*/*'],
        [0.3, 'text/html;q=0.1, application/json'],
      ])
const person = r => r.pick(['e1', 'e1', 'e1', 'e2', 'E1'])

function traits(r, about, who = person(r)) {
  const given = { email: `{{${who}}}` }
  if (about.traits.includes('username')) given.username = r.chance(0.9) ? `{{u${who[1]}}}` : r.pick(ODD)
  if (about.traits.includes('plan') && r.chance(0.3)) given.plan = r.pick(['free', 'pro', 'gold', ''])
  if (about.traits.includes('tags') && r.chance(0.3)) given.tags = r.pick([['a'], ['a', 'b'], [], 'x', {}])
  if (about.traits.includes('age') && r.chance(0.3)) given.age = r.pick([18, 5, '20', 'x', 1e20, 1.5])
  if (about.traits.includes('newsletter') && r.chance(0.3))
    given.newsletter = r.pick([true, 'true', 'on', 'no', 0])
  if (about.traits.includes('address') && r.chance(0.3))
    given.address = r.pick([
      { zip: '12345' },
      { zip: 'x' },
      {},
      [],
      { foo: 1 },
      { zip: '12345', country: 'DE' },
    ])
  if (about.traits.includes('name') && r.chance(0.4))
    given.name = r.pick([{ first: 'Ada' }, { first: 'Ada', last: 'L' }, {}, 'Ada', [], { foo: 'x' }])
  if (r.chance(0.05)) given.email = r.pick(ODD_JSON)
  if (r.chance(0.03)) given[r.pick(['foo', 'a.b', 'EMAIL'])] = r.pick(ODD_JSON)
  return r.chance(0.03) ? r.pick(ODD_JSON) : given
}

/** Somebody who is there, or signed in. */
function beginning(r, about) {
  const who = client(r)
  const start = {
    op: 'start registration',
    client: who,
    method: 'GET',
    path: `/self-service/registration/${who === 'n' ? 'api' : 'browser'}`,
    accept: JSON_TYPE,
  }
  const good = {
    ...Object.fromEntries([
      ['email', '{{e1}}'],
      ...(about.traits.includes('username') ? [['username', '{{u1}}']] : []),
    ]),
  }
  if (r.chance(0.45)) return [createdByAdmin(r, good)]
  const submit = {
    op: 'submit registration password',
    client: who,
    method: 'POST',
    path: '/self-service/registration',
    query: { flow: '{{flow:registration}}' },
    accept: JSON_TYPE,
    json: {
      method: 'password',
      password: PASSWORD,
      traits: good,
      ...(who !== 'n' && { csrf_token: '{{csrf}}' }),
    },
  }
  return [start, submit]
}

function createdByAdmin(r, good) {
  const address = { value: '{{e1}}', verified: r.chance(0.5), via: 'email', status: 'completed' }
  return {
    op: 'admin create',
    client: 'admin',
    admin: true,
    method: 'POST',
    path: '/admin/identities',
    accept: JSON_TYPE,
    json: {
      schema_id: undefined,
      traits: good,
      credentials: { password: { config: { password: PASSWORD } } },
      ...(r.chance(0.3) && { verifiable_addresses: [address] }),
    },
  }
}

function start(r) {
  const who = client(r)
  const kind = r.pick(KINDS)
  const query = r.chance(0.35)
    ? Object.fromEntries([r.pick(QUERIES), ...(r.chance(0.3) ? [r.pick(QUERIES)] : [])])
    : undefined
  const step = {
    op: `start ${kind} ${who === 'n' ? 'api' : 'browser'}`,
    client: who,
    method: 'GET',
    path: `/self-service/${kind}/${who === 'n' ? 'api' : 'browser'}`,
    ...(query && { query }),
    accept: accept(r, who),
  }
  return r.chance(0.4) ? [step, fetchFlow(r, kind, who)] : [step]
}

const QUERIES = [
  ['refresh', 'true'],
  ['refresh', '1'],
  ['refresh', 'x'],
  ['aal', 'aal2'],
  ['aal', 'aal1'],
  ['aal', 'AAL2'],
  ['aal', 'aal3'],
  ['return_to', 'http://127.0.0.1:4455/app'],
  ['return_to', 'https://evil.example/'],
  ['return_to', '/x'],
  ['return_to', 'http://127.0.0.1:x/'],
  ['return_to', ''],
  ['login_challenge', 'abc'],
  ['login_challenge', ''],
  ['identity_schema', 'default'],
  ['identity_schema', 'person'],
  ['identity_schema', 'nope'],
  ['organization', NOBODY],
  ['organization', 'x'],
  ['return_session_token_exchange_code', 'true'],
  ['return_session_token_exchange_code', '1'],
  ['via', '{{e1}}'],
  ['foo', 'bar'],
]

function fetchFlow(r, kind = r.pick(KINDS), who = client(r)) {
  const id = r.chance(0.94) ? `{{flow:${kind}}}` : r.pick([NOBODY, 'x', ''])
  return {
    op: `fetch ${kind}`,
    client: who,
    method: 'GET',
    path: `/self-service/${kind}/flows`,
    query: { id },
    accept: accept(r, who),
  }
}

const METHOD_FIELDS = {
  login: {
    password: r => ({
      identifier: r.pick(['{{e1}}', '{{e1}}', '{{E1}}', '{{u1}}', '{{e2}}', 'nope', '']),
      password: r.weighted([
        [8, PASSWORD],
        [2, OTHER_PASSWORD],
        [0.5, ''],
      ]),
    }),
    code: r =>
      r.chance(0.5)
        ? { identifier: r.pick(['{{e1}}', '{{e2}}', 'nope']) }
        : {
            identifier: '{{e1}}',
            code: r.pick(['{{code:e1}}', '{{code:e1}}', '000000', 'x']),
            ...(r.chance(0.1) && { resend: 'code' }),
          },
    totp: r => ({ totp_code: r.pick(['{{totp}}', '000000', '', 'x']) }),
    lookup_secret: r => ({ lookup_secret: r.pick(['{{lookup}}', 'xxxxxxxx', '']) }),
    identifier_first: r => ({ identifier: r.pick(['{{e1}}', '{{E1}}', '{{u1}}', '{{e2}}', '']) }),
    oidc: r => ({
      provider: r.pick(['mock', 'mock', 'mock', 'nope']),
      upstream_parameters: { login_hint: r.pick(['{{e1}}', '{{e2}}']), prompt: 'none' },
    }),
  },
  registration: {
    password: (r, about) => ({
      traits: traits(r, about),
      password: r.weighted([
        [8, PASSWORD],
        [1, 'short'],
        [1, '{{e1}}'],
        [0.5, ''],
      ]),
    }),
    profile: (r, about) => ({
      traits: traits(r, about),
      ...(r.chance(0.2) && { screen: r.pick(['previous', 'credential-selection', 'nope']) }),
    }),
    code: (r, about) => ({
      traits: traits(r, about),
      ...(r.chance(0.5) && { code: r.pick(['{{code:e1}}', '{{code:e1}}', '000000']) }),
      ...(r.chance(0.1) && { resend: 'code' }),
    }),
    oidc: r => ({
      provider: 'mock',
      upstream_parameters: { login_hint: r.pick(['{{e1}}', '{{e2}}']), prompt: 'none' },
    }),
  },
  recovery: {
    code: r =>
      r.chance(0.5)
        ? { email: r.pick(['{{e1}}', '{{E1}}', '{{e2}}', 'nope', '']) }
        : {
            code: r.pick(['{{code:e1}}', '{{code:e1}}', '{{recoverycode}}', '000000', 'x']),
            ...(r.chance(0.1) && { email: '{{e1}}' }),
          },
    link: r => ({ email: r.pick(['{{e1}}', '{{e2}}', 'nope', '']) }),
  },
  verification: {
    code: r =>
      r.chance(0.5)
        ? { email: r.pick(['{{e1}}', '{{E1}}', '{{e2}}', 'nope', '']) }
        : {
            code: r.pick(['{{code:e1}}', '{{code:e1}}', '000000', 'x']),
            ...(r.chance(0.1) && { email: '{{e1}}' }),
          },
    link: r => ({ email: r.pick(['{{e1}}', '{{e2}}', 'nope', '']) }),
  },
  settings: {
    profile: (r, about) => ({ traits: traits(r, about) }),
    password: r => ({
      password: r.weighted([
        [6, OTHER_PASSWORD],
        [2, PASSWORD],
        [1, 'short'],
        [1, ''],
      ]),
    }),
    totp: r =>
      r.pick([
        { totp_code: '{{totp}}' },
        { totp_code: '000000' },
        { totp_unlink: true },
        { totp_unlink: 'true' },
        { totp_code: '' },
      ]),
    lookup_secret: r => ({
      [`lookup_secret_${r.pick(['regenerate', 'confirm', 'reveal', 'disable'])}`]: r.pick([
        true,
        'true',
        true,
        false,
        'x',
      ]),
    }),
    oidc: r => r.pick([{ link: 'mock' }, { unlink: 'mock' }, { link: 'nope' }, { unlink: 'nope' }]),
  },
}

function submit(r, about) {
  const who = client(r)
  const kind = r.pick(KINDS)
  const methods = Object.keys(METHOD_FIELDS[kind]).filter(m => m !== 'oidc' || about.social)
  const method = r.pick(methods)
  const named = r.weighted([
    [8, method],
    [0.6, undefined],
    [
      0.2,
      r.pick([
        'carrier-pigeon',
        '../../etc/passwd',
        'PASSWORD',
        'webauthn',
        'passkey',
        'saml',
        'link',
        'oidc',
        '',
      ]),
    ],
  ])
  const fields = { ...(named !== undefined && { method: named }), ...METHOD_FIELDS[kind][method](r, about) }
  if (r.chance(0.93) && who !== 'n') fields.csrf_token = r.chance(0.97) ? '{{csrf}}' : r.pick(ODD)
  if (r.chance(0.08))
    fields.transient_payload = r.pick([{ a: 1 }, { a: 1 }, ...ODD_JSON.filter(odd => odd !== ' ')])
  if (r.chance(0.03))
    fields[r.pick(['flow', 'foo', 'csrf_token', 'method', 'resend', 'identifier', 'email'])] =
      r.pick(ODD_JSON)
  const flow = r.chance(0.97) ? `{{flow:${kind}}}` : r.pick([NOBODY, 'x', ''])
  const common = {
    op: `submit ${kind} ${named ?? `(${method})`}`,
    client: who,
    method: 'POST',
    path: `/self-service/${kind}`,
    query: { flow },
    accept: accept(r, who),
  }
  const begins = r.chance(0.75)
    ? [
        {
          op: `start ${kind}`,
          client: who,
          method: 'GET',
          path: `/self-service/${kind}/${who === 'n' ? 'api' : 'browser'}`,
          accept: r.chance(0.8) ? JSON_TYPE : HTML,
          ...(r.chance(0.1) && { query: Object.fromEntries([r.pick(QUERIES)]) }),
        },
      ]
    : []
  const step = who !== 'n' && r.chance(0.45) ? { ...common, form: flat(fields) } : { ...common, json: fields }
  const after = []
  if (method === 'oidc' && r.chance(0.9))
    after.push({
      op: 'oidc callback',
      client: who,
      method: 'GET',
      path: r.weighted([
        [8, '{{provider}}'],
        [2, '{{denied}}'],
      ]),
      accept: r.weighted([
        [8, HTML],
        [2, JSON_TYPE],
      ]),
    })
  if (method === 'oidc' && who === 'n' && r.chance(0.5))
    after.push({
      op: 'token exchange',
      client: 'n',
      method: 'GET',
      path: '/sessions/token-exchange',
      query: { init_code: '{{initcode}}', return_to_code: '{{returncode}}' },
      accept: JSON_TYPE,
    })
  if (r.chance(0.3)) after.push(fetchFlow(r, kind, who))
  return [...begins, step, ...after]
}

/** As a form says it. */
function flat(value, path = '') {
  if (
    Array.isArray(value) &&
    path &&
    value.length > 0 &&
    value.every(inner => inner === null || typeof inner !== 'object')
  )
    return value.map(inner => [path, String(inner)])
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    return [[path, value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)]]
  return Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .flatMap(([key, inner]) => flat(inner, path ? `${path}.${key}` : key))
}

function session(r) {
  const who = client(r)
  const get = path => ({ op: `GET ${path}`, client: who, method: 'GET', path, accept: accept(r, who) })
  return r.weighted([
    [6, [get('/sessions/whoami')]],
    [2, [get('/sessions')]],
    [1, [{ op: 'revoke others', client: who, method: 'DELETE', path: '/sessions', accept: JSON_TYPE }]],
    [
      1,
      [
        {
          op: 'revoke one',
          client: who,
          method: 'DELETE',
          path: r.pick(['/sessions/{{sid}}', `/sessions/${NOBODY}`, '/sessions/x']),
          accept: JSON_TYPE,
        },
      ],
    ],
    [
      2,
      [
        {
          op: 'start logout',
          client: who,
          method: 'GET',
          path: '/self-service/logout/browser',
          accept: accept(r, who),
        },
        {
          op: 'logout',
          client: who,
          method: 'GET',
          path: '/self-service/logout',
          query: { token: r.pick(['{{logout}}', '{{logout}}', 'nope', '']) },
          accept: accept(r, who),
        },
      ],
    ],
    [
      1,
      [
        {
          op: 'native logout',
          client: 'n',
          method: 'DELETE',
          path: '/self-service/logout/api',
          json: { session_token: r.pick(['{{token}}', 'nope', '']) },
          accept: JSON_TYPE,
        },
      ],
    ],
    [1, [{ ...get('/self-service/errors'), query: { id: r.pick([NOBODY, 'x', '']) } }]],
    [
      1,
      [
        get(
          r.pick([
            '/schemas',
            '/schemas/default',
            '/schemas/nope',
            '/schemas/ZGVmYXVsdA',
            '/health/alive',
            '/health/ready',
            '/version',
          ]),
        ),
      ],
    ],
  ])
}

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

function admin(r, about) {
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

const MISC = [
  '/',
  '/identities/',
  '/admin/',
  '/sessions/',
  '/schemas/',
  '/admin/recovery/code',
  '/recovery/link',
  '/admin/health/alive',
  '/version',
  '/admin/version',
  '/courier/messages',
  '/sessions/whoami/',
  '/self-service/login/',
  '/self-service/login',
  '/self-service/nope',
  '/health/ready/',
  '/nope',
  '/self-service/logout',
  '/sessions/whoami',
  '/schemas/default',
  '/admin/sessions',
  '/sessions',
  '/admin/schemas',
  '/admin/identities/x/credentials/password',
  '/self-service/methods/oidc/callback/mock',
  '/self-service/methods/oidc/callback',
  '/self-service/methods/oidc/organization/x',
  '/self-service/methods/saml/acs',
]

function misc(r) {
  const who = client(r)
  const method = r.pick(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'])
  const path = r.pick(MISC)
  if (path === '/' && method === 'GET') return []
  return [
    {
      op: `misc ${method} ${path}`,
      client: who,
      method,
      path,
      accept: accept(r, who),
      ...(method === 'POST' && r.chance(0.3) && { json: {} }),
    },
  ]
}

const followLink = () => [
  { op: 'open the link of a mail', client: 'b1', method: 'GET', path: '{{link:e1}}', accept: HTML },
]
const followRecovery = r => [
  {
    op: 'open an admin’s link',
    client: 'b1',
    method: 'GET',
    path: '{{recoverylink}}',
    accept: r.pick([HTML, JSON_TYPE]),
  },
]

const WAYS = [
  [9, submit],
  [3, start],
  [1, r => [fetchFlow(r)]],
  [2.5, session],
  [3, admin],
  [0.7, misc],
  [0.4, followLink],
  [0.4, followRecovery],
]
