// Bodies that are no form, forms that say they are something else.
import { ODD } from './inputs.mjs'
import { acceptOf, KINDS, look, signUp, start, who } from './steps.mjs'

const TYPES = [
  undefined,
  'application/json',
  'application/json; charset=utf-8',
  'APPLICATION/JSON',
  'application/json;charset=utf-16',
  'application/merge-patch+json',
  'text/plain',
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded; charset=utf-8',
  'multipart/form-data; boundary=xyz',
  'multipart/form-data',
  'application/xml',
  '',
  'x',
]

const part = (name, value) => `--xyz\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`

export const BODIES = r => [
  '',
  '{}',
  '{',
  'null',
  '[]',
  '"x"',
  '0',
  '{"method":"password","identifier":"{{e1}}","password":"x","csrf_token":"{{csrf}}"} trailing',
  '{"method":"password","identifier":"{{e1}}","password":"x","csrf_token":"{{csrf}}"}',
  '{"method":"code","email":"{{e1}}","csrf_token":"{{csrf}}"}',
  '{"method":"password","method":"code","csrf_token":"{{csrf}}"}',
  `{"method":"password","identifier":${'['.repeat(40)}${']'.repeat(40)},"csrf_token":"{{csrf}}"}`,
  `{"method":"password","identifier":"${'x'.repeat(5000)}","password":"${'y'.repeat(5000)}","csrf_token":"{{csrf}}"}`,
  '{"method":"password","identifier":"\\ud800","password":"\\u0000","csrf_token":"{{csrf}}"}',
  '\ufeff{"method":"password","csrf_token":"{{csrf}}"}',
  'method=password&identifier={{e1}}&password=x&csrf_token=' + 'x',
  'method=code&email={{e1}}',
  'method=password&method=code',
  'method=%ZZ',
  'method=password;identifier=x',
  'traits.email=a&traits.email=b&method=password',
  'traits[email]=a&method=password',
  'traits=x&traits.email=y&method=profile',
  `${part('method', 'password')}${part('csrf_token', '{{csrf}}')}${part('identifier', '{{e1}}')}${part('password', 'x')}--xyz--\r\n`,
  `${part('method', 'code')}${part('email', '{{e1}}')}--xyz--\r\n`,
  part('method', 'password'),
  r.pick(ODD),
]

/** Bodies that are no form, forms that say they are something else. */
export function bodies(r, about) {
  const client = who(r)
  const kind = r.pick(KINDS)
  const steps = kind === 'settings' || r.chance(0.2) ? signUp(client, about) : []
  steps.push(start(client, kind))
  for (let at = 0; at < 3; at++) {
    const type = r.pick(TYPES)
    steps.push({
      op: `submit ${kind} as ${type}`,
      client,
      method: r.weighted([
        [9, 'POST'],
        [1, r.pick(['PUT', 'PATCH', 'DELETE'])],
      ]),
      path: `/self-service/${kind}`,
      query: { flow: `{{flow:${kind}}}` },
      accept: acceptOf(r, client),
      raw: r.pick(BODIES(r)),
      headers: { 'content-type': type ?? 'none' },
    })
  }
  if (r.chance(0.3)) steps.push(look(client, kind))
  return steps
}
