/** Cuts a template into text and actions, and an action into tokens. */
import { type Place, TemplateError } from './error.js'

export type Piece = { kind: 'text'; text: string } | { kind: 'action'; tokens: Token[]; place: Place }

export type TokenKind = 'field' | 'variable' | 'word' | 'string' | 'number' | 'char' | 'punct' | 'end'
export interface Token {
  kind: TokenKind
  text: string
  place: Place
  /** Whether a space stands before it, which ends a chain of fields. */
  spaced: boolean
}

/** A text that knows the places in it; counted once, for a long one has many. */
class Source {
  readonly name: string
  readonly text: string
  readonly #lines: number[] = [0]

  constructor(name: string, text: string) {
    this.name = name
    this.text = text
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#lines.push(at + 1)
  }

  place(offset: number): Place {
    let low = 0
    let high = this.#lines.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((this.#lines[middle] ?? 0) <= offset) low = middle
      else high = middle
    }
    return { name: this.name, line: low + 1, column: offset - (this.#lines[low] ?? 0) + 1 }
  }
}

const LEFT = '{{'
const SPACE = /[ \t\r\n]/

/** @throws {TemplateError} */
export function pieces(name: string, text: string): Piece[] {
  const source = new Source(name, text)
  const found: Piece[] = []
  let at = 0
  let trims = false
  for (;;) {
    const open = text.indexOf(LEFT, at)
    const raw = text.slice(at, open < 0 ? undefined : open)
    const trimsBefore = open >= 0 && text[open + 2] === '-' && SPACE.test(text[open + 3] ?? '')
    const plain = trimmed(raw, trims, trimsBefore)
    if (plain) found.push({ kind: 'text', text: plain })
    if (open < 0) return found
    const action = actionAt(source, open, trimsBefore ? open + 3 : open + 2)
    if (action.tokens) found.push({ kind: 'action', tokens: action.tokens, place: source.place(open) })
    at = action.end
    trims = action.trims
  }
}

const trimmed = (text: string, start: boolean, end: boolean): string => {
  const left = start ? text.replace(/^[ \t\r\n]+/, '') : text
  return end ? left.replace(/[ \t\r\n]+$/, '') : left
}

interface Action {
  /** Undefined for a comment. */
  tokens?: Token[]
  end: number
  trims: boolean
}

function actionAt(source: Source, open: number, from: number): Action {
  const { text } = source
  const comment = /^\s*\/\*[\s\S]*?\*\/(\s+-)?\}\}/.exec(text.slice(from))
  if (comment) return { end: from + comment[0].length, trims: comment[1] !== undefined }
  if (/^\s*\/\*/.test(text.slice(from, from + 100)))
    throw new TemplateError(source.place(open), 'unclosed comment')
  const tokens: Token[] = []
  let at = from
  for (;;) {
    const spaces = /^\s*/.exec(text.slice(at))?.[0].length ?? 0
    const spaced = spaces > 0
    at += spaces
    if (text.startsWith('}}', at)) return { tokens, end: at + 2, trims: false }
    if (spaced && text.startsWith('-}}', at)) return { tokens, end: at + 3, trims: true }
    if (at >= text.length) throw new TemplateError(source.place(open), 'unclosed action')
    const token = tokenAt(source, at, spaced)
    tokens.push(token)
    at += token.text.length
  }
}

/** The order counts: a number may begin with a sign, a field with a dot. */
const TOKENS: [TokenKind, RegExp][] = [
  ['string', /^"(?:[^"\\\n]|\\.)*"/],
  ['string', /^`[^`]*`/],
  ['char', /^'(?:[^'\\\n]|\\.[^']*)'/],
  ['number', /^[+-]?(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|\.?\d[\d_]*\.?[\d_]*(?:[eE][+-]?\d+)?)/],
  ['field', /^\.[\p{L}_][\p{L}\p{N}_]*/u],
  ['variable', /^\$[\p{L}\p{N}_]*/u],
  ['word', /^[\p{L}_][\p{L}\p{N}_]*/u],
  ['punct', /^(?::=|[=|(),.])/],
]

function tokenAt(source: Source, at: number, spaced: boolean): Token {
  const { text } = source
  const rest = text.slice(at, at + 10_000)
  for (const [kind, pattern] of TOKENS) {
    const match = pattern.exec(rest)
    if (match) return { kind, text: match[0], place: source.place(at), spaced }
  }
  throw new TemplateError(source.place(at), `unexpected ${JSON.stringify(text[at])} in an action`)
}
