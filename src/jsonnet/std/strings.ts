import { runtimeError } from '../error.js'
import { measure, step } from '../run/budget.js'
import { toInteger, toText } from '../run/expect.js'
import { formatted } from '../run/format.js'
import { asText, quoted } from '../run/manifest.js'
import { type Thunk, typeOf, type Value } from '../run/values.js'
import { chars, type Library, made } from './define.js'

const text = (thunk: Thunk): string => toText(thunk.force())

function named(name: string, position: string, thunk: Thunk): string {
  const value = thunk.force()
  if (typeof value !== 'string')
    throw runtimeError(`std.${name} ${position} param must be a string, got ${typeOf(value)}`)
  return value
}

const inSet = (set: string | readonly string[], char: string | undefined): boolean =>
  char !== undefined && set.includes(char)

function stripped(whole: string, set: readonly string[], left: boolean, right: boolean): string {
  const all = chars(whole)
  let [from, to] = [0, all.length]
  while (left && from < to && inSet(set, all[from])) from++
  while (right && to > from && inSet(set, all[to - 1])) to--
  return all.slice(from, to).join('')
}
function strip(left: boolean, right: boolean): Library[string] {
  return [
    'str chars',
    (str, set) => {
      const wanted = set.force()
      const members = Array.isArray(wanted) ? wanted.map(thunk => toText(thunk.force())) : [...toText(wanted)]
      return stripped(text(str), members, left, right)
    },
  ]
}

/** `std.substr`: by code points, what lies beyond the end is not there. */
function substr(str: Value, from: Value, length: Value): string {
  if (typeof str !== 'string')
    throw runtimeError(`substr first parameter should be a string, got ${typeOf(str)}`)
  if (typeof from !== 'number')
    throw runtimeError(`substr second parameter should be a number, got ${typeOf(from)}`)
  if (!Number.isInteger(from)) throw runtimeError(`substr second parameter should be an integer, got ${from}`)
  if (from < 0) throw runtimeError(`substr second parameter should be greater than zero, got ${from}`)
  if (typeof length !== 'number')
    throw runtimeError(`substr third parameter should be a number, got ${typeOf(length)}`)
  if (!Number.isInteger(length))
    throw runtimeError(`substr third parameter should be an integer, got ${length}`)
  if (length < 0) throw runtimeError(`substr third parameter should be greater than zero, got ${length}`)
  return chars(str)
    .slice(from, from + length)
    .join('')
}

function split(str: string, separator: string, limit: number): string[] {
  if (separator === '')
    throw runtimeError('std.splitLimit second parameter should have length 1 or greater, got 0')
  const parts = str.split(separator)
  step(parts.length)
  return limit < 0 || parts.length <= limit + 1
    ? parts
    : [...parts.slice(0, limit), parts.slice(limit).join(separator)]
}
function splitRight(str: string, separator: string, limit: number): string[] {
  if (separator === '')
    throw runtimeError('std.splitLimitR second parameter should have length 1 or greater, got 0')
  const parts: string[] = []
  let rest = str
  while (limit < 0 || parts.length < limit) {
    const at = rest.lastIndexOf(separator)
    if (at < 0) break
    parts.unshift(rest.slice(at + separator.length))
    rest = rest.slice(0, at)
  }
  step(parts.length)
  return [rest, ...parts]
}
function limitOf(thunk: Thunk): number {
  const limit = toInteger(thunk.force())
  if (limit < -1)
    throw runtimeError(`std.splitLimit third parameter should be -1 or non-negative, got ${limit}`)
  return limit
}

function findSubstr(pattern: string, str: string): number[] {
  const found: number[] = []
  if (pattern === '') return found
  const [needle, hay] = [chars(pattern), chars(str)]
  for (let at = 0; at + needle.length <= hay.length; at++) {
    if (needle.every((char, offset) => hay[at + offset] === char)) found.push(at)
  }
  return found
}

function integer(str: string, radix: number, name: string): number {
  const body = radix === 10 ? str.replace(/^-/, '') : str
  const digits = radix === 10 ? /^[0-9]+$/ : radix === 8 ? /^[0-7]+$/ : /^[0-9a-fA-F]+$/
  if (!digits.test(body)) throw runtimeError(`${str} is not a base ${radix} integer (std.${name})`)
  const value = [...body].reduce((sum, digit) => sum * radix + Number.parseInt(digit, radix), 0)
  return body === str ? value : -value
}

const ascii = (whole: string, from: RegExp, change: (char: string) => string): string =>
  whole.replaceAll(from, change)
const upper = (whole: string): string => ascii(whole, /[a-z]+/g, part => part.toUpperCase())
const lower = (whole: string): string => ascii(whole, /[A-Z]+/g, part => part.toLowerCase())

const XML: Record<string, string> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;', "'": '&apos;' }
export const escapeXml = (whole: string): string => whole.replaceAll(/[<>&"']/g, char => XML[char] as string)

function replaced(str: string, from: string, to: string): string {
  if (from === '') throw runtimeError("'from' string must not be zero length.")
  measure(str.length * Math.max(1, to.length))
  return str.replaceAll(from, () => to)
}

function resolved(file: string, relative: string): string {
  return [...file.split('/').slice(0, -1), relative].join('/')
}

const TO_STRING: Library[string] = ['a', a => asText((a as Thunk).force())]

export const STRINGS: Library = {
  asciiLower: ['str', str => lower(text(str))],
  asciiUpper: ['str', str => upper(text(str))],
  codepoint: [
    'str',
    str => {
      const all = chars(text(str))
      if (all.length !== 1)
        throw runtimeError(`codepoint takes a string of length 1, got length ${all.length}`)
      return all[0]?.codePointAt(0) ?? 0
    },
  ],
  endsWith: ['a b', (a, b) => text(a).endsWith(text(b))],
  equalsIgnoreCase: ['str1 str2', (a, b) => text(a).toLowerCase() === text(b).toLowerCase()],
  escapeStringBash: ['str_', str => `'${asText(str.force()).replaceAll("'", `'"'"'`)}'`],
  escapeStringDollars: ['str_', str => asText(str.force()).replaceAll('$', '$$$$')],
  escapeStringJson: ['str_', str => quoted(asText(str.force()))],
  escapeStringPython: ['str', str => quoted(asText(str.force()))],
  escapeStringXML: ['str_', str => escapeXml(asText(str.force()))],
  findSubstr: [
    'pat str',
    (pat, str) => made(findSubstr(named('findSubstr', 'first', pat), named('findSubstr', 'second', str))),
  ],
  format: ['str vals', (str, vals) => formatted(text(str), vals.force())],
  isEmpty: ['str', str => text(str) === ''],
  lstripChars: strip(true, false),
  parseHex: ['str', str => integer(text(str), 16, 'parseHex')],
  parseInt: ['str', str => integer(text(str), 10, 'parseInt')],
  parseOctal: ['str', str => integer(text(str), 8, 'parseOctal')],
  resolvePath: ['f r', (f, r) => resolved(text(f), text(r))],
  rstripChars: strip(false, true),
  split: ['str c', (str, c) => made(split(text(str), text(c), -1))],
  splitLimit: ['str c maxsplits', (str, c, max) => made(split(text(str), text(c), limitOf(max)))],
  splitLimitR: ['str c maxsplits', (str, c, max) => made(splitRight(text(str), text(c), limitOf(max)))],
  startsWith: ['a b', (a, b) => text(a).startsWith(text(b))],
  strReplace: ['str from to', (str, from, to) => replaced(text(str), text(from), text(to))],
  stringChars: ['str', str => made(chars(text(str)))],
  stripChars: strip(true, true),
  substr: ['str from len', (str, from, len) => substr(str.force(), from.force(), len.force())],
  toString: TO_STRING,
  trim: ['str', str => stripped(text(str), [...' \t\n\f\r\u0085\u00a0'], true, true)],
}
