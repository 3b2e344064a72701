// Sessions, and places that are none.
import { NOBODY } from './inputs.mjs'
import { HTML, JSON_TYPE } from './steps.mjs'
import { accept, client } from './who.mjs'

export function session(r) {
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

export const MISC = [
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

export function misc(r) {
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

export const followLink = () => [
  { op: 'open the link of a mail', client: 'b1', method: 'GET', path: '{{link:e1}}', accept: HTML },
]
export const followRecovery = r => [
  {
    op: 'open an admin’s link',
    client: 'b1',
    method: 'GET',
    path: '{{recoverylink}}',
    accept: r.pick([HTML, JSON_TYPE]),
  },
]
