/** From tokens to a tree: https://jsonnet.org/ref/spec.html#parsing */

import type { Place } from '../error.js'
import type { Argument, AssertNode, BinaryOperator, Bind, Clause, Node, Param, UnaryOperator } from './ast.js'
import { parseBraces } from './braces.js'
import { type Token, tokens } from './lexer.js'
import { Reader, shown } from './reader.js'
import { prefixed } from './words.js'

/** Lower binds tighter. */
const PRECEDENCE: Record<BinaryOperator, number> = {
  '*': 5,
  '/': 5,
  '%': 5,
  '+': 6,
  '-': 6,
  '<<': 7,
  '>>': 7,
  '<': 8,
  '>': 8,
  '<=': 8,
  '>=': 8,
  in: 8,
  '==': 9,
  '!=': 9,
  '&': 10,
  '^': 11,
  '|': 12,
  '&&': 13,
  '||': 14,
}
const UNARY = 4
const MAX = 16
/** Kratos' own engine would overflow its stack long after; nobody writes this. */
const MAX_NESTING = 500

export function parse(source: string, file: string): Node {
  const parser = new Parser(tokens(source, file))
  const node = parser.expression()
  parser.finish()
  return node
}

class Parser extends Reader {
  #depth = 0

  expression(precedence: number = MAX): Node {
    if (++this.#depth > MAX_NESTING)
      throw this.error('Exceeded maximum nesting of expressions', this.next.place)
    const node = prefixed(this) ?? this.#operators(precedence)
    this.#depth--
    return node
  }

  assertion(): AssertNode {
    const { place } = this.expect('assert')
    const condition = this.expression()
    return { condition, message: this.skip(':') ? this.expression() : undefined, place }
  }

  bind(binds: Bind[]): void {
    const { text: name, place } = this.expectKind('identifier')
    if (binds.some(bind => bind.name === name)) throw this.error(`Duplicate local var: ${name}`, place)
    const params = this.is('(') ? this.params() : undefined
    this.expect('=')
    const value = this.expression()
    binds.push({ name, value: params ? { kind: 'function', params, body: value, place } : value, place })
  }

  params(): Param[] {
    this.expect('(')
    const params: Param[] = []
    while (!this.is(')')) {
      const { text: name, place } = this.expectKind('identifier')
      if (params.some(param => param.name === name))
        throw this.error(`Duplicate function parameter: ${name}`, place)
      params.push({ name, byDefault: this.skip('=') ? this.expression() : undefined })
      if (!this.skip(',')) break
    }
    this.expect(')')
    return params
  }

  #operators(precedence: number): Node {
    const { place } = this.next
    let left = this.#unary(place)
    for (;;) {
      const more = this.#postfix(left, place) ?? this.#binary(left, place, precedence)
      if (!more) return left
      left = more
    }
  }

  #unary(place: Place): Node {
    const { kind, text } = this.next
    if (kind !== 'operator' || text === '$') return this.#terminal()
    if (!['+', '-', '!', '~'].includes(text)) throw this.error(`Not a unary operator: ${text}`, place)
    this.take()
    return { kind: 'unary', operator: text as UnaryOperator, operand: this.expression(UNARY), place }
  }

  #binary(left: Node, place: Place, limit: number): Node | undefined {
    const { kind, text, place: at } = this.next
    if (kind !== 'operator' && text !== 'in') return undefined
    if (kind === 'string' || text === ':' || text === '::' || text === ':::' || text === '=') return undefined
    const precedence = PRECEDENCE[text as BinaryOperator]
    if (precedence === undefined) {
      if (text === '$') return undefined
      throw this.error(`Not a binary operator: ${text}`, at)
    }
    if (precedence >= limit) return undefined
    this.take()
    if (text === 'in' && this.is('super') && this.ahead(1).text !== '.' && this.ahead(1).text !== '[') {
      this.take()
      return { kind: 'in-super', name: left, place }
    }
    return {
      kind: 'binary',
      operator: text as BinaryOperator,
      left,
      right: this.expression(precedence),
      place,
    }
  }

  #postfix(target: Node, place: Place): Node | undefined {
    // A sign binds less than what follows: -a.b is -(a.b), and its operand has taken that already.
    if (target.kind === 'unary' && target.place === place) return undefined
    if (this.next.kind === 'string') return undefined
    if (this.skip('.')) return { kind: 'index', target, index: this.#fieldName(), place }
    if (this.skip('[')) return this.#bracket(target, place)
    if (this.is('(')) return { kind: 'apply', target, ...this.#arguments(), place }
    if (!this.is('{')) return undefined
    return { kind: 'binary', operator: '+', left: target, right: this.#terminal(), place }
  }

  #fieldName(): Node {
    const { text, place } = this.expectKind('identifier')
    return { kind: 'literal', value: text, place }
  }

  #bracket(target: Node, place: Place): Node {
    const bounds: [Node | undefined, Node | undefined, Node | undefined] = [undefined, undefined, undefined]
    if (this.is(']')) throw this.error('ast.Index requires an expression', this.next.place)
    let index = 0
    while (!this.is(']')) {
      if (this.is(':') || this.is('::')) {
        index += this.take().text.length
        if (index > 2) throw this.error('Invalid slice: too many colons', place)
      } else if (bounds[index]) throw this.unexpected(`Expected token "]" but got ${shown(this.next)}`)
      else bounds[index] = this.expression()
    }
    this.expect(']')
    const [only] = bounds
    return index === 0 && only
      ? { kind: 'index', target, index: only, place }
      : { kind: 'slice', target, bounds, place }
  }

  #arguments(): { args: Argument[]; tailstrict: boolean } {
    this.expect('(')
    const args: Argument[] = []
    while (!this.is(')')) {
      const { place } = this.next
      const named =
        this.next.kind === 'identifier' && this.ahead(1).text === '=' && this.ahead(1).kind === 'operator'
      const name = named ? this.take().text : undefined
      if (named) this.expect('=')
      else if (args.some(arg => arg.name))
        throw this.error('Positional argument after a named argument is not allowed', place)
      args.push({ name, value: this.expression() })
      if (!this.skip(',')) break
    }
    this.expect(')')
    return { args, tailstrict: this.skip('tailstrict') }
  }

  #terminal(): Node {
    const token = this.take()
    const { kind, text, place } = token
    switch (kind) {
      case 'number':
        return { kind: 'literal', value: Number(text), place }
      case 'string':
        return { kind: 'literal', value: text, place }
      case 'identifier':
        return { kind: 'variable', name: text, place }
      case 'end':
        throw this.unexpected('', token)
      default:
        return this.#word(token)
    }
  }

  #word(token: Token): Node {
    const { text, place } = token
    switch (text) {
      case 'true':
      case 'false':
        return { kind: 'literal', value: text === 'true', place }
      case 'null':
        return { kind: 'literal', value: null, place }
      case 'self':
        return { kind: 'self', place }
      case '$':
        return { kind: 'dollar', place }
      case 'super':
        return this.#super(place)
      case '{':
        return parseBraces(this, place)
      case '[':
        return this.#array(place)
      case '(': {
        const inner = this.expression()
        this.expect(')')
        return inner
      }
      default:
        throw this.unexpected(`Unexpected: ${shown(token)} while parsing terminal`, token)
    }
  }

  #super(place: Place): Node {
    if (this.skip('.')) return { kind: 'super', index: this.#fieldName(), place }
    if (!this.skip('[')) throw this.unexpected('Expected . or [ after super')
    const index = this.expression()
    this.expect(']')
    return { kind: 'super', index, place }
  }

  #array(place: Place): Node {
    const elements: Node[] = []
    while (!this.is(']')) {
      elements.push(this.expression())
      const comma = this.skip(',')
      const [element] = elements
      if (elements.length === 1 && element && this.is('for'))
        return { kind: 'array-comprehension', element, clauses: this.clauses(']'), place }
      if (!comma) break
    }
    if (!this.is(']'))
      throw this.unexpected(
        elements.length ? 'Expected a comma before next array element' : `Unexpected: ${shown(this.next)}`,
      )
    this.take()
    return { kind: 'array', elements, place }
  }

  /** `for … in … if …`, as many as there are, up to the closing bracket. */
  clauses(end: string): Clause[] {
    const clauses: Clause[] = []
    while (!this.is(end)) {
      const { place } = this.next
      if (this.skip('for')) {
        const name = this.expectKind('identifier').text
        this.expect('in')
        clauses.push({ kind: 'for', name, of: this.expression(), place })
      } else if (clauses.length > 0 && this.skip('if'))
        clauses.push({ kind: 'if', condition: this.expression() })
      else throw this.unexpected(`Expected for, if or "${end}" after for clause, got: ${shown(this.next)}`)
    }
    this.take()
    return clauses
  }
}
