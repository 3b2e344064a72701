/** Texts: https://masterminds.github.io/sprig/strings.html */
import { createHash } from 'node:crypto'
import { Refused } from '../error.js'
import { quoted } from '../format.js'
import { anyText, count, type Functions, list, takes, text } from '../functions.js'
import { shown, type Value } from '../value.js'

const MOST = 1024 * 1024

const one = (run: (value: string) => Value) => takes(1, 1, value => run(text(value)))
const two = (run: (first: string, second: string) => Value) =>
  takes(2, 2, (first, second) => run(text(first), text(second)))

/** Go's `strings.Title`: every letter behind one that is none. */
const title = (value: string): string =>
  value.replace(/(?<![\p{L}\p{N}_'])\p{L}/gu, letter => letter.toUpperCase())

const words = (value: string): string[] =>
  value
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .split(/[\s_\-.]+/)
    .filter(Boolean)

const trimmed = (value: string, cut: string): string => {
  const chars = new Set(cut)
  const letters = [...value]
  let from = 0
  let to = letters.length
  while (from < to && chars.has(letters[from] ?? '')) from++
  while (to > from && chars.has(letters[to - 1] ?? '')) to--
  return letters.slice(from, to).join('')
}

function repeated(times: Value, value: Value): string {
  const n = count(times)
  if (n < 0 || n * text(value).length > MOST) throw new Refused(`repeat ${n} times is too much`)
  return text(value).repeat(n)
}

const indented = (size: Value, value: Value): string => {
  const spaces = ' '.repeat(Math.min(count(size), 1000))
  return spaces + text(value).replaceAll('\n', `\n${spaces}`)
}

const trunc = (size: Value, value: Value): string => {
  const n = count(size)
  const bytes = Buffer.from(text(value))
  if (n < 0 && bytes.length + n > 0) return bytes.subarray(bytes.length + n).toString()
  return n >= 0 && bytes.length > n ? bytes.subarray(0, n).toString() : text(value)
}

function substr(from: Value, to: Value, value: Value): string {
  const [start, end] = [count(from), count(to)]
  const bytes = Buffer.from(text(value))
  if (start < 0) return bytes.subarray(0, Math.max(0, end)).toString()
  return bytes.subarray(start, end < 0 || end > bytes.length ? bytes.length : end).toString()
}

function wrapped(width: number, value: string, newLine: string): string {
  const lines: string[] = ['']
  for (const word of value.split(' ')) {
    const last = lines.at(-1) ?? ''
    if (last !== '' && last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`
  }
  return lines.join(newLine)
}

const hash = (name: string) => one(value => createHash(name).update(value).digest('hex'))

const abbreviated = (size: Value, value: Value): string => {
  const n = count(size)
  return n < 4 || text(value).length <= n ? text(value) : `${text(value).slice(0, n - 3)}...`
}

export const TEXTS: Functions = {
  upper: one(value => value.toUpperCase()),
  lower: one(value => value.toLowerCase()),
  title: one(title),
  untitle: one(value => value.replace(/(?<![\p{L}\p{N}_])\p{L}/gu, letter => letter.toLowerCase())),
  trim: one(value => value.trim()),
  trimAll: two((cut, value) => trimmed(value, cut)),
  trimall: two((cut, value) => trimmed(value, cut)),
  trimSuffix: two((end, value) => (value.endsWith(end) ? value.slice(0, value.length - end.length) : value)),
  trimPrefix: two((start, value) => (value.startsWith(start) ? value.slice(start.length) : value)),
  nospace: one(value => value.replace(/\s+/g, '')),
  swapcase: one(value =>
    [...value].map(c => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase())).join(''),
  ),
  snakecase: one(value => words(value).join('_').toLowerCase()),
  kebabcase: one(value => words(value).join('-').toLowerCase()),
  camelcase: one(value => words(value).map(title).join('')),
  initials: one(value => (value.match(/(?<!\S)\S/g) ?? []).join('')),
  contains: two((part, value) => value.includes(part)),
  hasPrefix: two((start, value) => value.startsWith(start)),
  hasSuffix: two((end, value) => value.endsWith(end)),
  replace: takes(3, 3, (old, fresh, value) => text(value).replaceAll(text(old), () => text(fresh))),
  plural: takes(3, 3, (single, many, n) => (n === 1n ? text(single) : text(many))),
  repeat: takes(2, 2, repeated),
  trunc: takes(2, 2, trunc),
  substr: takes(3, 3, substr),
  abbrev: takes(2, 2, abbreviated),
  wrap: takes(2, 2, (width, value) => wrapped(count(width), text(value), '\n')),
  wrapWith: takes(3, 3, (width, by, value) => wrapped(count(width), text(value), text(by))),
  indent: takes(2, 2, indented),
  nindent: takes(2, 2, (size, value) => `\n${indented(size, value)}`),
  cat: (...args) =>
    args
      .filter(value => value !== undefined && value !== null)
      .map(shown)
      .join(' '),
  quote: (...args) =>
    args
      .filter(value => value !== undefined && value !== null)
      .map(value => quoted(shown(value)))
      .join(' '),
  squote: (...args) =>
    args
      .filter(value => value !== undefined && value !== null)
      .map(value => `'${shown(value)}'`)
      .join(' '),
  toString: takes(1, 1, value => (value === undefined || value === null ? '<nil>' : shown(value))),
  toStrings: takes(1, 1, value => list(value).map(anyText)),
  join: takes(2, 2, (by, value) =>
    (Array.isArray(value) ? value.map(anyText) : [anyText(value)]).join(text(by)),
  ),
  splitList: two((by, value) => value.split(by)),
  split: two((by, value) => new Map(value.split(by).map((part, i) => [`_${i}`, part]))),
  splitn: takes(3, 3, (by, most, value) => {
    const parts = text(value).split(text(by))
    const n = count(most)
    const kept =
      n > 0 && parts.length > n ? [...parts.slice(0, n - 1), parts.slice(n - 1).join(text(by))] : parts
    return new Map(kept.map((part, i) => [`_${i}`, part]))
  }),
  sortAlpha: takes(1, 1, value =>
    list(value)
      .map(anyText)
      .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
  ),
  sha1sum: hash('sha1'),
  sha256sum: hash('sha256'),
  sha512sum: hash('sha512'),
  b64enc: one(value => Buffer.from(value).toString('base64')),
  b64dec: one(value => Buffer.from(value, 'base64').toString()),
  hello: takes(0, 0, () => 'Hello!'),
}
