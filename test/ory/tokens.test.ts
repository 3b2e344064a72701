// Ory's own tokens, against a scripted Ory: for how long one is handed out, and to whom.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createOryClient, type OryClient } from '../../src/ory/client.js'
import { withTokens } from '../../src/ory/tokens.js'
import type { Credentials } from '../../src/ory/whoami.js'
import { type FakeOry, startFakeOry } from '../_fake-ory.js'

const MINUTE = 60_000
let ory: FakeOry
let client: OryClient
let now: number
let warnings: string[]
let made: number
let whoami: OryClient['whoami']

/** A token as Kratos makes it, as far as its life goes. */
const tokenOf = (claims: object): string =>
  ['{"alg":"ES256"}', JSON.stringify({ ...claims, jti: String(made++) }), 'signature']
    .map(part => Buffer.from(part).toString('base64url'))
    .join('.')

beforeEach(async () => {
  ory = await startFakeOry()
  client = createOryClient(new URL(ory.url))
  now = Date.now()
  warnings = []
  made = 0
  ory.templates.set('app', ({ id }) => tokenOf({ sid: id, iat: 1000, exp: 1060 }))
  whoami = tokensOf('app')
})
afterEach(async () => {
  client.close()
  await ory.close()
})

const tokensOf = (template: string): OryClient['whoami'] =>
  withTokens({ whoami: client.whoami, template, now: () => now, warn: line => void warnings.push(line) })

/** The token that an app would get; why not, where it gets none. */
async function tokenFor(credentials: Credentials): Promise<string> {
  const answer = await whoami(credentials)
  return answer.kind === 'session' ? (answer.identified.token ?? 'none') : `${answer.kind}: ${answer.cause}`
}
const asked = (): string[] => ory.whoami().map(({ url }) => url)

test('one token is handed out until half of its life is gone; Ory is asked meanwhile whether the session is as it was', async () => {
  const cookie = ory.signIn('ada@example.com')
  const first = await tokenFor({ cookie })
  now += 29_000
  expect(await tokenFor({ cookie })).toBe(first)
  now += 2_000
  const second = await tokenFor({ cookie })
  expect(second).not.toBe(first)
  const template = '/sessions/whoami?tokenize_as=app'
  expect(asked()).toEqual([template, '/sessions/whoami', template])
})

test('its half-life is counted from when it came, whatever clock Ory has', async () => {
  const answer = await whoami({ cookie: ory.signIn('ada@example.com') })
  expect(answer).toMatchObject({ kind: 'session', keepUntil: now + MINUTE / 2 })
})

test('none is handed out past the end of its session', async () => {
  const end = now + 10_000
  const answer = await whoami({
    cookie: ory.signIn('ada@example.com', { expires_at: new Date(end).toISOString() }),
  })
  expect(answer).toMatchObject({ kind: 'session', keepUntil: end })
})

test('a session that has changed gets a new token at once', async () => {
  const cookie = ory.signIn('ada@example.com')
  const first = await tokenFor({ cookie })
  const undo = ory.on('/sessions/whoami', (req, res) => {
    const expires_at = new Date(now + MINUTE).toISOString()
    const session = {
      id: 'other',
      active: true,
      expires_at,
      identity: { id: 'i', traits: { email: 'new@example.com' } },
    }
    const tokenized = req.url!.includes('tokenize_as') ? { tokenized: tokenOf({ sid: 'other' }) } : {}
    res
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ ...session, ...tokenized }))
  })
  const second = await tokenFor({ cookie })
  undo()
  expect(JSON.parse(Buffer.from(second.split('.')[1]!, 'base64url').toString())).toMatchObject({
    sid: 'other',
  })
  expect(second).not.toBe(first)
})

test('nobody gets the token of somebody else, and who signs out gets none', async () => {
  const [ada, bob] = [ory.signIn('ada@example.com'), ory.signIn('bob@example.com')]
  const first = await tokenFor({ cookie: ada })
  expect(await tokenFor({ cookie: bob })).not.toBe(first)
  expect(await tokenFor({ cookie: ada, authorization: 'Bearer x' })).not.toBe(first)
  ory.signOut(ada)
  expect(await tokenFor({ cookie: ada })).toBe('nobody: status 401')
})

test('a template that Ory does not know is one line, and everybody anonymous', async () => {
  whoami = tokensOf('nope')
  const cookie = ory.signIn('ada@example.com')
  expect(await whoami({ cookie })).toMatchObject({ kind: 'nobody', cause: 'no token' })
  expect(await tokenFor({ cookie: ory.signIn('bob@example.com') })).toBe('nobody: no token')
  expect(warnings).toEqual([
    'Ory gives no token for tokenizeAs "nope" (Unable to find tokenizer template "nope".): requests pass as anonymous. ' +
      'Templates are at session.whoami.tokenizer.templates of its configuration.',
  ])
})

test.for([
  ['no token', {}],
  ['what is no token', { tokenized: 'x\r\nX-Admin: yes' }],
  ['a number', { tokenized: 5 }],
] as const)('an Ory that answers with %s has nobody signed in', async ([, more]) => {
  const undo = ory.on('/sessions/whoami', (_req, res) => {
    res.end(JSON.stringify({ id: 's', active: true, identity: { id: 'i' }, ...more }))
  })
  expect(await tokenFor({ cookie: 'ory_kratos_session=x' })).toBe('nobody: no token')
  expect(warnings).toEqual([expect.stringContaining('its answer holds none')])
  undo()
})

test('tokens that have expired when they are made are named once, and asked for each time', async () => {
  ory.templates.set('app', ({ id }) => tokenOf({ sid: id, iat: 1000, exp: 1000 }))
  const cookie = ory.signIn('ada@example.com')
  expect(await tokenFor({ cookie })).not.toBe(await tokenFor({ cookie }))
  expect(warnings).toEqual([expect.stringContaining('its template needs a ttl')])
})

test('an Ory that does not answer is unreachable, not a missing token', async () => {
  const undo = ory.on('/sessions/whoami', (_req, res) => void res.writeHead(503).end())
  expect(await tokenFor({ cookie: 'ory_kratos_session=x' })).toBe('unreachable: status 503')
  expect(warnings).toEqual([])
  undo()
})
