// Sessions said in every way, several at once.
import { BODIES } from './bodies.mjs'
import { acceptOf, admin, ask, signIn, signUp, start, whoami } from './steps.mjs'

const TOKENS = ['{{token}}', 'Bearer {{token}}', 'bearer {{token}}', 'nope', '', 'Bearer nope', '{{token}} ']

/** Sessions said in every way, several at once. */
export function sessions(r, about) {
  const steps = signUp(r.pick(['b1', 'n']), about)
  if (r.chance(0.6)) steps.push(...signIn('n'))
  if (r.chance(0.6)) steps.push(...signIn(r.pick(['b1', 'b2'])))
  for (let at = 0; at < 3; at++) {
    const client = r.pick(['b1', 'b2', 'n'])
    const headers = r.pick([
      undefined,
      { 'x-session-token': r.pick(TOKENS) },
      { authorization: r.pick(TOKENS) },
      { 'x-session-cookie': r.pick(['{{cookie}}', 'nope', '']) },
      { authorization: 'Bearer nope', 'x-session-token': '{{token}}' },
      { authorization: 'Bearer {{token@n}}' },
      { 'x-session-token': '{{token@n}}' },
    ])
    steps.push(
      r.pick([
        { ...whoami(client), ...(headers && { headers }) },
        {
          ...whoami(client),
          ...(headers && { headers }),
          method: r.pick(['POST', 'HEAD', 'OPTIONS', 'PUT']),
        },
        {
          ...ask(client, 'GET', '/sessions', {
            query: r.pick([
              {},
              { page_size: '1' },
              { page_size: '0' },
              { page: '2' },
              { per_page: '1' },
              { page_token: 'x' },
              { page_size: 'x' },
              { page: '-1' },
              { per_page: '5000' },
            ]),
          }),
          ...(headers && { headers }),
        },
        { ...ask(client, 'DELETE', '/sessions'), ...(headers && { headers }) },
        { ...ask(client, 'DELETE', '/sessions/{{sid}}'), ...(headers && { headers }) },
        { ...ask(client, 'DELETE', '/sessions/{{sid@n}}'), ...(headers && { headers }) },
        {
          ...start(client, r.pick(['login', 'settings', 'registration', 'recovery', 'verification'])),
          ...(headers && { headers }),
          accept: acceptOf(r, client),
        },
        {
          ...ask(client, 'GET', '/self-service/logout/browser', {
            query: r.pick([
              {},
              { return_to: 'http://127.0.0.1:4455/app' },
              { return_to: 'https://evil.example' },
              { return_to: '' },
            ]),
          }),
          ...(headers && { headers }),
          accept: acceptOf(r, client),
        },
        {
          ...ask(client, 'GET', '/self-service/logout', {
            query: r.pick([
              { token: '{{logout}}' },
              {},
              { token: '{{logout}}', return_to: 'http://127.0.0.1:4455/app' },
              { token: '{{logout}}', return_to: 'https://evil.example' },
            ]),
          }),
          accept: acceptOf(r, client),
        },
        {
          ...ask('n', 'DELETE', '/self-service/logout/api', {
            raw: r.pick(BODIES(r)),
            headers: { 'content-type': r.pick(['application/json', 'text/plain', '']) },
          }),
        },
      ]),
    )
  }
  steps.push(
    r.pick([
      admin('GET', '/admin/identities/{{iid}}/sessions', {
        query: [
          ['page_size', r.pick(['1', '2', '0', '-1', 'x', '1001'])],
          ['active', 'true'],
        ],
      }),
      admin('GET', '/admin/identities/{{iid}}/sessions', {
        query: [
          ['page', r.pick(['0', '1', '2', '-1', 'x'])],
          ['per_page', '1'],
        ],
      }),
      whoami('n'),
      whoami('b1'),
    ]),
  )
  return steps
}
