import { rawRequest } from '../../_raw.js'
import type { TrustAttack, TrustTarget } from './_target.js'

const NO_CORS = 'CWE-352; a no-cors POST of text/plain asks nobody first'

/** Whether somebody was made, with a password of the attacker's choice, by what a form can send. */
async function makesPerson(url: string, path: string, ...lines: string[]): Promise<boolean> {
  const credentials = { password: { config: { password: 'chosen-by-evil' } } }
  const email = `${crypto.randomUUID()}@evil.example`
  const body = JSON.stringify({ schema_id: 'default', traits: { email }, credentials })
  const headers = ['Content-Type: text/plain', `Content-Length: ${body.length}`, ...lines]
  return (await rawRequest(url, path, { method: 'POST', headers, body })).status === 201
}

const pages: TrustAttack[] = [
  ['Origin: http://evil.example'],
  ['Origin: null'],
  ['Origin: http://localhost:3000'],
  ['Sec-Fetch-Site: cross-site'],
  ['Origin: http://localhost:3000', 'Sec-Fetch-Site: same-site'],
].map(headers => ({
  threat: 'a page of another origin makes people by the admin API',
  precedent: NO_CORS,
  promise: `not with "${headers.join(' | ')}"`,
  harm: ({ admin }) => makesPerson(admin, '/admin/identities', ...headers),
}))

const through: TrustAttack[] = ['/.ory/admin/identities', '/.ory/sessions/../admin/identities'].map(path => ({
  threat: 'a page of another origin makes people by the admin API',
  precedent: NO_CORS,
  promise: `it is not at ${path}`,
  harm: ({ url }) => makesPerson(url, path),
}))

const names: TrustAttack[] = [
  'evil.example',
  'localhost.evil.example',
  '192.0.2.1',
  'kratos',
  'evil.test',
].map(host => ({
  threat: 'a page whose name was pointed here reads everything by the admin API (DNS rebinding)',
  precedent: 'Vite CVE-2025-24010; webpack-dev-server#887',
  promise: `it has no name "${host}"`,
  harm: async ({ admin }) =>
    (await rawRequest(admin, '/admin/identities', { host })).body.includes('alice@example.com'),
}))

const patterns: TrustAttack[] = ['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'].map(name => ({
  threat: 'a pattern stops the process (ReDoS)',
  precedent: 'CWE-1333; path-to-regexp CVE-2024-45296',
  promise: `a name of ${name.length} letters against a pattern that backtracks is refused, and everybody is answered`,
  harm: async ({ url }) => {
    const { body } = await rawRequest(url, '/.ory/self-service/registration/api')
    const { id } = JSON.parse(body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1)) as { id: string }
    const traits = { email: 'long@example.com', name }
    const filled = JSON.stringify({ method: 'password', password: crypto.randomUUID(), traits })
    const headers = ['Content-Type: application/json', `Content-Length: ${filled.length}`]
    const given = { method: 'POST', headers, body: filled }
    const { status } = await rawRequest(url, `/.ory/self-service/registration?flow=${id}`, given)
    return status !== 400
  },
}))

const KINDS = [Object, Array, Function, String]

/** All that objects of a kind inherit, two steps deep. */
function inherited(): string {
  const all = KINDS.flatMap(({ prototype }) =>
    Object.getOwnPropertyNames(prototype).flatMap(name => {
      const { value } = Object.getOwnPropertyDescriptor(prototype, name)!
      return [name, ...(typeof value === 'function' ? Object.getOwnPropertyNames(value) : [])]
    }),
  )
  return all.join()
}

/** Takes out again what an attack left in what all objects inherit. */
function unpollute(): void {
  for (const { prototype } of KINDS)
    for (const name of Object.getOwnPropertyNames(prototype)) {
      const { value } = Object.getOwnPropertyDescriptor(prototype, name)!
      if (typeof value === 'function') delete value.polluted
    }
}

const patches: TrustAttack[] = [
  '/metadata_public/hasOwnProperty/polluted',
  '/metadata_admin/constructor/polluted',
  '/traits/toString/polluted',
].map(path => ({
  threat: 'a document changes what all objects inherit (prototype pollution)',
  precedent: 'CWE-1321',
  promise: `a JSON Patch does not walk ${path}`,
  harm: async ({ admin }) => {
    const list = `${admin}/admin/identities`
    const [{ id }] = (await (await fetch(list)).json()) as [{ id: string }]
    const before = inherited()
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify([
      { op: 'add', path: '/metadata_public', value: { a: 1 } },
      { op: 'add', path: '/metadata_admin', value: { a: 1 } },
      { op: 'add', path, value: 'polluted' },
    ])
    const answer = await fetch(`${list}/${id}`, { method: 'PATCH', headers, body })
    const isHarmed = inherited() !== before
    unpollute()
    // In a process of its own: what was added and is nobody's own went to all.
    const wentElsewhere = answer.ok && !(await answer.text()).includes('"polluted":"polluted"')
    return isHarmed || (wentElsewhere && !HARMLESS.test(path)) || !(await fetch(list)).ok
  },
}))

/** Left out altogether, as Kratos' library does it. */
const HARMLESS = /\/constructor\//

/** Whether somebody who is at a name of ours may come back to an origin. */
async function mayReturn({ url }: TrustTarget, origin: string, host: string): Promise<boolean> {
  const target = `/.ory/self-service/login/browser?return_to=${encodeURIComponent(`${origin}/`)}`
  const { status } = await rawRequest(url, target, { host, headers: ['Accept: application/json'] })
  return status < 400
}

const returns: TrustAttack[] = ['203.0.113.9', '203.0.113.9:8080', 'evil.example'].map(host => ({
  threat: 'one request makes a foreign origin an allowed way back for everybody',
  precedent: 'oauth2-proxy CVE-2020-5233',
  promise: `Host: ${host} opens no way to it for others`,
  harm: async target => {
    const { protocol, host: own } = new URL(target.url)
    await mayReturn(target, `${protocol}//${host}`, host)
    return mayReturn(target, `${protocol}//${host}`, own)
  },
}))

/** What the emulator must not do for anybody. */
export const EMULATOR: readonly TrustAttack[] = [
  ...pages,
  ...through,
  ...names,
  ...patterns,
  ...patches,
  ...returns,
]
