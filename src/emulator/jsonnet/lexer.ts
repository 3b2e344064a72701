import { JsonnetError } from './syntax.js'

export interface Token {
  kind: 'name' | 'keyword' | 'number' | 'string' | 'symbol' | 'end'
  text: string
  line: number
}

const KEYWORDS = new Set(
  'assert else error false for function if import importstr importbin in local null self super tailstrict then true'.split(
    ' ',
  ),
)
const SPACE = /(?:[ \t\r\n]+|\/\/[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/)+/y
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y
const NUMBER = /(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const QUOTED = /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'/y
const VERBATIM = /@"(?:[^"]|"")*"|@'(?:[^']|'')*'/y
const BLOCK = /\|\|\|-?[ \t]*\r?\n/y
// Longest first; ":" with its companions is one token, as "a+::b" is a field.
const SYMBOL = /\+?:{1,3}|&&|\|\||==|!=|<=|>=|<<|>>|[{}[\](),.;=$!~+\-*/%<>&|^]/y

/** Cuts a program into tokens. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    const text = pattern.exec(source)?.[0]
    if (text !== undefined) at += text.length
    return text
  }
  const line = (): number => source.slice(0, at).split('\n').length
  for (;;) {
    match(SPACE)
    if (at >= source.length) return [...tokens, { kind: 'end', text: 'the end', line: line() }]
    tokens.push(
      next(
        source,
        match,
        line,
        length => (at += length),
        () => at,
      ),
    )
  }
}

function next(
  source: string,
  match: (pattern: RegExp) => string | undefined,
  line: () => number,
  skip: (length: number) => void,
  position: () => number,
): Token {
  const token = (kind: Token['kind'], text: string): Token => ({ kind, text, line: line() })
  const name = match(NAME)
  if (name !== undefined) return token(KEYWORDS.has(name) ? 'keyword' : 'name', name)
  const number = match(NUMBER)
  if (number !== undefined) return token('number', number)
  const quoted = match(QUOTED)
  if (quoted !== undefined) return token('string', unquote(quoted.slice(1, -1)))
  const verbatim = match(VERBATIM)
  if (verbatim !== undefined) {
    const quote = verbatim.charAt(1)
    return token('string', verbatim.slice(2, -1).replaceAll(quote + quote, quote))
  }
  const opening = match(BLOCK)
  if (opening !== undefined) {
    const { text, length } = textBlock(source.slice(position()), opening.startsWith('|||-'))
    skip(length)
    return token('string', text)
  }
  const symbol = match(SYMBOL)
  if (symbol !== undefined) return token('symbol', symbol)
  throw new JsonnetError(`line ${line()}: unexpected ${JSON.stringify(source.charAt(position()))}`)
}

const ESCAPES: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

function unquote(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g, (_, hex: string | undefined, char: string) =>
    hex === undefined ? (ESCAPES[char] ?? char) : String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

/** `|||` … `|||`: the indentation of the first line is taken off each. */
function textBlock(rest: string, chomp: boolean): { text: string; length: number } {
  const indent = /^(?:[ \t]*\n)*([ \t]+)/.exec(rest)?.[1]
  const end = /^[ \t]*\|\|\|/m.exec(rest)
  if (indent === undefined || !end) throw new JsonnetError('a ||| text block is not indented or has no end')
  const lines = rest
    .slice(0, end.index)
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
  const text = lines.map(line => (line.startsWith(indent) ? line.slice(indent.length) : line)).join('\n')
  return { text: chomp ? text : `${text}\n`, length: end.index + end[0].length }
}
