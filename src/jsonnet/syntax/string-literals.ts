/** What stands between quotes, and text blocks: https://jsonnet.org/ref/spec.html#lexing */

import type { JsonnetError } from '../error.js'

type Fail = (message: string) => JsonnetError

const SIMPLE: Record<string, string> = {
  '"': '"',
  "'": "'",
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}
const ESCAPE = /\\(?:u([\s\S]{0,4})|([\s\S]))/g

/** A literal's text with its escapes resolved. Half a surrogate pair is refused. */
export function unescaped(literal: string, fail: Fail): string {
  let text = ''
  let end = 0
  let high = ''
  for (const { 0: whole, 1: hex, 2: char, index } of literal.matchAll(ESCAPE)) {
    const between = literal.slice(end, index)
    if (high && between) throw truncated(fail)
    const one = hex === undefined ? simple(char ?? '', fail) : unit(hex, fail)
    const isHigh = hex !== undefined && /[\ud800-\udbff]/.test(one)
    const isLow = hex !== undefined && /[\udc00-\udfff]/.test(one)
    if (high ? !isLow : isLow)
      throw high ? truncated(fail) : fail('Invalid unicode surrogate pair escape sequence in string literal.')
    high = isHigh ? one : ''
    text += between + one
    end = index + whole.length
  }
  if (high) throw truncated(fail)
  return text + literal.slice(end)
}

const truncated = (fail: Fail): JsonnetError =>
  fail('Truncated unicode surrogate pair escape sequence in string literal.')

function simple(char: string, fail: Fail): string {
  const value = SIMPLE[char]
  if (value === undefined) throw fail(`Unknown escape sequence in string literal: \\${char}`)
  return value
}

function unit(hex: string, fail: Fail): string {
  if (hex.length < 4) throw fail('Truncated unicode escape sequence in string literal.')
  if (!/^[0-9a-fA-F]{4}$/.test(hex))
    throw fail(`Unicode escape sequence was malformed: ${JSON.stringify(hex)}`)
  return String.fromCharCode(Number.parseInt(hex, 16))
}

/** `|||`, lines with a common indentation, `|||`. With `|||-` the last newline is dropped. */
export function textBlock(source: string, start: number, fail: Fail): { text: string; end: number } {
  const chomp = source[start + 3] === '-'
  const head = /[ \t\r]*\n/y
  head.lastIndex = start + (chomp ? 4 : 3)
  if (!head.test(source)) throw fail('Text block requires new line after |||.')
  const blank = /\n*/y
  blank.lastIndex = head.lastIndex
  const blanks = blank.exec(source)?.[0] ?? ''
  let at = head.lastIndex + blanks.length
  const margin = /[ \t]*/y
  margin.lastIndex = at
  const indent = margin.exec(source)?.[0] ?? ''
  if (!indent) throw fail("Text block's first line must start with whitespace")
  let text = blanks
  while (source.startsWith(indent, at) || source[at] === '\n') {
    const end = source.indexOf('\n', at)
    if (end < 0) throw fail('Unexpected EOF')
    text += source[at] === '\n' ? '\n' : source.slice(at + indent.length, end + 1)
    at = end + 1
  }
  const tail = /[ \t]*\|\|\|/y
  tail.lastIndex = at
  if (!tail.test(source))
    throw fail(at >= source.length ? 'Unexpected EOF' : 'Text block not terminated with |||')
  return { text: chomp ? text.replace(/\n$/, '') : text, end: tail.lastIndex }
}
