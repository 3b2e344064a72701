import { createHash } from 'node:crypto'
import type { Json } from '../model.js'
import { format } from './format.js'
import { number, text, truth } from './operators.js'
import { JsonnetError } from './syntax.js'
import {
  compare,
  equals,
  fromJson,
  JsonnetArray,
  JsonnetFunction,
  JsonnetObject,
  plus,
  type Slot,
  Thunk,
  toJson,
  toText,
  typeOf,
  type Value,
} from './values.js'

function list(value: Value): Value[] {
  if (typeof value === 'string') return [...value]
  if (!(value instanceof JsonnetArray)) throw new JsonnetError(`expected an array, not ${typeOf(value)}`)
  return value.values()
}
function object(value: Value): JsonnetObject {
  if (!(value instanceof JsonnetObject)) throw new JsonnetError(`expected an object, not ${typeOf(value)}`)
  return value
}
function fn(value: Value): JsonnetFunction {
  if (!(value instanceof JsonnetFunction)) throw new JsonnetError(`expected a function, not ${typeOf(value)}`)
  return value
}

type Builtin = (...args: Value[]) => Value

const OBJECTS: Record<string, Builtin> = {
  length: value => length(value!),
  objectHas: (o, name) => object(o).names().includes(text(name!)),
  objectHasAll: (o, name) => object(o).has(text(name!)),
  objectFields: o => JsonnetArray.of(object(o).names()),
  objectFieldsAll: o => JsonnetArray.of(object(o).names(true)),
  objectValues: o =>
    JsonnetArray.of(
      object(o)
        .names()
        .map(name => object(o).get(name)),
    ),
  objectKeysValues: o =>
    fromJson(
      object(o)
        .names()
        .map(name => ({ key: name, value: toJson(object(o).get(name)) })),
    ),
  get: (o, name, fallback = null, hidden = true) => {
    const found = hidden ? object(o).has(text(name!)) : object(o).names().includes(text(name!))
    return found ? object(o).get(text(name!)) : fallback
  },
  mapWithKey: (f, o) =>
    fromEntries(
      object(o)
        .names()
        .map(name => [name, () => fn(f!).apply(name, object(o).get(name))]),
    ),
  mergePatch: (target, patch) => fromJson(mergePatch(toJson(target!), toJson(patch!))),
  prune: value => fromJson(prune(toJson(value!))),
}

function length(value: Value): Value {
  if (value instanceof JsonnetObject) return value.names().length
  if (value instanceof JsonnetFunction) return value.arity
  return list(value).length
}
function fromEntries(entries: [string, () => Value][]): JsonnetObject {
  const slot = (compute: () => Value): Slot => ({ visibility: 'default', extends: false, compute })
  return new JsonnetObject([{ slots: new Map(entries.map(([name, compute]) => [name, slot(compute)])) }])
}

const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

/** RFC 7396. */
function mergePatch(target: Json, patch: Json): Json {
  if (!isObject(patch)) return patch
  const merged = new Map(Object.entries(isObject(target) ? target : {}))
  for (const [name, value] of Object.entries(patch))
    if (value === null) merged.delete(name)
    else merged.set(name, mergePatch(merged.get(name) ?? null, value))
  return Object.fromEntries(merged)
}
function prune(value: Json): Json {
  const isEmpty = (inner: Json): boolean =>
    inner === null || (typeof inner === 'object' && Object.keys(inner).length === 0)
  if (Array.isArray(value)) return value.map(prune).filter(inner => !isEmpty(inner))
  if (!isObject(value)) return value
  const kept = Object.entries(value).map(([name, inner]) => [name, prune(inner)] as const)
  return Object.fromEntries(kept.filter(([, inner]) => !isEmpty(inner)))
}

const TYPES: Record<string, Builtin> = {
  type: value => typeOf(value!),
  isString: value => typeof value === 'string',
  isNumber: value => typeof value === 'number',
  isBoolean: value => typeof value === 'boolean',
  isObject: value => value instanceof JsonnetObject,
  isArray: value => value instanceof JsonnetArray,
  isFunction: value => value instanceof JsonnetFunction,
  toString: (value?: Value) => toText(value!),
  equals: (a, b) => equals(a!, b!),
  assertEqual: (a, b) => equals(a!, b!) || fail(`not equal: ${toText(a!)} and ${toText(b!)}`),
  trace: (_, value) => value!,
}
function fail(message: string): never {
  throw new JsonnetError(message)
}

const TEXTS: Record<string, Builtin> = {
  join: (separator, items) =>
    join(
      separator!,
      list(items!).filter(item => item !== null),
    ),
  split: (value, separator) => JsonnetArray.of(text(value!).split(text(separator!))),
  splitLimit: (value, separator, most) => {
    const parts = text(value!).split(text(separator!))
    const limit = number(most!)
    if (limit < 0 || parts.length <= limit + 1) return JsonnetArray.of(parts)
    return JsonnetArray.of([...parts.slice(0, limit), parts.slice(limit).join(text(separator!))])
  },
  substr: (value, from, size) =>
    [...text(value!)].slice(number(from!), number(from!) + number(size!)).join(''),
  startsWith: (value, start) => text(value!).startsWith(text(start!)),
  endsWith: (value, end) => text(value!).endsWith(text(end!)),
  strReplace: (value, from, to) => text(value!).replaceAll(text(from!), () => text(to!)),
  asciiLower: value => text(value!).replace(/[A-Z]/g, char => char.toLowerCase()),
  asciiUpper: value => text(value!).replace(/[a-z]/g, char => char.toUpperCase()),
  equalsIgnoreCase: (a, b) => text(a!).toLowerCase() === text(b!).toLowerCase(),
  isEmpty: value => text(value!) === '',
  trim: value => text(value!).trim(),
  stripChars: (value, chars) => strip(text(value!), text(chars!), true, true),
  lstripChars: (value, chars) => strip(text(value!), text(chars!), true, false),
  rstripChars: (value, chars) => strip(text(value!), text(chars!), false, true),
  stringChars: value => JsonnetArray.of([...text(value!)]),
  codepoint: value => text(value!).codePointAt(0) ?? 0,
  char: value => String.fromCodePoint(number(value!)),
  parseInt: value => Number.parseInt(text(value!), 10),
  parseJson: value => fromJson(JSON.parse(text(value!)) as Json),
  manifestJson: value => JSON.stringify(toJson(value!), null, 4),
  manifestJsonMinified: value => JSON.stringify(toJson(value!)),
  escapeStringJson: value => JSON.stringify(toText(value!)),
  format: (pattern, values) => format(text(pattern!), values!),
  base64: value =>
    Buffer.from(typeof value === 'string' ? value : list(value!).map(Number)).toString('base64'),
  base64Decode: value => Buffer.from(text(value!), 'base64').toString('latin1'),
  md5: value => digest('md5', value!),
  sha1: value => digest('sha1', value!),
  sha256: value => digest('sha256', value!),
  sha512: value => digest('sha512', value!),
}

function join(separator: Value, items: Value[]): Value {
  if (typeof separator === 'string') return items.map(text).join(separator)
  return items.reduce(
    (all, item, i) => plus(i === 0 ? all : plus(all, separator), item),
    new JsonnetArray([]),
  )
}
function strip(value: string, chars: string, left: boolean, right: boolean): string {
  const all = [...value]
  while (left && all.length > 0 && chars.includes(all[0]!)) all.shift()
  while (right && all.length > 0 && chars.includes(all.at(-1)!)) all.pop()
  return all.join('')
}
const digest = (algorithm: string, value: Value): string =>
  createHash(algorithm).update(text(value)).digest('hex')

const byKey =
  (key: Value | undefined) =>
  (a: Value, b: Value): number =>
    key === undefined ? compare(a, b) : compare(fn(key).apply(a), fn(key).apply(b))
const distinct = (sorted: Value[], key?: Value): Value[] =>
  sorted.filter((item, i) => i === 0 || byKey(key)(sorted[i - 1]!, item) !== 0)
const sorted = (items: Value, key?: Value): Value[] => list(items).sort(byKey(key))

const ARRAYS: Record<string, Builtin> = {
  map: (f, items) => JsonnetArray.of(list(items!).map(item => fn(f!).apply(item))),
  mapWithIndex: (f, items) => JsonnetArray.of(list(items!).map((item, i) => fn(f!).apply(i, item))),
  filter: (f, items) => JsonnetArray.of(list(items!).filter(item => truth(fn(f!).apply(item)))),
  filterMap: (keep, f, items) =>
    JsonnetArray.of(
      list(items!)
        .filter(item => truth(fn(keep!).apply(item)))
        .map(item => fn(f!).apply(item)),
    ),
  flatMap: (f, items) => JsonnetArray.of(list(items!).flatMap(item => list(fn(f!).apply(item)))),
  foldl: (f, items, start) => list(items!).reduce((sum, item) => fn(f!).apply(sum, item), start!),
  foldr: (f, items, start) => list(items!).reduceRight((sum, item) => fn(f!).apply(item, sum), start!),
  flattenArrays: items => JsonnetArray.of(list(items!).flatMap(list)),
  range: (from, to) =>
    JsonnetArray.of(
      Array.from({ length: Math.max(0, number(to!) - number(from!) + 1) }, (_, i) => number(from!) + i),
    ),
  makeArray: (size, f) => JsonnetArray.of(Array.from({ length: number(size!) }, (_, i) => fn(f!).apply(i))),
  repeat: (value, times) =>
    typeof value === 'string'
      ? value.repeat(number(times!))
      : JsonnetArray.of(Array.from({ length: number(times!) }, () => list(value!)).flat()),
  reverse: items => JsonnetArray.of(list(items!).reverse()),
  member: (items, value) =>
    typeof items === 'string'
      ? items.includes(text(value!))
      : list(items!).some(item => equals(item, value!)),
  contains: (items, value) => list(items!).some(item => equals(item, value!)),
  count: (items, value) => list(items!).filter(item => equals(item, value!)).length,
  find: (value, items) =>
    JsonnetArray.of(list(items!).flatMap((item, i) => (equals(item, value!) ? [i] : []))),
  findSubstr: (pattern, value) => {
    const [needle, hay] = [text(pattern!), text(value!)]
    return JsonnetArray.of(
      [...hay].flatMap((_, i) => (needle !== '' && hay.startsWith(needle, i) ? [i] : [])),
    )
  },
  all: items => list(items!).every(truth),
  any: items => list(items!).some(truth),
  sum: items =>
    list(items!)
      .map(number)
      .reduce((a, b) => a + b, 0),
  sort: (items, key) => JsonnetArray.of(sorted(items!, key)),
  uniq: (items, key) => JsonnetArray.of(distinct(list(items!), key)),
  set: (items, key) => JsonnetArray.of(distinct(sorted(items!, key), key)),
  setMember: (value, items) => list(items!).some(item => equals(item, value!)),
  setUnion: (a, b) => JsonnetArray.of(distinct(sorted(plus(a!, b!)))),
  setInter: (a, b) => JsonnetArray.of(list(a!).filter(item => list(b!).some(other => equals(item, other)))),
  setDiff: (a, b) => JsonnetArray.of(list(a!).filter(item => !list(b!).some(other => equals(item, other)))),
}

const NUMBERS: Record<string, Builtin> = {
  abs: value => Math.abs(number(value!)),
  floor: value => Math.floor(number(value!)),
  ceil: value => Math.ceil(number(value!)),
  round: value => Math.round(number(value!)),
  sqrt: value => Math.sqrt(number(value!)),
  pow: (value, power) => number(value!) ** number(power!),
  max: (a, b) => Math.max(number(a!), number(b!)),
  min: (a, b) => Math.min(number(a!), number(b!)),
  mod: (a, b) => (typeof a === 'string' ? format(a, b!) : number(a!) % number(b!)),
}

/** The names of arguments that people write out: `std.get(o, 'x', default='')`. */
const NAMED: Record<string, readonly string[]> = {
  get: ['o', 'f', 'default', 'inc_hidden'],
  sort: ['arr', 'keyF'],
  set: ['arr', 'keyF'],
  uniq: ['arr', 'keyF'],
}

function builtin(name: string, run: Builtin): JsonnetFunction {
  return new JsonnetFunction(run.length, ({ positional, named }) => {
    const values = positional.map(thunk => thunk.value)
    for (const [key, thunk] of named) {
      const at = NAMED[name]?.indexOf(key) ?? -1
      if (at < 0) throw new JsonnetError(`std.${name} has no argument "${key}" here`)
      values[at] = thunk.value
    }
    // `run.length` counts the arguments that have no default.
    if (values.length < run.length && !(name in NAMED))
      throw new JsonnetError(`std.${name}: missing argument`)
    return run(...values)
  })
}

/** The standard library, with what was passed in from outside as `std.extVar`. */
export function standardLibrary(variables: Record<string, Json>): Thunk {
  const all: Record<string, Builtin> = { ...OBJECTS, ...TYPES, ...TEXTS, ...ARRAYS, ...NUMBERS }
  const extVar: Builtin = name => {
    const value = Object.hasOwn(variables, text(name!)) ? variables[text(name!)] : undefined
    return value === undefined ? fail(`undefined external variable: ${text(name!)}`) : fromJson(value)
  }
  const slots = Object.entries({ ...all, extVar }).map(([name, run]): [string, Slot] => [
    name,
    { visibility: 'hidden', extends: false, compute: () => builtin(name, run) },
  ])
  return Thunk.of(new JsonnetObject([{ slots: new Map(slots) }]))
}
