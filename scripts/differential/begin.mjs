// How a flow begins, and somebody who has one behind them.
import { NOBODY, PASSWORD } from './inputs.mjs'
import { good, JSON_TYPE, KINDS } from './steps.mjs'
import { accept, client } from './who.mjs'

/** Somebody who is there, or signed in. */
export function beginning(r, about) {
  const who = client(r)
  const start = {
    op: 'start registration',
    client: who,
    method: 'GET',
    path: `/self-service/registration/${who === 'n' ? 'api' : 'browser'}`,
    accept: JSON_TYPE,
  }
  if (r.chance(0.45)) return [createdByAdmin(r, good(about))]
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
      traits: good(about),
      ...(who !== 'n' && { csrf_token: '{{csrf}}' }),
    },
  }
  return [start, submit]
}

function createdByAdmin(r, traits) {
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
      traits,
      credentials: { password: { config: { password: PASSWORD } } },
      ...(r.chance(0.3) && { verifiable_addresses: [address] }),
    },
  }
}

export function start(r) {
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

export const QUERIES = [
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

export function fetchFlow(r, kind = r.pick(KINDS), who = client(r)) {
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
