import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { evaluate, JsonnetError } from '../../src/jsonnet/index.js'

interface Recorded {
  readonly program: string
  /** What the reference makes of it; absent where it fails. */
  readonly value?: unknown
  readonly fails?: 'STATIC' | 'RUNTIME'
}

const RECORDED = JSON.parse(
  readFileSync(new URL('./reference.json', import.meta.url), 'utf8'),
) as readonly Recorded[]

/** Where the reference (in C++) and the one that Kratos runs (in Go) differ: Go's counts. */
const IN_GO_ONLY = [/std\.sha1/, /\d\.\d\./, /std\.reverse\('/]

const claims = { email: 'ada@example.com', name: 'Ada' }

function outcome(program: string): unknown {
  try {
    return JSON.parse(evaluate(program, { file: 'p.jsonnet', extVars: { claims } }))
  } catch (error) {
    if (error instanceof JsonnetError) return 'fails'
    throw error
  }
}

test('programs come to what the reference makes of them, or fail as they do there', () => {
  const compared = RECORDED.filter(({ program }) => !IN_GO_ONLY.some(pattern => pattern.test(program)))
  expect(compared.length).toBeGreaterThan(500)
  const differing = compared.filter(({ program, value, fails }) => {
    const ours = outcome(program)
    return (
      JSON.stringify(ours) !== JSON.stringify(fails ? 'fails' : value) &&
      !isEqual(ours, fails ? 'fails' : value)
    )
  })
  expect(differing).toEqual([])
})

/** Members in any order. */
function isEqual(one: unknown, other: unknown): boolean {
  try {
    expect(one).toEqual(other)
    return true
  } catch {
    return false
  }
}

test.for([
  ['{ a: }', 'p.jsonnet:1:6'],
  ['local x = 1;\nx.y', 'p.jsonnet:2:1'],
  ["{\n  a: error 'told',\n}", 'told'],
])('%j fails with its place', ([program, place]) => {
  let line = ''
  try {
    evaluate(program!, { file: 'p.jsonnet' })
  } catch (error) {
    line = (error as JsonnetError).line
  }
  expect(line).toContain(place)
})

test.for([
  ['a program that never ends', 'local f(x) = f(x + 1) tailstrict; f(0)'],
  ['one that calls itself deeper and deeper', 'local f(x) = 1 + f(x + 1); f(0)'],
  ['one that answers without end', "std.foldl(function(a, b) a + a, std.range(1, 60), 'x')"],
])('%s is stopped', ([, program]) => {
  expect(() => evaluate(program!, { file: 'p.jsonnet' })).toThrow(JsonnetError)
})
