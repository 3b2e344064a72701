/** The tokens of a file, one after the other, and what a grammar offers its parts. */

import { JsonnetError, type Place } from '../error.js'
import type { AssertNode, Bind, Clause, Node, Param } from './ast.js'
import type { Token, TokenKind } from './lexer.js'

export abstract class Reader {
  #at = 0
  readonly #tokens: readonly Token[]

  constructor(all: readonly Token[]) {
    this.#tokens = all
  }

  get next(): Token {
    return this.ahead(0)
  }
  ahead(count: number): Token {
    return this.#tokens[Math.min(this.#at + count, this.#tokens.length - 1)] as Token
  }
  take(): Token {
    const token = this.next
    this.#at++
    return token
  }
  is(text: string): boolean {
    const { kind, text: found } = this.next
    return found === text && kind !== 'string' && kind !== 'end'
  }
  skip(text: string): boolean {
    const found = this.is(text)
    if (found) this.#at++
    return found
  }
  expect(text: string): Token {
    if (!this.is(text))
      throw this.unexpected(`Expected token ${JSON.stringify(text)} but got ${shown(this.next)}`)
    return this.take()
  }
  expectKind(kind: TokenKind): Token {
    if (this.next.kind !== kind)
      throw this.unexpected(`Expected token ${kind.toUpperCase()} but got ${shown(this.next)}`)
    return this.take()
  }
  unexpected(message: string, { kind, place }: Token = this.next): JsonnetError {
    return this.error(kind === 'end' ? 'Unexpected end of file' : message, place)
  }
  error(message: string, place: Place): JsonnetError {
    return new JsonnetError('static', message, place)
  }
  finish(): void {
    if (this.next.kind !== 'end') throw this.unexpected(`Did not expect: ${shown(this.next)}`)
  }

  abstract expression(precedence?: number): Node
  abstract assertion(): AssertNode
  abstract bind(binds: Bind[]): void
  abstract params(): Param[]
  abstract clauses(end: string): Clause[]
}

export const shown = ({ kind, text }: Token): string =>
  kind === 'end'
    ? 'end of file'
    : kind === 'string'
      ? `(STRING, ${JSON.stringify(text)})`
      : JSON.stringify(text)
