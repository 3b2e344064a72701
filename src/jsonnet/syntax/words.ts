/** What begins with a word and reaches as far as it can. */

import type { Place } from '../error.js'
import type { Bind, Node } from './ast.js'
import { type Reader, shown } from './reader.js'

export function prefixed(parser: Reader): Node | undefined {
  const { kind, text, place } = parser.next
  if (kind !== 'keyword') return undefined
  switch (text) {
    case 'assert':
      return assertion(parser, place)
    case 'error':
      parser.take()
      return { kind: 'error', message: parser.expression(), place }
    case 'if':
      return conditional(parser, place)
    case 'function':
      return functionOf(parser, place)
    case 'local':
      return local(parser, place)
    case 'import':
    case 'importstr':
    case 'importbin':
      return importOf(parser, text, place)
    default:
      return undefined
  }
}

function assertion(parser: Reader, place: Place): Node {
  const check = parser.assertion()
  parser.expect(';')
  return { kind: 'assert', check, rest: parser.expression(), place }
}

function conditional(parser: Reader, place: Place): Node {
  parser.take()
  const condition = parser.expression()
  parser.expect('then')
  const yes = parser.expression()
  return { kind: 'if', condition, yes, no: parser.skip('else') ? parser.expression() : undefined, place }
}

function functionOf(parser: Reader, place: Place): Node {
  parser.take()
  if (!parser.is('(')) throw parser.unexpected(`Expected ( but got ${shown(parser.next)}`)
  const params = parser.params()
  return { kind: 'function', params, body: parser.expression(), place }
}

function importOf(parser: Reader, how: 'import' | 'importstr' | 'importbin', place: Place): Node {
  parser.take()
  const path = parser.expression()
  if (path.kind !== 'literal' || typeof path.value !== 'string')
    throw parser.error('Computed imports are not allowed', path.place)
  return { kind: 'import', path: path.value, how, place }
}

function local(parser: Reader, place: Place): Node {
  parser.take()
  const binds: Bind[] = []
  do parser.bind(binds)
  while (parser.skip(','))
  parser.expect(';')
  return { kind: 'local', binds, body: parser.expression(), place }
}
