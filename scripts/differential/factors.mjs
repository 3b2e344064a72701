// Second factors, and what people do once they are in.
import { ODD, ODD_JSON, OTHER_PASSWORD, PASSWORD } from './inputs.mjs'
import {
  acceptOf,
  admin,
  ask,
  enrolLookup,
  enrolTotp,
  good,
  leave,
  look,
  send,
  signIn,
  signUp,
  start,
  who,
  whoami,
} from './steps.mjs'

/** The answer to a second factor, right or wrong, with the right or another method. */
export const factor = r =>
  r.weighted([
    [4, { method: 'totp', totp_code: '{{totp}}' }],
    [4, { method: 'lookup_secret', lookup_secret: '{{lookup}}' }],
    [1, { method: 'totp', totp_code: r.pick(['000000', '', 'x', ' {{totp}} ', ...ODD]) }],
    [1, { method: 'lookup_secret', lookup_secret: r.pick(['xxxxxxxx', '', ...ODD]) }],
    [1, { method: 'code', identifier: '{{e1}}' }],
    [1, { method: 'code', address: '{{e1}}' }],
    [1, { method: 'code' }],
    [1, { method: 'password', identifier: '{{e1}}', password: PASSWORD }],
    [1, { lookup_secret: '{{lookup}}' }],
    [1, { totp_code: '{{totp}}' }],
    [1, { method: 'totp', totp_code: r.pick(ODD_JSON) }],
  ])

/** What somebody fills in who means well, by the kind of the flow. */
export const filledIn = (r, kind, about) =>
  ({
    login: { method: 'password', identifier: '{{e1}}', password: PASSWORD },
    registration: { method: 'password', password: PASSWORD, traits: { ...good(about), email: '{{e2}}' } },
    recovery: { method: 'code', email: '{{e1}}' },
    verification: { method: 'code', email: '{{e1}}' },
    settings: change(r),
  })[kind]

export function secondFactor(r, about) {
  const client = who(r)
  const enrolled = r.weighted([
    [3, enrolTotp(client)],
    [3, enrolLookup(client)],
    [3, [...enrolTotp(client), ...enrolLookup(client)]],
  ])
  const query = r.pick([
    { aal: 'aal2' },
    { aal: 'aal2', refresh: 'true' },
    { aal: 'aal2', via: '{{e1}}' },
    { aal: 'aal2', return_to: 'http://127.0.0.1:4455/app' },
    undefined,
    { refresh: 'true' },
    { aal: 'aal1' },
    { aal: 'aal1', refresh: 'true' },
  ])
  const again = r.chance(0.7) ? [...leave(client), ...signIn(client)] : []
  const steps = [
    ...signUp(client, about),
    ...enrolled,
    ...again,
    whoami(client),
    start(client, 'login', query),
  ]
  const tries = 1 + r.below(3)
  for (let at = 0; at < tries; at++)
    steps.push(send(client, 'login', factor(r), { accept: acceptOf(r, client) }))
  if (r.chance(0.4)) steps.push(look(client, 'login'))
  steps.push(whoami(client), ...after(r, client))
  return steps
}

/** What people do once they are in. */
export function after(r, client) {
  return r.weighted([
    [2, []],
    [2, [start(client, 'settings'), send(client, 'settings', change(r))]],
    [
      1,
      [
        start(client, 'settings'),
        send(client, 'settings', change(r)),
        send(client, 'settings', change(r)),
        look(client, 'settings'),
      ],
    ],
    [1, [ask(client, 'GET', '/sessions')]],
    [1, [start(client, 'recovery')]],
    [1, [start(client, 'verification')]],
    [1, [start(client, 'registration')]],
    [1, [start(client, 'login', { refresh: 'true' }), send(client, 'login', factor(r))]],
    [
      1,
      [
        admin('GET', '/admin/identities/{{iid}}', {
          query: [['include_credential', r.pick(['totp', 'lookup_secret', 'password', 'code'])]],
        }),
      ],
    ],
    [
      1,
      [
        admin(
          'DELETE',
          `/admin/identities/{{iid}}/credentials/${r.pick(['totp', 'lookup_secret', 'password', 'code', 'passkey', 'webauthn', 'oidc'])}`,
        ),
        whoami(client),
        start(client, 'settings'),
      ],
    ],
    [
      1,
      [
        admin('PATCH', '/admin/identities/{{iid}}', {
          json: [{ op: 'replace', path: '/state', value: 'inactive' }],
        }),
        whoami(client),
        start(client, 'settings'),
        start(client, 'login', { refresh: 'true' }),
      ],
    ],
    [
      1,
      [
        admin('DELETE', '/admin/identities/{{iid}}'),
        whoami(client),
        start(client, 'settings'),
        start(client, 'login', { refresh: 'true' }),
      ],
    ],
    [1, [admin('PATCH', '/admin/sessions/{{sid}}/extend'), whoami(client)]],
    [
      1,
      [admin('DELETE', '/admin/sessions/{{sid}}'), whoami(client), start(client, 'login', { aal: 'aal2' })],
    ],
    [
      1,
      [
        admin('GET', '/admin/sessions/{{sid}}', {
          query: [
            ['expand', 'identity'],
            ['expand', 'devices'],
          ],
        }),
      ],
    ],
  ])
}

export const change = r =>
  r.pick([
    { method: 'password', password: OTHER_PASSWORD },
    { method: 'password', password: '{{e1}}' },
    { method: 'profile', traits: { email: '{{e2}}' } },
    { method: 'profile', traits: { email: '{{e1}}', name: { first: 'Ada' } } },
    { method: 'profile', traits: { email: 'nope' } },
    { method: 'totp', totp_unlink: true },
    { method: 'totp', totp_code: '{{totp}}' },
    { method: 'lookup_secret', lookup_secret_reveal: true },
    { method: 'lookup_secret', lookup_secret_disable: true },
    { method: 'lookup_secret', lookup_secret_regenerate: true },
    { method: 'lookup_secret', lookup_secret_confirm: true },
    { lookup_secret_regenerate: true, totp_unlink: true },
    { method: 'lookup_secret' },
    { method: 'totp' },
    {},
  ])
