/** What stands between braces: an object, or one made by a comprehension. */

import type { Place } from '../error.js'
import type { AssertNode, Bind, FieldNode, Node, Visibility } from './ast.js'
import { type Reader, shown } from './reader.js'

interface Members {
  fields: FieldNode[]
  locals: Bind[]
  asserts: AssertNode[]
}

/** The opening brace has been taken. */
export function parseBraces(parser: Reader, place: Place): Node {
  const members: Members = { fields: [], locals: [], asserts: [] }
  for (;;) {
    if (parser.skip('}')) return { kind: 'object', ...members, place }
    member(parser, members)
    const comma = parser.skip(',')
    if (parser.is('for')) return comprehension(parser, members, place)
    if (!comma && !parser.is('}')) throw parser.unexpected('Expected a comma before next field')
  }
}

function member(parser: Reader, { fields, locals, asserts }: Members): void {
  if (parser.is('assert')) asserts.push(parser.assertion())
  else if (parser.skip('local')) parser.bind(locals)
  else fields.push(field(parser, fields))
}

function field(parser: Reader, others: readonly FieldNode[]): FieldNode {
  const { place } = parser.next
  const { name, computed } = fieldName(parser)
  if (
    !computed &&
    name.kind === 'literal' &&
    others.some(o => !o.computed && o.name.kind === 'literal' && o.name.value === name.value)
  )
    throw parser.error(`Duplicate field: ${name.value}`, place)
  const params = parser.is('(') ? parser.params() : undefined
  const { plus, visibility } = colons(parser)
  if (params && plus)
    throw parser.error(`Cannot use +: syntax sugar in a method: ${JSON.stringify(name)}`, place)
  const value = parser.expression()
  return {
    name,
    computed,
    plus,
    visibility,
    value: params ? { kind: 'function', params, body: value, place } : value,
    place,
  }
}

function fieldName(parser: Reader): { name: Node; computed: boolean } {
  const { kind, text, place } = parser.next
  if (kind === 'identifier' || kind === 'string') {
    parser.take()
    return { name: { kind: 'literal', value: text, place }, computed: false }
  }
  if (!parser.skip('['))
    throw parser.unexpected(`Unexpected: ${shown(parser.next)} while parsing field definition`)
  const name = parser.expression()
  parser.expect(']')
  return { name, computed: true }
}

function colons(parser: Reader): { plus: boolean; visibility: Visibility } {
  const plus = parser.skip('+')
  const { kind, text } = parser.next
  const match = kind === 'operator' ? /^(\+?)(:{1,3})$/.exec(text) : null
  if (!match) throw parser.unexpected(`Expected one of :, ::, :::, +:, +::, +:::, got: ${shown(parser.next)}`)
  parser.take()
  return { plus: plus || match[1] === '+', visibility: match[2] as Visibility }
}

function comprehension(parser: Reader, { fields, locals, asserts }: Members, place: Place): Node {
  const at = parser.next.place
  const [only, second] = fields
  if (asserts.length > 0) throw parser.error('Object comprehension cannot have asserts', at)
  if (!only || second) throw parser.error('Object comprehension can only have one field', at)
  if (only.visibility !== ':') throw parser.error('Object comprehensions cannot have hidden fields', at)
  if (!only.computed) throw parser.error('Object comprehensions can only have [e] fields', at)
  return { kind: 'object-comprehension', field: only, locals, clauses: parser.clauses('}'), place }
}
