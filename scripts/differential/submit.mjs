// A form is sent off.
import { fetchFlow, QUERIES } from './begin.mjs'
import { METHOD_FIELDS } from './fields.mjs'
import { NOBODY, ODD, ODD_JSON } from './inputs.mjs'
import { HTML, JSON_TYPE, KINDS } from './steps.mjs'
import { accept, client } from './who.mjs'

export function submit(r, about) {
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
