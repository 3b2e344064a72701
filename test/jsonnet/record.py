"""Runs programs through the reference (PyPI `jsonnet`) and writes what came of them: python record.py COUNT > reference.json"""
import json
import random
import sys

import _jsonnet

BY_HAND = r'''
local claims = std.extVar('claims'); { identity: { traits: { email: claims.email, [if 'name' in claims then 'name' else null]: claims.name } } }
{ a: 1, b: self.a + 1, c:: 3, d: self.c }
{ a: 1 } + { a+: 2, b: super.a }
{ a: { b: 1 } } { a+: { c: 2 } }
local f(x, y=2) = x + y; [f(1), f(1, 3), f(y=1, x=5)]
[x * 2 for x in std.range(1, 5) if x % 2 == 1]
{ [k]: std.length(k) for k in ['a', 'bb', 'ccc'] }
if std.length('äöü') == 3 then 'yes' else 'no'
"%s is %d years, %05.2f %x %o %e %g %%" % ['Ada', 36, 3.14159, 255, 8, 12345.678, 0.0001]
"%(a)s-%(b)03d" % { a: 'x', b: 7 }
|||
  some
    text
|||
std.split('a,b,c', ',') + std.splitLimit('a,b,c', ',', 1)
std.join(', ', ['a', 'b']) + std.strReplace('aXbX', 'X', '-')
std.sort([3, 1, 2], keyF=function(x) -x)
std.uniq(std.sort([1, 2, 2, 1]))
std.set([3, 1, 3]) + std.setUnion([1, 2], [2, 3]) + std.setInter([1, 2], [2, 3]) + std.setDiff([1, 2], [2])
std.foldl(function(a, b) a + b, [1, 2, 3], 0) + std.foldr(function(a, b) a - b, [1, 2, 3], 0)
std.mapWithIndex(function(i, x) i * x, [5, 6, 7])
std.filterMap(function(x) x > 1, function(x) x * x, [1, 2, 3])
std.flatMap(function(x) [x, x], [1, 2])
std.objectFields({ b: 1, a: 2, c:: 3 }) + std.objectFieldsAll({ c:: 3 })
std.objectHas({ a:: 1 }, 'a')
std.prune({ a: null, b: [], c: { d: null }, e: 1 })
std.mergePatch({ a: 1, b: { c: 2 } }, { a: null, b: { d: 3 } })
std.manifestJsonEx({ a: [1, { b: null }], c: [] }, '  ')
std.manifestYamlDoc({ a: [1, 'x'], b: { c: true } })
std.manifestIni({ main: { a: 1 }, sections: { s: { b: 'x' } } })
std.parseJson('{"a": [1, 2, null]}')
std.base64('hello') + std.base64Decode('aGVsbG8=')
std.md5('x')
std.asciiUpper('aé') + std.asciiLower('AÉ')
std.startsWith('abc', 'ab') && std.endsWith('abc', 'bc')
std.substr('hello', 1, 3) + 'hello'[1] + 'hello'[1:3]
[1, 2, 3, 4, 5][1:4:2]
std.type(null) + std.type(1) + std.type('') + std.type([]) + std.type({}) + std.type(function(x) x) + std.type(true)
std.floor(1.7) + std.ceil(1.2) + std.pow(2, 10) + std.sqrt(16) + std.abs(-3) + std.max(1, 2) + std.min(1, 2)
std.codepoint('a') + std.length(std.char(8364))
std.parseInt('-12') + std.parseHex('ff') + std.parseOctal('17')
std.assertEqual(1, 1)
std.assertEqual(1, 2)
1 / 0
error 'told'
{ assert self.a > 1 : 'too small', a: 1 }
local x = x; x
undefinedName
[1, 2][5]
{ a: 1 }.b
1 + 'a'
'a' + 1
[] + {}
1 < 'a'
[1, 2] < [1, 3]
std.extVar('nothing')
function(x) x
{ f(x): x }.f(1)
{ f(x):: x, g: self.f(2) }
!true || false && true
5 & 3 | 4 ^ 1
1 << 3 >> 1
~5
-5 % 3
std.mod('%s', ['x'])
null == null
[1, [2]] == [1, [2]]
{ a: 1 } == { a: 1, b:: 2 }
local o = { a: 1, b: $.a }; o + { a: 5 }
{ local x = 1, a: x }
'\u00e9\n\t\\"'
@'a\b''c'
1e3
1.5e-7
123456789012345680000
0.1 + 0.2
std.toString({ a: 1 }) + std.toString([1, 'x'])
{ a: error 'lazy', b: 1 }.b
std.map(function(x) x, 'abc')
std.stringChars('abc')
std.lines(['a', 'b'])
std.repeat('ab', 3)
std.member('abc', 'b') && std.member([1, 2], 2)
std.count([1, 2, 1], 1)
std.find(1, [1, 2, 1])
std.all([true, false])
std.any([true, false])
std.sum([1, 2, 3])
std.avg([1, 2, 3])
std.reverse([1, 2, 3])
std.trim('  x ')
std.lstripChars('xxa', 'x') + std.rstripChars('axx', 'x') + std.stripChars('xax', 'x')
std.isString('') && std.isNumber(1) && std.isArray([]) && std.isObject({}) && std.isBoolean(true) && std.isFunction(std.length)
std.get({ a: 1 }, 'b', 7)
std.objectValues({ a: 1, b: 2 }) + std.objectKeysValues({ a: 1 })
std.escapeStringJson('a"b') + std.escapeStringBash("it's") + std.escapeStringDollars('$x')
std.sha1('x') + std.sha256('x')
std.xor(true, false)
std.isEmpty('')
std.removeAt([1, 2, 3], 1)
std.flattenArrays([[1], [2, 3]])
std.deepJoin(['a', ['b', ['c']]])
std.clamp(5, 1, 3)
tailstrict
local a = 1
{ a: 1, a: 2 }
"unterminated
{
'''

NAMES = ['a', 'b', 'c']


def expression(depth, names):
    r = random.random()
    if depth <= 0 or r < 0.12:
        return random.choice(
            [str(random.randint(-3, 9)), '1.5', 'true', 'false', 'null', "'x'", "'äb'", '[]', '{}', *names, 'zz']
            if random.random() < 0.97
            else ["error 'e'"]
        )
    e = lambda: expression(depth - 1, names)
    name = random.choice(NAMES)
    forms = [
        lambda: f"({e()} {random.choice(['+', '-', '*', '/', '%', '<', '<=', '>', '==', '!=', '&&', '||', '&', '|', '^', '<<', '>>', 'in'])} {e()})",
        lambda: f"(if {e()} then {e()} else {e()})",
        lambda: f"(local {name} = {e()}; {expression(depth - 1, [*names, name])})",
        lambda: f"[{e()}, {e()}]",
        lambda: f"{{ {name}: {e()}, ['{random.choice(NAMES)}x']: {e()} }}",
        lambda: f"({e()}.{name})",
        lambda: f"({e()}[{e()}])",
        lambda: f"[{expression(depth - 1, [*names, name])} for {name} in {e()} if {expression(depth - 1, [*names, name])} != 1]",
        lambda: f"((function({name}) {expression(depth - 1, [*names, name])})({e()}))",
        lambda: f"std.{random.choice(['length', 'type', 'toString', 'sort', 'reverse', 'floor', 'abs', 'isString', 'objectFields', 'asciiUpper', 'prune', 'sum', 'all', 'stringChars', 'manifestJson'])}({e()})",
        lambda: f"std.map(function({name}) {expression(depth - 1, [*names, name])}, {e()})",
        lambda: f"std.{random.choice(['join', 'split', 'max', 'member', 'range', 'pow', 'setUnion', 'startsWith', 'mergePatch', 'objectHas'])}({e()}, {e()})",
        lambda: f"('%s|%d' % {e()})",
        lambda: f"({e()} + {{ {name}+: {e()} }})",
        lambda: f"(-{e()})",
        lambda: f"(!{e()})",
        lambda: f"({e()}[{random.randint(0, 2)}:{random.randint(1, 4)}])",
    ]
    return random.choice(forms)()


def outcome(program):
    try:
        text = _jsonnet.evaluate_snippet('p.jsonnet', program, ext_codes={'claims': '{"email": "ada@example.com", "name": "Ada"}'}, max_stack=200)
        return {'program': program, 'value': json.loads(text)}
    except RuntimeError as error:
        return {'program': program, 'fails': 'STATIC' if str(error).startswith('STATIC') else 'RUNTIME'}


random.seed(7)
programs = []
block = []
for line in BY_HAND.strip('\n').split('\n'):
    if line == '|||' or block:
        block.append(line)
        if line == '|||' and len(block) > 1:
            programs.append('\n'.join(block))
            block = []
    else:
        programs.append(line)
programs += [expression(4, []) for _ in range(int(sys.argv[1]))]
print('[')
print(',\n'.join(json.dumps(outcome(p), ensure_ascii=False) for p in programs))
print(']')
