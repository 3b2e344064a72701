/** From tokens to nodes. */
import { type Place, TemplateError } from './error.js'
import { type Piece, pieces, type Token } from './lex.js'
import type { Command, Expression, Node, Pipe } from './nodes.js'

/** Templates by their names. */
export type Templates = Map<string, Node[]>

/**
 * Adds a text, and what it defines, to a set.
 *
 * @param isFunction whether there is a function of that name
 * @throws {TemplateError}
 */
export function parseInto(
  set: Templates,
  name: string,
  text: string,
  isFunction: (name: string) => boolean,
): void {
  new Parser(set, name, pieces(name, text), isFunction).all()
}

type Stop = 'end' | 'else'

class Parser {
  readonly #set: Templates
  readonly #name: string
  readonly #pieces: Piece[]
  readonly #isFunction: (name: string) => boolean
  #at = 0
  #tokens: Token[] = []
  #place: Place
  #variables: string[] = ['$']
  #loops = 0

  constructor(set: Templates, name: string, found: Piece[], isFunction: (name: string) => boolean) {
    this.#set = set
    this.#name = name
    this.#pieces = found
    this.#isFunction = isFunction
    this.#place = { name, line: 1, column: 1 }
  }

  all(): void {
    const { nodes, stop } = this.#list()
    if (stop) throw this.#error(`unexpected {{${stop}}}`)
    // A file that only defines others leaves the one that is there.
    if (!this.#set.has(this.#name) || nodes.some(node => node.kind !== 'text' || node.text.trim() !== ''))
      this.#set.set(this.#name, nodes)
  }

  #error(message: string): TemplateError {
    return new TemplateError(this.#place, message)
  }

  /** Until `end` or `else`, or all of it. */
  #list(): { nodes: Node[]; stop?: Stop } {
    const nodes: Node[] = []
    const scope = this.#variables.length
    for (let piece = this.#pieces[this.#at]; piece; piece = this.#pieces[this.#at]) {
      this.#at++
      if (piece.kind === 'text') {
        nodes.push(piece)
        continue
      }
      this.#tokens = [...piece.tokens]
      this.#place = piece.place
      const word = this.#peek()?.kind === 'word' ? this.#peek()?.text : undefined
      if (word === 'end' || word === 'else') {
        this.#next()
        if (word === 'end') this.#done()
        this.#variables.length = scope
        return { nodes, stop: word }
      }
      const node = this.#action(word)
      if (node) nodes.push(node)
    }
    return { nodes }
  }

  #action(word: string | undefined): Node | undefined {
    const place = this.#place
    switch (word) {
      case 'if':
      case 'with':
      case 'range':
        this.#next()
        return this.#control(word, place)
      case 'template':
      case 'block':
      case 'define':
        this.#next()
        return this.#named(word, place)
      case 'break':
      case 'continue':
        this.#next()
        this.#done()
        if (this.#loops === 0) throw this.#error(`{{${word}}} outside {{range}}`)
        return { kind: word }
      default: {
        const pipe = this.#pipe()
        this.#done()
        return { kind: 'action', pipe, place }
      }
    }
  }

  #control(kind: 'if' | 'with' | 'range', place: Place): Node {
    const scope = this.#variables.length
    const pipe = this.#pipe(kind === 'range')
    this.#done()
    if (kind === 'range') this.#loops++
    const { nodes: body, stop } = this.#list()
    if (kind === 'range') this.#loops--
    const otherwise = stop === 'else' ? this.#else(kind) : []
    if (!stop) throw new TemplateError(place, `{{${kind}}} has no {{end}}`)
    this.#variables.length = scope
    return { kind, pipe, body, otherwise, place }
  }

  /** `else if` and `else with` are ended by the `end` of the whole. */
  #else(kind: string): Node[] {
    const word = this.#peek()
    if (word?.kind === 'word' && word.text === kind && kind !== 'range') {
      this.#next()
      return [this.#control(kind as 'if' | 'with', word.place)]
    }
    this.#done()
    const { nodes, stop } = this.#list()
    if (stop !== 'end')
      throw this.#error(stop ? 'expected {{end}}, but there is another {{else}}' : 'there is no {{end}}')
    return nodes
  }

  #named(word: 'template' | 'block' | 'define', place: Place): Node | undefined {
    const token = this.#next()
    if (token?.kind !== 'string') throw this.#error(`{{${word}}} needs a name in quotes`)
    const name = unquoted(token)
    const pipe = word !== 'define' && this.#peek() ? this.#pipe() : undefined
    this.#done()
    if (word === 'template') return { kind: 'template', name, pipe, place }
    if (word === 'block' && !pipe) throw this.#error('{{block}} needs a value')
    const variables = this.#variables
    this.#variables = ['$']
    const { nodes, stop } = this.#list()
    this.#variables = variables
    if (stop !== 'end') throw new TemplateError(place, `{{${word}}} has no {{end}}`)
    this.#set.set(name, nodes)
    return word === 'block' ? { kind: 'template', name, pipe, place } : undefined
  }

  #pipe(isRange = false): Pipe {
    const pipe: Pipe = { names: [], assigns: false, commands: [] }
    this.#declarations(pipe, isRange)
    do pipe.commands.push(this.#command())
    while (this.#takes('|'))
    this.#variables.push(...(pipe.assigns ? [] : pipe.names))
    return pipe
  }

  #declarations(pipe: Pipe, isRange: boolean): void {
    const [first, second, third, fourth] = this.#tokens
    if (first?.kind !== 'variable') return
    const two = isRange && second?.text === ',' && third?.kind === 'variable'
    const sign = two ? fourth : second
    if (sign?.text !== ':=' && sign?.text !== '=') return
    pipe.names = two ? [first.text, third.text] : [first.text]
    pipe.assigns = sign.text === '='
    if (pipe.assigns) for (const name of pipe.names) this.#known(name)
    this.#tokens.splice(0, two ? 4 : 2)
  }

  #known(name: string): void {
    if (!this.#variables.includes(name)) throw this.#error(`undefined variable "${name}"`)
  }

  #command(): Command {
    const command: Command = []
    for (let token = this.#peek(); token && token.text !== '|' && token.text !== ')'; token = this.#peek()) {
      command.push(this.#operand())
    }
    if (command.length === 0) throw this.#error('missing value for command')
    const [head] = command
    if (command.length > 1 && head?.kind === 'literal')
      throw this.#error(`can't give argument to non-function ${String(head.value)}`)
    return command
  }

  /** A term and the fields that hang on it. */
  #operand(): Expression {
    const term = this.#term()
    const names: string[] = []
    for (let token = this.#peek(); token?.kind === 'field' && !token.spaced; token = this.#peek()) {
      names.push(token.text.slice(1))
      this.#next()
    }
    if (names.length === 0) return term
    return term.kind === 'field'
      ? { ...term, names: [...term.names, ...names] }
      : { kind: 'field', of: term, names, place: term.place }
  }

  #term(): Expression {
    const token = this.#next()
    if (!token) throw this.#error('unexpected end of an action')
    const { kind, text, place } = token
    this.#place = place
    switch (kind) {
      case 'string':
        return { kind: 'literal', value: unquoted(token), place }
      case 'char':
        return {
          kind: 'literal',
          value: BigInt(unescaped(text.slice(1, -1), token).codePointAt(0) ?? 0),
          place,
        }
      case 'number':
        return { kind: 'literal', value: numberOf(token), place }
      case 'field':
        return { kind: 'field', of: { kind: 'dot', place }, names: [text.slice(1)], place }
      case 'variable':
        this.#known(text)
        return { kind: 'variable', name: text, place }
      case 'word':
        return this.#word(text, place)
      default:
        if (text === '.') return { kind: 'dot', place }
        if (text !== '(') throw this.#error(`unexpected ${text}`)
    }
    const pipe = this.#pipe()
    if (!this.#takes(')')) throw this.#error('unclosed left paren')
    return { kind: 'pipe', pipe, place }
  }

  #word(text: string, place: Place): Expression {
    if (text === 'true' || text === 'false') return { kind: 'literal', value: text === 'true', place }
    if (text === 'nil') return { kind: 'literal', value: null, place }
    if (!this.#isFunction(text)) throw this.#error(`function "${text}" not defined`)
    return { kind: 'function', name: text, place }
  }

  #peek(): Token | undefined {
    return this.#tokens[0]
  }
  #next(): Token | undefined {
    return this.#tokens.shift()
  }
  #takes(text: string): boolean {
    if (this.#peek()?.text !== text) return false
    this.#next()
    return true
  }
  #done(): void {
    const token = this.#peek()
    if (token) throw new TemplateError(token.place, `unexpected ${token.text}`)
  }
}

const unquoted = (token: Token): string =>
  token.text.startsWith('`') ? token.text.slice(1, -1) : unescaped(token.text.slice(1, -1), token)

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' }

const unescaped = (text: string, token: Token): string =>
  text.replace(/\\(u[\da-fA-F]{4}|U[\da-fA-F]{8}|x[\da-fA-F]{2}|[0-7]{3}|.)/g, (_, code: string) => {
    if (/^[uUx]./.test(code)) return String.fromCodePoint(Number.parseInt(code.slice(1), 16))
    if (/^[0-7]{3}$/.test(code)) return String.fromCodePoint(Number.parseInt(code, 8))
    const known = ESCAPES[code] ?? (/^[\\'"]$/.test(code) ? code : undefined)
    if (known === undefined) throw new TemplateError(token.place, `invalid escape \\${code}`)
    return known
  })

function numberOf(token: Token): bigint | number {
  const text = token.text.replaceAll('_', '')
  const value = Number(text.replace(/^[+-]/, ''))
  if (Number.isNaN(value)) throw new TemplateError(token.place, `bad number syntax: ${token.text}`)
  const sign = text.startsWith('-') ? -1 : 1
  if (/^[+-]?(0[xXbBoO])?[\da-fA-F]+$/.test(text) && !/^[+-]?\d+[eE]/.test(text))
    return (
      BigInt(sign) *
      BigInt(/^[+-]?0\d/.test(text) ? `0o${text.replace(/^[+-]?0+/, '') || '0'}` : text.replace(/^[+-]/, ''))
    )
  return sign * value
}
