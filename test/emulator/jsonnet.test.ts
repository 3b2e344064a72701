import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { evaluateJsonnet, JsonnetError } from '../../src/emulator/jsonnet/index.js'
import type { Json } from '../../src/emulator/model.js'

test.for<[string, Json]>([
  ['{ a: 1 + 2, b: self.a * 3 }', { a: 3, b: 9 }],
  ['{ a: 1, "b-c": 2, ["d" + "e"]: 3, [if false then "f"]: 4 }', { a: 1, 'b-c': 2, de: 3 }],
  ['{ a: 1, hidden:: 2, b: self.hidden }', { a: 1, b: 2 }],
  ['{ a:: 1 } + { a::: 2 }', { a: 2 }],
  ['{ a: { x: 1 } } + { a+: { y: 2 } }', { a: { x: 1, y: 2 } }],
  ['{ a: 1 } { b: super.a + 1, c: "a" in super, d: "z" in super }', { a: 1, b: 2, c: true, d: false }],
  ['local o = { n: 1, m: self.n }; o { n: 2 }', { n: 2, m: 2 }],
  ['{ a: { b: $.c }, c: 5 }', { a: { b: 5 }, c: 5 }],
  ['{ local x = 2, f(y):: x * y, z: self.f(4) }', { z: 8 }],
  ['{ [k]: std.length(k) for k in ["a", "bb"] }', { a: 1, bb: 2 }],
  ['[x * y for x in [1, 2, 3] if x > 1 for y in [10, 100]]', [20, 200, 30, 300]],
  ['local f(x, y=x + 1) = x * y; [f(2), f(2, 5), f(y=1, x=9)]', [6, 10, 9]],
  ['local even(n) = n == 0 || odd(n - 1), odd(n) = n != 0 && even(n - 1); even(10)', true],
  ['if "a" in { a: null } then 1 else 2', 1],
  ['if false then 1', null],
  ['1 + 2 * 3 - 4 / 2 % 3', 5],
  ['!true || 1 < 2 && "a" < "b"', true],
  ['-1 + +2 - ~0', 2],
  ['[1, 2, 3, 4, 5][1:4:2]', [2, 4]],
  ['"hello"[1:]', 'ello'],
  ['"abc"[1]', 'b'],
  ['"a" + 1 + true + null + [1, "x"] + { a: 1 }', 'a1truenull[1, "x"]{"a": 1}'],
  [`'it\\'s' + "\\u00e9\\n" + @"c:\\x" + @'a''b'`, "it's\u00e9\nc:\\xa'b"],
  ['|||\n  one\n    two\n|||', 'one\n  two\n'],
  ['// c\n# c\n/* c\n*/ [1, 2, ] /**/', [1, 2]],
  ['assert 1 < 2 : "no"; 3', 3],
  ['[error "never asked for", 2][1]', 2],
  ['{ assert self.a > 0, a: 1 }.a', 1],
  ['"%s is %05.1f, %d%%, %x, %-4s|" % ["pi", 3.14159, 7, 255, "a"]', 'pi is 003.1, 7%, ff, a   |'],
  ['"%(name)s" % { name: "Ada" }', 'Ada'],
  ['std.join("-", std.map(function(x) std.asciiUpper(x), ["a", "b"]))', 'A-B'],
  ['std.get({ a: 1 }, "b", default="none") + std.get({ a: 1 }, "a", 0)', 'none1'],
  ['std.foldl(function(a, b) a + b, [1, 2, 3], 0)', 6],
  [
    '[std.type(x) for x in [null, true, 1, "", [], {}, std.length]]',
    ['null', 'boolean', 'number', 'string', 'array', 'object', 'function'],
  ],
  ['std.objectHas({ a:: 1 }, "a") || std.objectHasAll({ a:: 1 }, "a")', true],
  ['std.splitLimit("a b c", " ", 1)', ['a', 'b c']],
  ['std.mergePatch({ a: 1, b: { c: 1 } }, { a: null, b: { d: 2 } })', { b: { c: 1, d: 2 } }],
  ['std.prune({ a: null, b: [], c: { d: {} }, e: 0 })', { e: 0 }],
  ['std.set([3, 1, 3, 2])', [1, 2, 3]],
  ['std.parseJson(std.manifestJsonMinified({ a: [1] }))', { a: [1] }],
  ['[1] == [1] && { a: 1, b: 2 } == { b: 2, a: 1 }', true],
])('%s', ([program, value]) => {
  expect(evaluateJsonnet(program)).toEqual(value)
})

test.for<[string, string]>([
  ['{', 'line 1'],
  ['\n\n1 +', 'line 3'],
  ['{ a: 1, a b }', 'expected ":"'],
  ['"open', 'unexpected'],
  ['import "x.libsonnet"', '"import" is not supported'],
  ['nobody', 'unknown name: nobody'],
  ['{ a: 1 }.b', 'field does not exist: b'],
  ['[1][1]', 'index out of bounds'],
  ['1 / 0', 'division by zero'],
  ['1 + {}', 'cannot add number and object'],
  ['error "nope: " + 1', 'nope: 1'],
  ['assert false : "why"; 1', 'why'],
  ['local x = x; x', 'depends on itself'],
  ['local f(x) = f(x + 1); f(1)', 'does not come to an end'],
  ['self', 'outside an object'],
  ['std.extVar("nothing")', 'undefined external variable: nothing'],
  ['std.extVar("constructor")', 'undefined external variable: constructor'],
  ['std.join(",")', 'missing argument'],
  ['std.native("x")', 'field does not exist: native'],
  ['std.length', 'missing argument'],
  ['if 1 then 2', 'expected true or false'],
])('%j is refused: %s', ([program, message]) => {
  expect(() => evaluateJsonnet(program)).toThrow(JsonnetError)
  expect(() => evaluateJsonnet(program)).toThrow(message)
})

describe('as Ory uses it', () => {
  const mapper = readFileSync(new URL('../conformance/mapper.jsonnet', import.meta.url), 'utf8')

  test.for<[Json, Json]>([
    [{ sub: 's', email: 'ada@example.com', name: 'Ada' }, { email: 'ada@example.com' }],
    [{ sub: 's' }, {}],
  ])('the mapper of the recordings turns %j into %j', ([claims, traits]) => {
    expect(evaluateJsonnet(mapper, { variables: { claims } })).toEqual({ identity: { traits } })
  })

  test('a mapper with a default, a condition and verified addresses', () => {
    const program = `
      local claims = { email_verified: false } + std.extVar('claims');
      {
        identity: {
          traits: {
            // Unverified addresses would let people take over accounts.
            [if 'email' in claims && claims.email_verified then 'email' else null]: claims.email,
            name: { first: std.split(claims.name, ' ')[0] },
          },
          metadata_public: { groups: std.get(claims.raw_claims, 'groups', default=[]) },
          verified_addresses: std.prune([
            if claims.email_verified then { via: 'email', value: claims.email },
          ]),
        },
      }`
    const claims = { email: 'a@b.c', email_verified: true, name: 'Ada L', raw_claims: { groups: ['x'] } }
    expect(evaluateJsonnet(program, { variables: { claims } })).toEqual({
      identity: {
        traits: { email: 'a@b.c', name: { first: 'Ada' } },
        metadata_public: { groups: ['x'] },
        verified_addresses: [{ via: 'email', value: 'a@b.c' }],
      },
    })
  })

  test('the body of a web hook is a function of ctx', () => {
    const program = `function(ctx) {
      userId: ctx.identity.id,
      [if std.objectHas(ctx.flow, 'transient_payload') then 'extra']: ctx.flow.transient_payload,
      headers: { [h]: ctx.request_headers[h][0] for h in std.objectFields(ctx.request_headers) },
    }`
    const ctx = { identity: { id: '1' }, flow: {}, request_headers: { 'User-Agent': ['x'] } }
    expect(evaluateJsonnet(program, { arguments: { ctx } })).toEqual({
      userId: '1',
      headers: { 'User-Agent': 'x' },
    })
  })
})
