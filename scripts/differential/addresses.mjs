// Recovery that lets people choose where to, and links in mails.
import { PASSWORD } from './inputs.mjs'
import { acceptOf, admin, ask, good, HTML, look, send, start, who, whoami } from './steps.mjs'

const CHOICES = r => [
  { method: 'code', recovery_address: r.pick(['{{e1}}', '{{e1}}', '{{e2}}', '{{E1}}', 'nope', '']) },
  { method: 'code', recovery_confirm_address: r.pick(['{{e1}}', '{{e2}}', '', 'nope']) },
  { method: 'code', recovery_address: '{{e1}}', recovery_confirm_address: r.pick(['{{e1}}', '{{e2}}']) },
  { method: 'code', recovery_select_address: r.pick(['x', '', '{{e1}}']) },
  { method: 'code', screen: r.pick(['previous', 'nope', '']) },
  { method: 'code', screen: 'previous', recovery_address: '{{e1}}' },
  { method: 'code', email: r.pick(['{{e1}}', '{{e2}}']) },
  { method: 'code', code: r.pick(['{{code:e1}}', '{{code:e1}}', '{{code:e2}}', '000000', '']) },
  { method: 'code' },
  { recovery_address: '{{e1}}' },
  { code: '{{code:e1}}' },
]
const somebody = (r, about) =>
  admin('POST', '/admin/identities', {
    json: {
      schema_id: 'default',
      traits: { ...good(about), ...(about.other && r.chance(0.6) && { other: '{{e2}}' }) },
      credentials: { password: { config: { password: PASSWORD } } },
    },
  })

export function chooseAddress(r, about) {
  const client = who(r)
  const steps = [somebody(r, about), start(client, 'recovery')]
  for (let at = 0; at < 5; at++)
    steps.push(send(client, 'recovery', r.pick(CHOICES(r)), { accept: acceptOf(r, client) }))
  return [...steps, look(client, 'recovery'), whoami(client), look(client, 'settings')]
}

export function links(r, about) {
  const client = who(r)
  const kind = r.pick(['recovery', 'verification'])
  const email = r.pick(['{{e1}}', '{{e1}}', '{{e1}}', '{{e2}}', '{{E1}}', 'nope'])
  const steps = [
    somebody(r, about),
    start(client, kind, r.chance(0.3) ? { return_to: 'http://127.0.0.1:4455/app' } : undefined),
  ]
  steps.push(send(client, kind, { method: 'link', email }, { accept: acceptOf(r, client) }))
  if (r.chance(0.3))
    steps.push(
      send(
        client,
        kind,
        r.pick([
          { method: 'link', email: '{{e2}}' },
          { method: 'code', email: '{{e1}}' },
          { email: '{{e1}}' },
          { method: 'link' },
          { method: 'link', email: '{{e1}}', token: 'x' },
        ]),
      ),
    )
  if (r.chance(0.2)) steps.push(start(client, kind))
  const opened = r.pick([client, 'b2'])
  const open = accept => ({ op: 'open the link', client: opened, method: 'GET', path: '{{link:e1}}', accept })
  steps.push(open(acceptOf(r, opened)))
  if (r.chance(0.4)) steps.push(open(acceptOf(r, opened)))
  if (r.chance(0.3))
    steps.push(
      ask(opened, 'GET', `/self-service/${kind}`, {
        query: r.pick([
          { flow: `{{flow:${kind}}}`, token: 'nope' },
          { token: 'nope' },
          { flow: `{{flow:${kind}}}` },
          { flow: 'x', token: '' },
        ]),
        accept: HTML,
      }),
    )
  return [...steps, look(client, kind), whoami(opened), look(opened, 'settings')]
}
