import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  compileSchema,
  normalizeCodeAddress,
  normalizeIdentifier,
} from '../../../src/emulator/schema/identity-schema.js'
import type { JsonObject } from '../../../src/emulator/store/model.js'
import { OryProxyError } from '../../../src/errors.js'

const read = (path: string): JsonObject => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))
const person = compileSchema('default', read('../../conformance/identity.schema.json'))
const rich = compileSchema('rich', read('fixtures/rich.schema.json'))
const email = 'ada@example.com'

describe('fields', () => {
  test('come in the order of the text of the schema', () => {
    expect(person.fields.map(f => f.name)).toEqual(['traits.email', 'traits.name.first', 'traits.name.last'])
    expect(person.keysInOrder).toEqual(['traits.email', 'traits.name.first', 'traits.name.last'])
  })

  test('have the type, the label and the constraints of the schema', () => {
    const byName = Object.fromEntries(rich.fields.map(f => [f.name, f]))
    expect(byName['traits.email']).toMatchObject({
      type: 'email',
      autocomplete: 'email',
      required: true,
      title: 'E-Mail',
    })
    expect(byName['traits.zeta']).toMatchObject({ type: 'text', pattern: '^[a-z]+$', required: false })
    expect(byName['traits.color']).toMatchObject({ type: 'text' })
    const types = rich.fields.map(f => [f.name.replace('traits.', ''), f.type])
    expect(Object.fromEntries(types)).toMatchObject({
      age: 'number',
      news: 'checkbox',
      born: 'date',
      site: 'url',
      phone: 'tel',
      when: 'datetime-local',
      tags: 'text',
      'name.last': 'text',
    })
  })

  test('name the one trait people sign in with', () => {
    expect(person.identifierField).toMatchObject({ name: 'traits.email', title: 'E-Mail' })
  })
})

describe('messages of a form', () => {
  test.for<[JsonObject, string, number, string]>([
    [{}, 'traits.email', 4000002, 'Property email is missing.'],
    [{ email: 'nope' }, 'traits.email', 4000040, 'Enter a valid email address'],
    [{ email, zeta: 'a' }, 'traits.zeta', 4000003, 'length must be >= 3, but got 1'],
    [{ email, zeta: 'abcdef' }, 'traits.zeta', 4000017, 'length must be <= 5, but got 6'],
    [{ email, zeta: 'ABC' }, 'traits.zeta', 4000004, 'does not match pattern "^[a-z]+$"'],
    [{ email, age: 16 }, 'traits.age', 4000018, 'must be >= 18 but found 16'],
    [{ email, age: 100 }, 'traits.age', 4000021, 'must be < 100 but found 100'],
    [{ email, age: 21 }, 'traits.age', 4000022, '21 not multipleOf 2'],
    [{ email, age: '20' }, 'traits.age', 4000026, 'expected integer, but got string'],
    [{ email, tags: [] }, 'traits.tags', 4000024, 'minimum 1 items allowed, but found 0 items'],
    [{ email, tags: ['ab', 'ab'] }, 'traits.tags', 4000025, 'items at index 0 and 1 are equal'],
    [{ email, phone: '12' }, 'traits.phone', 4000041, 'Enter a valid phone number'],
    [{ email, one: 'two' }, 'traits.one', 4000029, 'must be equal to constant "only"'],
    [{ email, color: 'blue' }, 'traits.color', 4000001, 'value must be one of "red", "green"'],
    [{ email, extra: 1 }, 'traits', 4000001, 'additionalProperties "extra" not allowed'],
    [{ email, name: { last: 'L' } }, 'traits.name.first', 4000002, 'Property first is missing.'],
  ])('%j: %s %i %s', ([traits, name, id, text]) => {
    expect(rich.validate(traits)).toEqual([
      { name, text: expect.objectContaining({ id, text, type: 'error' }) },
    ])
  })

  test('there are none for good traits', () => {
    expect(
      rich.validate({ email, zeta: 'abc', age: 20, tags: ['ab'], name: { first: 'A', last: 'L' } }),
    ).toEqual([])
    expect(rich.check({ email })).toBeUndefined()
  })
})

describe('reasons of the admin API, as Kratos v26.2 writes them', () => {
  const at = '#/properties/traits'
  test.for<[JsonObject, string[]]>([
    [
      { email: 'a@' },
      [
        `I[#/traits/email] S[${at}/properties/email] validation failed`,
        `  I[#/traits/email] S[${at}/properties/email/format] "a@" is not valid "email"`,
        `  I[#/traits/email] S[${at}/properties/email/format] "a@" is not valid "email"`,
      ],
    ],
    [{ email: 5 }, [`I[#/traits/email] S[${at}/properties/email/type] expected string, but got number`]],
    [
      { mail: 1, bail: 2 },
      [
        `I[#/traits] S[${at}] validation failed`,
        `  I[#/traits] S[${at}/required] missing properties: "email"`,
        `  I[#/traits] S[${at}/additionalProperties] additionalProperties "mail", "bail" not allowed`,
      ],
    ],
    [
      { email, name: { first: 1, middle: 2 } },
      [
        `I[#/traits/name] S[${at}/properties/name] validation failed`,
        `  I[#/traits/name] S[${at}/properties/name/required] missing properties: "last"`,
        `  I[#/traits/name/first] S[${at}/properties/name/properties/first/type] expected string, but got number`,
        `  I[#/traits/name] S[${at}/properties/name/additionalProperties] additionalProperties "middle" not allowed`,
      ],
    ],
    [
      { email, any: 3 },
      [
        `I[#/traits/any] S[${at}/properties/any/anyOf] anyOf failed`,
        `  I[#/traits/any] S[${at}/properties/any/anyOf/0/type] expected string, but got number`,
        `  I[#/traits/any] S[${at}/properties/any/anyOf/1/minimum] must be >= 5 but found 3`,
      ],
    ],
  ])('%j', ([traits, lines]) => {
    expect(rich.check(traits)?.reason.split('\n')).toEqual(lines)
  })
})

describe('identifiers', () => {
  test('are found in the traits and brought into the form they are looked up by', () => {
    expect(person.identifiers({ email: 'Ada@Example.COM' })).toEqual({
      password: [email],
      code: [{ value: email, via: 'email' }],
      webauthn: [],
      totpAccountName: undefined,
      passkeyName: undefined,
      verification: [{ value: email, via: 'email' }],
      recovery: [{ value: email, via: 'email' }],
    })
  })

  test.for([
    ['Ada@Example.com', 'ada@example.com'],
    ['  ada ', 'ada'],
    ['+49 151 2345-6789', '+49 151 2345-6789'],
  ])('%j is looked up as %j', ([given, stored]) => {
    expect(normalizeIdentifier(given!)).toBe(stored)
  })

  test.for([
    ['Ada@Example.com', 'ada@example.com'],
    ['+49 151 2345-6789', '+4915123456789'],
  ])('a code to %j is one to %j', ([given, stored]) => {
    expect(normalizeCodeAddress(given!)).toBe(stored)
  })
})

describe('a schema that Kratos could not start with is refused', () => {
  const schema = (traits: JsonObject): JsonObject => ({ type: 'object', properties: { traits } })
  test.for<[string, JsonObject]>([
    ['properties.traits', { type: 'object' }],
    [
      '#/properties/traits/properties/a/ory.sh~1kratos',
      schema({ properties: { a: { 'ory.sh/kratos': { nope: 1 } } } }),
    ],
    ['email, sms', schema({ properties: { a: { 'ory.sh/kratos': { recovery: { via: 'fax' } } } } })],
    ['type must be', schema({ properties: { a: { type: 'text' } } })],
    ['regular expression', schema({ properties: { a: { type: 'string', pattern: '(' } } })],
    ['outside', schema({ properties: { a: { $ref: 'https://example.com/a.json' } } })],
  ])('%s', ([what, bad]) => {
    const attempt = (): unknown => compileSchema('broken', bad)
    expect(attempt).toThrow(OryProxyError)
    expect(attempt).toThrow(/identity schema "broken"/)
    expect(attempt).toThrow(what)
  })
})
