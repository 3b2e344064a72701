// Codes: asked for, spent, wrong, of an administrator; signing up and in with them alone.
import { after, change } from './factors.mjs'
import { ODD, PASSWORD } from './inputs.mjs'
import { acceptOf, admin, ask, good, HTML, leave, look, send, signIn, start, who, whoami } from './steps.mjs'

/** A code: asked for, wrong a few times, right, and right again. */
export function codes(r, about) {
  const client = who(r)
  const kind = r.pick(about.codeLogin ? ['recovery', 'verification', 'login'] : ['recovery', 'verification'])
  const asked = kind === 'login' ? { identifier: '{{e1}}' } : { email: '{{e1}}' }
  const steps = [
    admin('POST', '/admin/identities', {
      json: {
        schema_id: 'default',
        traits: good(about),
        credentials: { password: { config: { password: PASSWORD } } },
      },
    }),
  ]
  steps.push(start(client, kind, r.chance(0.3) ? { return_to: 'http://127.0.0.1:4455/app' } : undefined))
  steps.push(send(client, kind, { method: 'code', ...asked }))
  const more = kind === 'login' ? asked : {}
  const wrong = r.pick([0, 0, 1, 2, 5, 6])
  for (let at = 0; at < wrong; at++)
    steps.push(send(client, kind, { method: 'code', code: '000000', ...more }))
  if (r.chance(0.2)) steps.push(send(client, kind, { method: 'code', ...asked, resend: 'code' }))
  if (r.chance(0.2)) steps.push(send(client, kind, { method: 'code', ...asked }))
  if (r.chance(0.15))
    steps.push(
      send(client, kind, {
        method: 'code',
        ...(kind === 'login' ? { identifier: '{{e2}}' } : { email: '{{e2}}' }),
      }),
    )
  if (r.chance(0.15)) steps.push(send(client, kind, { method: 'link', email: '{{e1}}' }))
  if (r.chance(0.15)) steps.push({ ...start(client, kind), op: `another ${kind}` })
  steps.push(
    send(
      client,
      kind,
      {
        method: 'code',
        code: r.pick(['{{code:e1}}', '{{code:e1}}', '{{code:e1}}', ' {{code:e1}}', '{{code:e1}}0', ...ODD]),
        ...more,
      },
      { accept: acceptOf(r, client) },
    ),
  )
  if (r.chance(0.4)) steps.push(look(client, kind))
  if (r.chance(0.4))
    steps.push(
      send(client, kind, { method: 'code', code: '{{code:e1}}', ...more }, { accept: acceptOf(r, client) }),
    )
  if (r.chance(0.3))
    steps.push(
      ask(client, 'GET', `/self-service/${kind}`, {
        query: { flow: `{{flow:${kind}}}`, code: '{{code:e1}}' },
        accept: HTML,
      }),
    )
  steps.push(whoami(client))
  if (kind === 'recovery')
    steps.push(look(client, 'settings'), send(client, 'settings', change(r), { accept: acceptOf(r, client) }))
  return steps
}

/** Signing up and in with codes alone. */
export function passwordless(r, about) {
  const client = who(r)
  if (!about.codeLogin) return codes(r, about)
  const steps = [
    start(client, 'registration'),
    send(client, 'registration', { method: r.pick(['code', 'profile']), traits: good(about) }),
  ]
  if (r.chance(0.3)) steps.push(send(client, 'registration', { method: 'code', traits: good(about) }))
  if (r.chance(0.3))
    steps.push(
      send(client, 'registration', { method: 'code', traits: good(about), code: r.pick(['000000', ...ODD]) }),
    )
  if (r.chance(0.2))
    steps.push(
      send(client, 'registration', {
        method: 'code',
        traits: { ...good(about), email: '{{e2}}' },
        code: '{{code:e1}}',
      }),
    )
  if (r.chance(0.2))
    steps.push(send(client, 'registration', { method: 'code', resend: 'code', traits: good(about) }))
  if (r.chance(0.2))
    steps.push(send(client, 'registration', { method: 'profile', screen: 'previous', traits: good(about) }))
  steps.push(
    send(
      client,
      'registration',
      { method: 'code', traits: good(about), code: '{{code:e1}}' },
      { accept: acceptOf(r, client) },
    ),
    whoami(client),
  )
  steps.push(...after(r, client))
  if (r.chance(0.6)) {
    steps.push(
      ...leave(client),
      start(client, 'login'),
      send(
        client,
        'login',
        r.pick([
          { method: 'code', identifier: '{{e1}}' },
          { method: 'identifier_first', identifier: '{{e1}}' },
          { method: 'code', identifier: '{{E1}}' },
        ]),
      ),
    )
    if (r.chance(0.3))
      steps.push(send(client, 'login', { method: 'code', identifier: '{{e1}}', code: '000000' }))
    if (r.chance(0.3))
      steps.push(send(client, 'login', { method: 'password', identifier: '{{e1}}', password: PASSWORD }))
    steps.push(
      send(
        client,
        'login',
        {
          method: 'code',
          code: '{{code:e1}}',
          ...(r.chance(0.7) && { identifier: r.pick(['{{e1}}', '{{E1}}', '{{e2}}']) }),
        },
        { accept: acceptOf(r, client) },
      ),
      whoami(client),
    )
  }
  return steps
}

/** Recovery that an administrator begins. */
export function adminRecovery(r, about) {
  const client = r.pick(['b1', 'n'])
  const steps = [
    admin('POST', '/admin/identities', {
      json: { schema_id: 'default', traits: good(about), ...(r.chance(0.2) && { state: 'inactive' }) },
    }),
  ]
  if (r.chance(0.2)) steps.push(...signIn(client))
  steps.push(
    admin('POST', '/admin/recovery/code', {
      json: {
        identity_id: '{{iid}}',
        ...(r.chance(0.3) && { flow_type: r.pick(['api', 'browser', '', null, 1]) }),
        ...(r.chance(0.2) && { expires_in: r.pick(['1h', '0s', '-1s', '', 1, null, '1000h']) }),
      },
      ...(r.chance(0.3) && {
        query: { return_to: r.pick(['http://127.0.0.1:4455/app', 'https://evil.example', 'x', '']) },
      }),
    }),
  )
  steps.push({ ...look(client, 'recovery', acceptOf(r, client)), query: { id: '{{flow:recovery@admin}}' } })
  for (let at = 0; at < 2; at++)
    steps.push({
      ...send(client, 'recovery', {}),
      op: 'submit an admin’s code',
      query: { flow: '{{flow:recovery@admin}}' },
      accept: acceptOf(r, client),
      json: {
        method: 'code',
        code: r.pick(['{{recoverycode@admin}}', '{{recoverycode@admin}}', '000000']),
        ...(r.chance(0.8) && client !== 'n' && { csrf_token: '{{csrf}}' }),
      },
    })
  steps.push(whoami(client), look(client, 'settings'))
  steps.push(send(client, 'settings', change(r), { accept: acceptOf(r, client) }))
  return steps
}

/** What the courier has, narrowed and page by page. */
export function mails(r, about) {
  const steps = [admin('POST', '/admin/identities', { json: { schema_id: 'default', traits: good(about) } })]
  for (const kind of ['recovery', 'verification', 'recovery'])
    if (r.chance(0.7))
      steps.push(
        start('b1', kind),
        send('b1', kind, { method: 'code', email: r.pick(['{{e1}}', '{{e1}}', '{{e2}}']) }),
      )
  for (let at = 0; at < 3; at++)
    steps.push(
      admin('GET', '/admin/courier/messages', {
        query: [
          ['recipient', r.pick(['{{e1}}', '{{e2}}', '{{E1}}'])],
          ...(r.chance(0.6)
            ? [
                r.pick([
                  ['status', 'queued'],
                  ['status', 'abandoned'],
                  ['status', 'processing'],
                  ['status', 'QUEUED'],
                  ['status', ''],
                  ['page_size', '1'],
                  ['page_size', '0'],
                  ['page_size', '-1'],
                  ['page_size', '1000'],
                  ['page_token', ''],
                  ['page', '1'],
                  ['per_page', '1'],
                ]),
              ]
            : []),
        ],
      }),
    )
  return steps
}
