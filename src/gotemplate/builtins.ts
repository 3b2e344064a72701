/** The functions of `text/template` itself: https://pkg.go.dev/text/template#hdr-Functions */
import { Refused } from './error.js'
import { sprintf } from './format.js'
import { type Functions, takes, text, wrongType } from './functions.js'
import { kindOf, shown, truth, type Value } from './value.js'

const MANY = Number.POSITIVE_INFINITY

/** `print`: a space between two that are no texts. */
const printed = (args: readonly Value[]): string =>
  args.reduce<string>((before, value, i) => {
    const space = i > 0 && typeof value !== 'string' && typeof args[i - 1] !== 'string'
    return before + (space ? ' ' : '') + shown(value)
  }, '')

export const escapeHtml = (value: string): string => value.replace(/[&<>"'\p{Cc}]/gu, one => HTML[one] ?? one)
const HTML: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
  '\0': '\ufffd',
}

const joined = (args: readonly Value[]): string =>
  args.length === 1 && typeof args[0] === 'string' ? args[0] : printed(args)

const NUMERIC = new Set(['int', 'float64'])

function same(one: Value, other: Value): boolean {
  const [a, b] = [kindOf(one), kindOf(other)]
  if (a === 'nil' || b === 'nil') return a === b
  if (a !== b) throw new Refused('incompatible types for comparison')
  if (typeof one === 'object') throw new Refused('non-comparable type')
  return one === other
}

function less(one: Value, other: Value): boolean {
  const kind = kindOf(one)
  if (!NUMERIC.has(kind) && kind !== 'string') throw new Refused('invalid type for comparison')
  if (kind !== kindOf(other)) throw new Refused('incompatible types for comparison')
  return (one as number) < (other as number)
}

function length(value: Value): bigint {
  if (typeof value === 'string') return BigInt(Buffer.byteLength(value))
  if (Array.isArray(value)) return BigInt(value.length)
  if (value instanceof Map) return BigInt(value.size)
  throw new Refused(`len of type ${kindOf(value)}`)
}

function indexed(value: Value, ...keys: Value[]): Value {
  return keys.reduce<Value>((found, key) => {
    if (found instanceof Map) return found.get(text(key))
    if (!Array.isArray(found) && typeof found !== 'string')
      throw new Refused(`can't index item of type ${kindOf(found)}`)
    if (typeof key !== 'bigint') throw new Refused(`cannot index slice/array with type ${kindOf(key)}`)
    const items = typeof found === 'string' ? [...Buffer.from(found)].map(BigInt) : found
    if (key < 0n || key >= BigInt(items.length)) throw new Refused(`index out of range: ${key}`)
    return items[Number(key)] as Value
  }, value)
}

function sliced(value: Value, from: Value = 0n, to?: Value): Value {
  if (typeof value !== 'string' && !Array.isArray(value))
    throw new Refused(`can't slice item of type ${kindOf(value)}`)
  const bytes = typeof value === 'string' ? Buffer.from(value) : undefined
  const size = bytes ? bytes.length : (value as readonly Value[]).length
  const [start, end] = [from, to ?? BigInt(size)].map(bound => {
    if (typeof bound !== 'bigint') throw wrongType('int', bound)
    return Number(bound)
  }) as [number, number]
  if (start < 0 || end > size || start > end)
    throw new Refused(`index out of range: ${start > end ? start : end}`)
  return bytes ? bytes.subarray(start, end).toString() : (value as readonly Value[]).slice(start, end)
}

export const BUILTINS: Functions = {
  // `and` and `or` stop early: whoever evaluates calls them with what it needed.
  and: takes(1, MANY, (...args) => args.find(value => !truth(value)) ?? args.at(-1)),
  or: takes(1, MANY, (...args) => args.find(truth) ?? args.at(-1)),
  not: takes(1, 1, value => !truth(value)),
  len: takes(1, 1, length),
  index: takes(1, MANY, indexed),
  slice: takes(1, 3, sliced),
  print: (...args) => printed(args),
  println: (...args) => `${args.map(shown).join(' ')}\n`,
  printf: takes(1, MANY, (format, ...args) => sprintf(text(format), args)),
  html: takes(1, MANY, (...args) => escapeHtml(joined(args))),
  js: takes(1, MANY, (...args) => escapeJs(joined(args))),
  urlquery: takes(1, MANY, (...args) => queryEscape(joined(args))),
  eq: takes(2, MANY, (one, ...others) => others.some(other => same(one, other))),
  ne: takes(2, 2, (one, other) => !same(one, other)),
  lt: takes(2, 2, less),
  le: takes(2, 2, (one, other) => less(one, other) || same(one, other)),
  gt: takes(2, 2, (one, other) => less(other, one)),
  ge: takes(2, 2, (one, other) => !less(one, other)),
}

export const queryEscape = (value: string): string =>
  encodeURIComponent(value)
    .replace(/[!'()*]/g, one => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')

export const escapeJs = (value: string): string =>
  value.replace(/[\\'"<>&=\p{Cc}]/gu, one =>
    one === '\\' || one === "'" || one === '"'
      ? `\\${one}`
      : `\\u${one.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  )
