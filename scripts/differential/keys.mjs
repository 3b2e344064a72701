// Security keys and passkeys that are none, and what is around them: no authenticator is at hand here.
import { ODD_JSON, PASSWORD } from './inputs.mjs'
import { acceptOf, admin, good, leave, look, send, signIn, signUp, start, who, whoami } from './steps.mjs'

const encoded = value => Buffer.from(JSON.stringify(value)).toString('base64url')
const CLIENT = encoded({ type: 'webauthn.create', challenge: 'x', origin: 'http://localhost:4455' })
const ANSWERS = [
  '',
  'x',
  '{}',
  'null',
  '[]',
  '"x"',
  '{"id":"x"}',
  '{"id":"eA","rawId":"eA","type":"public-key","response":{}}',
  `{"id":"eA","rawId":"eA","type":"public-key","response":{"clientDataJSON":"${CLIENT}","attestationObject":"eA"}}`,
  `{"id":"eA","rawId":"eA","type":"public-key","response":{"clientDataJSON":"${CLIENT}","authenticatorData":"eA","signature":"eA","userHandle":"eA"}}`,
  `{"id":"eA","rawId":"eA","type":"nope","response":{"clientDataJSON":"${CLIENT}","authenticatorData":"eA","signature":"eA"}}`,
]
const answer = r => (r.chance(0.85) ? r.pick(ANSWERS) : r.pick(ODD_JSON))

const SETTINGS = r => [
  { webauthn_register: answer(r), webauthn_register_displayname: r.pick(['my key', '', 'ü€😀']) },
  { webauthn_register: answer(r) },
  { webauthn_register_displayname: 'my key' },
  { webauthn_remove: r.pick(['666f6f', 'nope', '', true, 1]) },
  { passkey_settings_register: answer(r) },
  { passkey_remove: r.pick(['666f6f', 'nope', '', true, 1]) },
  { passkey_remove: 'x', webauthn_remove: 'x' },
  {},
]
const LOGIN = r => [
  { webauthn_login: answer(r), identifier: r.pick(['{{e1}}', '{{e2}}', '']) },
  { webauthn_login: answer(r) },
  { identifier: r.pick(['{{e1}}', '{{E1}}', '{{e2}}', '', 'nope']) },
  { passkey_login: answer(r) },
  { passkey_login: answer(r), identifier: '{{e1}}' },
  {},
]
const REGISTRATION = (r, about) => {
  const traits = r.chance(0.8)
    ? good(about)
    : r.pick([{}, { email: 'nope' }, { ...good(about), age: 'x' }, 'x'])
  return [
    { traits, webauthn_register: answer(r), webauthn_register_displayname: 'my key' },
    { traits, webauthn_register: '' },
    { traits, passkey_register: answer(r) },
    { traits, passkey_register: '' },
    { traits, passkey_register: answer(r), webauthn_register: answer(r) },
    { traits, password: PASSWORD, passkey_register: answer(r) },
    { traits, screen: r.pick(['credential-selection', 'previous']) },
    { traits },
  ]
}
const method = r => r.pick(['webauthn', 'passkey', 'webauthn', 'passkey', 'password', 'profile', undefined])
const named = (r, fields) => {
  const name = method(r)
  return name === undefined ? fields : { method: name, ...fields }
}

export function keys(r, about) {
  const client = who(r)
  const kind = r.pick(['login', 'registration', 'settings'])
  const steps = kind === 'registration' ? [] : signUp(client, about)
  if (kind === 'login' && r.chance(0.6)) steps.push(...leave(client))
  const query = kind === 'login' ? r.pick([undefined, { refresh: 'true' }, { aal: 'aal2' }]) : undefined
  steps.push(start(client, kind, query))
  const table = { login: LOGIN, registration: REGISTRATION, settings: SETTINGS }[kind]
  for (let at = 0; at < 3; at++)
    steps.push(send(client, kind, named(r, r.pick(table(r, about))), { accept: acceptOf(r, client) }))
  if (r.chance(0.6)) steps.push(look(client, kind))
  steps.push(whoami(client))
  if (r.chance(0.3))
    steps.push(admin('DELETE', `/admin/identities/{{iid}}/credentials/${r.pick(['webauthn', 'passkey'])}`))
  if (r.chance(0.3))
    steps.push(
      admin('GET', '/admin/identities/{{iid}}', {
        query: { include_credential: r.pick(['webauthn', 'passkey']) },
      }),
    )
  if (r.chance(0.3)) steps.push(...signIn(client))
  return steps
}
