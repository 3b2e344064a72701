// What grows old: flows, codes, sign-ins and sessions, with a configuration in which they last a few seconds.
import { change, factor, filledIn } from './factors.mjs'
import {
  acceptOf,
  admin,
  ask,
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

const wait = r => ({ op: 'wait', client: 'admin', wait: r.pick([3500, 3500, 9000]) })

function oldFlow(r, about) {
  const client = who(r)
  const kind = r.pick(['login', 'registration', 'recovery', 'verification', 'settings'])
  const what = filledIn(r, kind, about)
  const query = r.chance(0.3) ? { return_to: 'http://127.0.0.1:4455/app' } : undefined
  const begun = kind === 'login' || kind === 'registration' ? [] : signUp(client, about)
  const tried = { accept: acceptOf(r, client) }
  return [
    ...begun,
    start(client, kind, query),
    wait(r),
    r.chance(0.5) ? look(client, kind, acceptOf(r, client)) : whoami(client),
    send(client, kind, what, tried),
    look(client, kind),
    send(client, kind, what, tried),
    start(client, kind),
  ]
}

function oldCode(r, about) {
  const client = who(r)
  const kind = r.pick(['recovery', 'verification'])
  const person = admin('POST', '/admin/identities', { json: { schema_id: 'default', traits: good(about) } })
  const given = () =>
    send(client, kind, { method: 'code', code: '{{code:e1}}' }, { accept: acceptOf(r, client) })
  return [
    person,
    start(client, kind),
    send(client, kind, { method: 'code', email: '{{e1}}' }),
    wait(r),
    given(),
    ...(r.chance(0.6)
      ? [send(client, kind, { method: 'code', email: '{{e1}}', resend: 'code' }), given()]
      : []),
    look(client, kind),
    whoami(client),
  ]
}

function oldSignIn(r, about) {
  const client = who(r)
  const enrolled = r.chance(0.4) ? enrolTotp(client) : []
  const again = enrolled.length > 0 && r.chance(0.5) ? [...leave(client), ...signIn(client)] : []
  const one = () =>
    r.pick([
      [whoami(client)],
      [admin('PATCH', '/admin/sessions/{{sid}}/extend'), whoami(client)],
      [admin('GET', '/admin/sessions/{{sid}}')],
      [admin('GET', '/admin/identities/{{iid}}/sessions', { query: { active: r.pick(['true', 'false']) } })],
      [ask(client, 'GET', '/sessions')],
      [start(client, 'login', { refresh: 'true' }), send(client, 'login', factor(r)), whoami(client)],
      [start(client, 'login', { aal: 'aal2' }), send(client, 'login', factor(r)), whoami(client)],
      signIn(client, { refresh: 'true' }),
      [start(client, 'settings'), send(client, 'settings', change(r), { accept: acceptOf(r, client) })],
      [send(client, 'settings', change(r), { accept: acceptOf(r, client) }), look(client, 'settings')],
      leave(client),
    ])
  return [
    ...signUp(client, about),
    ...enrolled,
    ...again,
    ...(r.chance(0.5) ? [start(client, 'settings')] : []),
    wait(r),
    ...one(),
    ...one(),
    ...(r.chance(0.2) ? [wait(r)] : []),
    ...one(),
  ]
}

export const AGEING = [
  [3, oldFlow],
  [2, oldCode],
  [5, oldSignIn],
]
