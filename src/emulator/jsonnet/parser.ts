import { type Token, tokenize } from './lexer.js'
import {
  type Argument,
  type Assertion,
  type Binding,
  type Clause,
  type Expression,
  type Field,
  JsonnetError,
  type Parameter,
} from './syntax.js'

/** Weakest first; all are left-associative. https://jsonnet.org/ref/spec.html#associativity_and_operator_precedence */
const PRECEDENCE: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<', '>', '<=', '>=', 'in'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
]

/** Reads a program. */
export function parseJsonnet(source: string): Expression {
  const parser = new Parser(tokenize(source))
  const expression = parser.expression()
  parser.expectEnd()
  return expression
}

class Parser {
  readonly #tokens: Token[]
  #at = 0

  constructor(tokens: Token[]) {
    this.#tokens = tokens
  }

  get #token(): Token {
    return this.#tokens[this.#at]!
  }
  #is(text: string): boolean {
    return this.#token.text === text && (this.#token.kind === 'symbol' || this.#token.kind === 'keyword')
  }
  #take(text: string): boolean {
    if (!this.#is(text)) return false
    this.#at++
    return true
  }
  #expect(text: string): void {
    if (!this.#take(text)) this.#fail(`expected "${text}"`)
  }
  #fail(what: string): never {
    throw new JsonnetError(`line ${this.#token.line}: ${what}, found "${this.#token.text}"`)
  }
  expectEnd(): void {
    if (this.#token.kind !== 'end') this.#fail('expected the end')
  }
  #name(): string {
    if (this.#token.kind !== 'name') this.#fail('expected a name')
    return this.#tokens[this.#at++]!.text
  }

  expression(): Expression {
    if (this.#take('local')) return this.#local()
    if (this.#take('if')) return this.#conditional()
    if (this.#take('function')) {
      const parameters = this.#parameters()
      return { kind: 'function', parameters, body: this.expression() }
    }
    if (this.#take('assert')) {
      const assertion = this.#assertion()
      this.#expect(';')
      return { kind: 'assert', assertion, body: this.expression() }
    }
    if (this.#take('error')) return { kind: 'error', message: this.expression() }
    if (this.#token.text.startsWith('import') && this.#token.kind === 'keyword')
      throw new JsonnetError(
        `line ${this.#token.line}: "${this.#token.text}" is not supported by the emulator`,
      )
    return this.#binary(0)
  }

  #local(): Expression {
    const bindings = this.#bindings()
    this.#expect(';')
    return { kind: 'local', bindings, body: this.expression() }
  }
  #bindings(): Binding[] {
    const bindings = [this.#binding()]
    while (this.#take(',')) bindings.push(this.#binding())
    return bindings
  }
  #binding(): Binding {
    const name = this.#name()
    const parameters = this.#is('(') ? this.#parameters() : undefined
    this.#expect('=')
    const body = this.expression()
    return { name, value: parameters ? { kind: 'function', parameters, body } : body }
  }
  #conditional(): Expression {
    const condition = this.expression()
    this.#expect('then')
    const then = this.expression()
    return this.#take('else')
      ? { kind: 'if', condition, then, else: this.expression() }
      : { kind: 'if', condition, then }
  }
  #assertion(): Assertion {
    const condition = this.expression()
    return this.#take(':') ? { condition, message: this.expression() } : { condition }
  }
  #parameters(): Parameter[] {
    this.#expect('(')
    return this.#list(')', () => {
      const name = this.#name()
      return this.#take('=') ? { name, fallback: this.expression() } : { name }
    })
  }
  #list<T>(end: string, item: () => T): T[] {
    const items: T[] = []
    while (!this.#take(end)) {
      items.push(item())
      if (!this.#take(',') && !this.#is(end)) this.#fail(`expected "," or "${end}"`)
    }
    return items
  }

  #binary(level: number): Expression {
    const operators = PRECEDENCE[level]
    if (!operators) return this.#unary()
    let left = this.#binary(level + 1)
    for (
      let operator = operators.find(o => this.#is(o));
      operator;
      operator = operators.find(o => this.#is(o))
    ) {
      this.#at++
      left = { kind: 'binary', operator, left, right: this.#operand(level + 1) }
    }
    return left
  }
  /** The right side may be a `local`, `if` or `function` without brackets: these reach as far as they can. */
  #operand(level: number): Expression {
    const open = ['local', 'if', 'function', 'assert', 'error'].some(word => this.#is(word))
    return open ? this.expression() : this.#binary(level)
  }
  #unary(): Expression {
    const operator = ['!', '-', '+', '~'].find(symbol => this.#take(symbol))
    return operator ? { kind: 'unary', operator, operand: this.#operand(PRECEDENCE.length) } : this.#postfix()
  }
  #postfix(): Expression {
    let target = this.#primary()
    for (;;) {
      if (this.#take('.')) {
        target = { kind: 'index', target, index: { kind: 'literal', value: this.#name() } }
      } else if (this.#take('[')) {
        target = this.#indexOrSlice(target)
      } else if (this.#take('(')) {
        target = { kind: 'call', target, args: this.#list(')', () => this.#argument()) }
        this.#take('tailstrict')
      } else if (this.#is('{')) {
        target = { kind: 'binary', operator: '+', left: target, right: this.#primary() }
      } else return target
    }
  }
  #argument(): Argument {
    const named = this.#token.kind === 'name' && this.#tokens[this.#at + 1]?.text === '='
    if (!named || this.#tokens[this.#at + 1]?.kind !== 'symbol') return { value: this.expression() }
    const name = this.#name()
    this.#expect('=')
    return { name, value: this.expression() }
  }
  #indexOrSlice(target: Expression): Expression {
    const bounds: (Expression | undefined)[] = [undefined]
    while (!this.#take(']')) {
      if (this.#take(':')) bounds.push(undefined)
      // "[::2]" arrives as one symbol.
      else if (this.#take('::')) bounds.push(undefined, undefined)
      else bounds[bounds.length - 1] = this.expression()
    }
    const [index] = bounds
    return bounds.length === 1 && index ? { kind: 'index', target, index } : { kind: 'slice', target, bounds }
  }

  #primary(): Expression {
    const { kind, text } = this.#token
    this.#at++
    if (kind === 'number') return { kind: 'literal', value: Number(text) }
    if (kind === 'string') return { kind: 'literal', value: text }
    if (kind === 'name') return { kind: 'name', name: text }
    if (kind !== 'end')
      switch (text) {
        case 'null':
          return { kind: 'literal', value: null }
        case 'true':
        case 'false':
          return { kind: 'literal', value: text === 'true' }
        case 'self':
        case 'super':
          return { kind: text }
        case '$':
          return { kind: 'root' }
        case '(': {
          const inner = this.expression()
          this.#expect(')')
          return inner
        }
        case '[':
          return this.#array()
        case '{':
          return this.#object()
      }
    this.#at--
    return this.#fail('expected a value')
  }

  #array(): Expression {
    if (this.#take(']')) return { kind: 'array', items: [] }
    const item = this.expression()
    const comma = this.#take(',')
    if (this.#is('for')) return { kind: 'arrayComprehension', item, clauses: this.#clauses(']') }
    if (!comma) {
      this.#expect(']')
      return { kind: 'array', items: [item] }
    }
    return { kind: 'array', items: [item, ...this.#list(']', () => this.expression())] }
  }
  #clauses(end: string): Clause[] {
    const clauses: Clause[] = []
    while (!this.#take(end)) {
      if (this.#take('if')) clauses.push({ kind: 'if', condition: this.expression() })
      else {
        this.#expect('for')
        const name = this.#name()
        this.#expect('in')
        clauses.push({ kind: 'for', name, list: this.expression() })
      }
    }
    return clauses
  }

  #object(): Expression {
    const fields: Field[] = []
    const locals: Binding[] = []
    const assertions: Assertion[] = []
    while (!this.#take('}')) {
      if (this.#is('for')) return this.#objectComprehension(fields, locals)
      if (this.#take('local')) locals.push(this.#binding())
      else if (this.#take('assert')) assertions.push(this.#assertion())
      else fields.push(this.#field())
      if (!this.#take(',') && !this.#is('}') && !this.#is('for')) this.#fail('expected "," or "}"')
    }
    return { kind: 'object', fields, locals, assertions }
  }
  #objectComprehension(fields: Field[], locals: Binding[]): Expression {
    const [field] = fields
    if (!field || fields.length > 1) this.#fail('expected one field before "for"')
    return {
      kind: 'objectComprehension',
      name: field.name,
      value: field.value,
      locals,
      clauses: this.#clauses('}'),
    }
  }
  #field(): Field {
    const name = this.#fieldName()
    const parameters = this.#is('(') ? this.#parameters() : undefined
    const separator = ['+:::', '+::', '+:', ':::', '::', ':'].find(symbol => this.#take(symbol))
    if (!separator) this.#fail('expected ":"')
    const body = this.expression()
    const colons = separator.replace('+', '')
    return {
      name,
      value: parameters ? { kind: 'function', parameters, body } : body,
      visibility: colons === ':' ? 'default' : colons === '::' ? 'hidden' : 'forced',
      extends: separator.startsWith('+'),
    }
  }
  #fieldName(): Expression {
    if (this.#take('[')) {
      const name = this.expression()
      this.#expect(']')
      return name
    }
    const { kind, text } = this.#token
    if (kind !== 'name' && kind !== 'string') this.#fail('expected a field')
    this.#at++
    return { kind: 'literal', value: text }
  }
}
