/** From text to tokens: https://jsonnet.org/ref/spec.html#lexing */

import { JsonnetError, type Place } from '../error.js'
import { textBlock, unescaped } from './string-literals.js'

export type TokenKind = 'identifier' | 'keyword' | 'number' | 'string' | 'operator' | 'symbol' | 'end'
export interface Token {
  kind: TokenKind
  text: string
  place: Place
}

const KEYWORDS = new Set(
  'assert else error false for function if import importstr importbin in local null tailstrict then self super true'.split(
    ' ',
  ),
)
const IDENTIFIER = /[_a-zA-Z][_a-zA-Z0-9]*/y
const NUMBER = /(?:0|[1-9](?:_?[0-9])*)(?:\.[0-9](?:_?[0-9])*)?(?:[eE][+-]?[0-9](?:_?[0-9])*)?/y
const OPERATOR = /[!$:~+\-&|^=<>*/%]+/y
const BLANK = /(?:[ \t\r\n]|\/\/[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/)+/y

export function tokens(source: string, file: string): Token[] {
  return new Lexer(source, file).all()
}

class Lexer {
  #at = 0
  #lines: number[]
  readonly #source: string
  readonly #file: string

  constructor(source: string, file: string) {
    this.#source = source
    this.#file = file
    this.#lines = [0, ...[...source.matchAll(/\n/g)].map(({ index }) => index + 1)]
  }

  all(): Token[] {
    const found: Token[] = []
    for (;;) {
      this.#match(BLANK)
      const place = this.place(this.#at)
      if (this.#at >= this.#source.length) return [...found, { kind: 'end', text: '', place }]
      found.push({ ...this.#next(place), place })
    }
  }

  place(offset: number): Place {
    let low = 0
    let high = this.#lines.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#lines[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    const before = this.#source.slice(this.#lines[low], offset)
    return { file: this.#file, line: low + 1, column: Buffer.byteLength(before) + 1 }
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const text = pattern.exec(this.#source)?.[0] ?? ''
    this.#at += text.length
    return text
  }

  #next(place: Place): Omit<Token, 'place'> {
    const source = this.#source
    const char = source[this.#at] ?? ''
    if (source.startsWith('/*', this.#at))
      throw this.#error('Multi-line comment has no terminating */', place)
    if (source.startsWith('|||', this.#at)) return this.#block(place)
    if (char === '"' || char === "'") return { kind: 'string', text: this.#quoted(char, place) }
    if (char === '@') return { kind: 'string', text: this.#verbatim(place) }
    if ('{}[](),.;'.includes(char)) {
      this.#at++
      return { kind: 'symbol', text: char }
    }
    const word = this.#match(IDENTIFIER)
    if (word) return { kind: KEYWORDS.has(word) ? 'keyword' : 'identifier', text: word }
    if (/[0-9]/.test(char)) return { kind: 'number', text: this.#number() }
    if (/[!$:~+\-&|^=<>*/%]/.test(char)) return { kind: 'operator', text: this.#operator() }
    throw this.#error(
      `Could not lex the character ${JSON.stringify(String.fromCodePoint(source.codePointAt(this.#at) ?? 0))}`,
      place,
    )
  }

  #number(): string {
    const text = this.#match(NUMBER)
    const next = this.#source[this.#at] ?? ''
    if (/[.eE_]/.test(next)) {
      const end =
        next === '.'
          ? this.#at + 1
          : /[+-]/.test(this.#source[this.#at + 1] ?? '')
            ? this.#at + 2
            : this.#at + 1
      throw this.#error(`Couldn't lex number, junk after ${JSON.stringify(text + next)}`, this.place(end))
    }
    return text.replaceAll('_', '')
  }

  /** The longest run, but no comment or text block within, and no sign that belongs to what follows. */
  #operator(): string {
    const start = this.#at
    let text = this.#match(OPERATOR)
    const stop = text.slice(1).search(/\/\/|\/\*|\|\|\|/)
    if (stop >= 0) text = text.slice(0, stop + 1)
    while (text.length > 1 && /[+\-~!$]$/.test(text)) text = text.slice(0, -1)
    this.#at = start + text.length
    return text
  }

  #quoted(quote: string, place: Place): string {
    const pattern = quote === '"' ? /"(?:[^"\\]|\\[\s\S])*"/y : /'(?:[^'\\]|\\[\s\S])*'/y
    const literal = this.#match(pattern)
    if (!literal) throw this.#error('Unterminated String', place)
    return unescaped(literal.slice(1, -1), message => this.#error(message, place))
  }

  #verbatim(place: Place): string {
    const quote = this.#source[this.#at + 1]
    if (quote !== '"' && quote !== "'")
      throw this.#error(`Couldn't lex verbatim string, junk after '@': ${quote ?? 'end of file'}`, place)
    const literal = this.#match(quote === '"' ? /@"(?:[^"]|"")*"/y : /@'(?:[^']|'')*'/y)
    if (!literal) throw this.#error('Unterminated String', place)
    return literal.slice(2, -1).replaceAll(quote + quote, quote)
  }

  #block(place: Place): Omit<Token, 'place'> {
    const { text, end } = textBlock(this.#source, this.#at, message => this.#error(message, place))
    this.#at = end
    return { kind: 'string', text }
  }

  #error(message: string, place: Place): JsonnetError {
    return new JsonnetError('static', message, place)
  }
}
