// Flows of somebody else, and where people are sent.
import { change, filledIn } from './factors.mjs'
import { OTHER_PASSWORD, PASSWORD } from './inputs.mjs'
import {
  acceptOf,
  admin,
  good,
  HTML,
  JSON_TYPE,
  KINDS,
  leave,
  look,
  send,
  signIn,
  signUp,
  start,
  whoami,
} from './steps.mjs'

/** A flow of somebody else, an older one, a native one in a browser and the other way round. */
export function strangers(r, about) {
  const steps = r.chance(0.5)
    ? signUp(r.pick(['b1', 'b2', 'n']), about)
    : [
        admin('POST', '/admin/identities', {
          json: {
            schema_id: 'default',
            traits: good(about),
            credentials: { password: { config: { password: PASSWORD } } },
          },
        }),
      ]
  const kind = r.pick(KINDS)
  const [owner, thief] = r.pick([
    ['b1', 'b2'],
    ['b1', 'n'],
    ['n', 'b1'],
    ['b1', 'b1'],
    ['n', 'n'],
    ['b2', 'b1'],
  ])
  if (kind === 'settings' && r.chance(0.7)) steps.push(...signIn(owner))
  if (kind === 'settings' && r.chance(0.7)) steps.push(...signIn(thief))
  steps.push(start(owner, kind))
  if (owner === thief || r.chance(0.5)) steps.push(start(thief, kind))
  const which = owner === thief ? `{{oldflow:${kind}}}` : `{{flow:${kind}@${owner}}}`
  steps.push({ ...look(thief, kind, acceptOf(r, thief)), query: { id: which } })
  const what = filledIn(r, kind, about)
  const body = r.pick([
    { ...what, csrf_token: '{{csrf}}' },
    { ...what, csrf_token: `{{csrf@${owner}}}` },
    what,
  ])
  for (let at = 0; at <= r.below(2); at++)
    steps.push({
      ...send(thief, kind, {}),
      op: `submit ${kind} of ${owner}`,
      query: { flow: which },
      accept: acceptOf(r, thief),
      json: body,
    })
  if (r.chance(0.5)) steps.push(look(thief, kind), whoami(thief))
  return steps
}

/** Where people are sent, and what is asked of them on the way. */
export function returns(r, about) {
  const client = 'b1'
  const kind = r.pick(KINDS)
  const target = r.pick([
    'http://127.0.0.1:4455/app',
    'http://127.0.0.1:4455/app?a=1&b=ü#frag',
    'HTTP://127.0.0.1:4455/',
    'http://127.0.0.1:4455',
    'http://user:pw@127.0.0.1:4455/',
    'http://127.0.0.1:4455\\@evil.example/',
    '//127.0.0.1:4455/x',
    'http:/127.0.0.1:4455/x',
    'javascript:alert(1)',
    'http://127.0.0.1:44555/',
    '%',
    'http://127.0.0.1:4455/%zz',
    ' http://127.0.0.1:4455/',
    'http://127.0.0.1:4455/../x',
    'http://localhost:4000/x y',
  ])
  const steps =
    kind === 'registration' ? [] : [...signUp(client, about), ...(kind === 'settings' ? [] : leave(client))]
  const html = r.chance(0.6)
  steps.push({
    ...start(client, kind, { return_to: target, ...(r.chance(0.2) && { foo: 'bar' }) }),
    accept: html ? HTML : JSON_TYPE,
  })
  steps.push(look(client, kind))
  const what = {
    login: { method: 'password', identifier: '{{e1}}', password: PASSWORD },
    registration: { method: 'password', password: PASSWORD, traits: good(about) },
    recovery: { method: 'code', email: '{{e1}}' },
    verification: { method: 'code', email: '{{e1}}' },
    settings: change(r),
  }[kind]
  steps.push(
    send(client, kind, what, {
      accept: html ? HTML : JSON_TYPE,
      ...(r.chance(0.2) && { query: { flow: `{{flow:${kind}}}`, return_to: target } }),
    }),
  )
  if (kind === 'recovery' || kind === 'verification')
    steps.push(
      send(client, kind, { method: 'code', code: '{{code:e1}}' }, { accept: html ? HTML : JSON_TYPE }),
      look(client, kind),
    )
  if (kind === 'recovery')
    steps.push(
      look(client, 'settings'),
      send(
        client,
        'settings',
        { method: 'password', password: OTHER_PASSWORD },
        { accept: html ? HTML : JSON_TYPE },
      ),
    )
  if (kind === 'registration')
    steps.push(
      look(client, 'verification'),
      send(
        client,
        'verification',
        { method: 'code', code: '{{code:e1}}' },
        { accept: html ? HTML : JSON_TYPE },
      ),
    )
  steps.push({ ...start(client, r.pick(KINDS), { return_to: target }), accept: HTML })
  return steps
}
