// Steps that many ways have.
import { PASSWORD } from './inputs.mjs'

export const JSON_TYPE = 'application/json'

export const HTML = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

export const KINDS = ['login', 'registration', 'recovery', 'verification', 'settings']

export const way = who => (who === 'n' ? 'api' : 'browser')

export const acceptOf = (r, who) => (who === 'n' || r.chance(0.6) ? JSON_TYPE : HTML)

export const start = (who, kind, query) => ({
  op: `start ${kind}`,
  client: who,
  method: 'GET',
  path: `/self-service/${kind}/${way(who)}`,
  accept: JSON_TYPE,
  ...(query && { query }),
})

export const send = (who, kind, json, more = {}) => ({
  op: `submit ${kind} ${json.method ?? '(none)'}`,
  client: who,
  method: 'POST',
  path: `/self-service/${kind}`,
  query: { flow: `{{flow:${kind}}}` },
  accept: JSON_TYPE,
  json: { ...json, ...(who !== 'n' && { csrf_token: '{{csrf}}' }) },
  ...more,
})

export const look = (who, kind, accept = JSON_TYPE) => ({
  op: `fetch ${kind}`,
  client: who,
  method: 'GET',
  path: `/self-service/${kind}/flows`,
  query: { id: `{{flow:${kind}}}` },
  accept,
})

export const ask = (who, method, path, more = {}) => ({
  op: `${method} ${path}`,
  client: who,
  method,
  path,
  accept: JSON_TYPE,
  ...more,
})

export const admin = (method, path, more = {}) => ask('admin', method, path, { admin: true, ...more })

export const good = about => ({
  email: '{{e1}}',
  ...(about.traits.includes('username') && { username: '{{u1}}' }),
})

export const who = r => r.pick(['b1', 'b1', 'n'])

export const signUp = (client, about) => [
  start(client, 'registration'),
  send(client, 'registration', { method: 'password', password: PASSWORD, traits: good(about) }),
]

export const signIn = (client, query) => [
  start(client, 'login', query),
  send(client, 'login', { method: 'password', identifier: '{{e1}}', password: PASSWORD }),
]

export const leave = client =>
  client === 'n'
    ? [
        {
          ...ask('n', 'DELETE', '/self-service/logout/api', { json: { session_token: '{{token}}' } }),
          forget: true,
        },
      ]
    : [
        ask(client, 'GET', '/self-service/logout/browser'),
        ask(client, 'GET', '/self-service/logout', { query: { token: '{{logout}}' } }),
      ]

export const enrolTotp = client => [
  start(client, 'settings'),
  send(client, 'settings', { method: 'totp', totp_code: '{{totp}}' }),
]

export const enrolLookup = client => [
  start(client, 'settings'),
  send(client, 'settings', { method: 'lookup_secret', lookup_secret_regenerate: true }),
  send(client, 'settings', { method: 'lookup_secret', lookup_secret_confirm: true }),
]

export const whoami = client => ask(client, 'GET', '/sessions/whoami')
