import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Emulator, startEmulator } from '../../src/emulator/index.js'
import { compileSchema } from '../../src/emulator/schema/identity-schema.js'
import { rawRequest } from '../_raw.js'

let emulator: Emulator
beforeAll(async () => {
  emulator = await startEmulator()
})
afterAll(() => emulator.close())

/** The status of making a person with a password of somebody's choice, as a form can send it. */
async function makePerson(email: string, ...headers: string[]): Promise<number> {
  const credentials = { password: { config: { password: 'chosen-by-evil' } } }
  const body = JSON.stringify({ schema_id: 'default', traits: { email }, credentials })
  const lines = ['Content-Type: text/plain', `Content-Length: ${body.length}`, ...headers]
  const given = { method: 'POST', headers: lines, body }
  return (await rawRequest(emulator.adminUrl!, '/admin/identities', given)).status
}

test.for([
  ['Origin: http://evil.example'],
  ['Origin: null'],
  ['Origin: http://localhost:3000'],
  ['Sec-Fetch-Site: cross-site'],
  ['Sec-Fetch-Site: same-site', 'Origin: http://localhost:3000'],
])('a page of another origin makes nobody by the admin API: %j', async headers => {
  expect(await makePerson('evil@example.com', ...headers)).toBe(403)
  const { body } = await rawRequest(emulator.adminUrl!, '/admin/identities', { headers })
  expect(body).toContain('answers no pages of another origin')
  expect(body).not.toContain('alice@example.com')
})

test('programs say nothing of a page, and the admin API answers them', async () => {
  expect(await makePerson('harm@example.com'), 'the same bytes without a page').toBe(201)
  expect(await makePerson('mine@example.com', `Origin: ${emulator.adminUrl}`)).toBe(201)
})

/** Whether somebody may come back to that origin, asked by whom the front at `front` forwards. */
async function mayReturn(to: string, front: string): Promise<boolean> {
  const target = `/self-service/login/browser?return_to=${encodeURIComponent(`${to}/`)}`
  const headers = ['Accept: application/json', `Ory-Base-URL-Rewrite: ${front}/.ory`]
  return (await rawRequest(emulator.url, target, { headers })).status === 200
}

test('a Host that one request names is a way back for that request, and for nobody else', async () => {
  const theirs = 'http://203.0.113.9'
  expect(await mayReturn(theirs, theirs), 'its own').toBe(true)
  expect(await mayReturn(theirs, 'http://localhost:3000')).toBe(false)
  expect(await mayReturn('http://localhost:3000', 'http://localhost:3001'), 'this machine has many').toBe(
    true,
  )
})

describe('patterns of an identity schema', () => {
  const schemaWith = (name: object): Parameters<typeof compileSchema>[1] => ({
    properties: { traits: { type: 'object', properties: { name: { type: 'string', ...name } } } },
  })
  // Counted, not timed: an engine that backtracks would not come back from any of these.
  test.for(['^(a+)+$', '^(a|aa)+$', '^(([a-z])+.)+[A-Z]([a-z])+$', '(x+x+)+y'])('%s comes back', pattern => {
    const { validate } = compileSchema('x', schemaWith({ pattern }))
    expect(validate({ name: `${'a'.repeat(4900)}!` })).toHaveLength(1)
  })

  test.for([
    ['(?i)^ada$', 'ADA', true],
    ['^\\p{L}+$', 'Zoë', true],
    ['^.$', '😀', true],
    ['^ada$', 'ada\n', false],
    ['\\Aada\\z', 'ada', true],
  ] as const)('%s means what it means in Kratos: %j', ([pattern, name, fits]) => {
    expect(compileSchema('x', schemaWith({ pattern })).validate({ name })).toHaveLength(fits ? 0 : 1)
  })

  test.for(['(?=a)b', '(?<!a)b', '(a)\\1', '[a', 'a**', 'a{1001}'])(
    '%s is refused, in its words',
    pattern => {
      const attempt = (): unknown => compileSchema('x', schemaWith({ pattern }))
      const words = `#/properties/traits/properties/name/pattern ${JSON.stringify(pattern)} is not valid "regex"`
      expect(attempt).toThrow(words)
      const inNames = {
        properties: { traits: { type: 'object', properties: {}, patternProperties: { [pattern]: {} } } },
      }
      expect(() => compileSchema('x', inNames)).toThrow('is not valid "regex"')
    },
  )
})

describe('a JSON Patch walks nothing that a document inherits', () => {
  test.for([
    '/metadata_public/hasOwnProperty/call',
    '/metadata_public/toString/evil',
    '/traits/valueOf/evil',
    '/hasOwnProperty/call',
    '/verifiable_addresses/map/call',
    '/verifiable_addresses/0/toString/evil',
    '/traits/email/constructor/evil',
  ])('%s', async path => {
    const api = `${emulator.adminUrl}/admin/identities`
    const [{ id }] = (await (await fetch(`${api}?credentials_identifier=alice@example.com`)).json()) as [
      { id: string },
    ]
    const before = [Object, Array, Function, String].map(({ prototype }) => inherited(prototype))
    for (const op of ['add', 'replace', 'remove']) {
      const patch = [
        { op: 'add', path: '/metadata_public', value: { a: 1 } },
        { op, path, value: 'polluted' },
      ]
      const answer = await fetch(`${api}/${id}`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(patch),
      })
      expect(answer.status).toBeLessThan(500)
      expect([Object, Array, Function, String].map(({ prototype }) => inherited(prototype))).toEqual(before)
      expect(typeof Object.prototype.hasOwnProperty.call).toBe('function')
    }
  })

  /** All that objects of a kind inherit, two steps deep. */
  function inherited(prototype: object): string[] {
    return Object.getOwnPropertyNames(prototype).flatMap(name => {
      const { value } = Object.getOwnPropertyDescriptor(prototype, name)!
      return [name, ...(typeof value === 'function' ? Object.getOwnPropertyNames(value) : [])]
    })
  }
})
