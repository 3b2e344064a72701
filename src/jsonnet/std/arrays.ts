import { runtimeError } from '../error.js'
import { step } from '../run/budget.js'
import { toArray, toBoolean, toFunction, toInteger, toNumber, toText } from '../run/expect.js'
import { apply } from '../run/functions.js'
import { compare, equals, plus } from '../run/operators.js'
import { sliced } from '../run/slice.js'
import { type Fn, Obj, Thunk, typeOf, type Value } from '../run/values.js'
import { call, chars, elements, type Library, list, made } from './define.js'
import { rank } from './sets.js'

export function length(value: Value): number {
  if (typeof value === 'string') return /[\ud800-\udfff]/.test(value) ? [...value].length : value.length
  if (Array.isArray(value)) return value.length
  if (value instanceof Obj) return value.names(false).length
  if (typeOf(value) === 'function') return (value as Fn).params.length
  throw runtimeError(`Unexpected type ${typeOf(value)}`)
}

function typed<T>(
  name: string,
  position: string,
  type: string,
  value: Value,
  test: (value: Value) => T | undefined,
): T {
  const found = test(value)
  if (found === undefined)
    throw runtimeError(`std.${name} ${position} param must be ${type}, got ${typeOf(value)}`)
  return found
}
export const functionOf = (name: string, thunk: Thunk, position = 'first'): Fn =>
  typed(name, position, 'function', thunk.force(), value =>
    typeOf(value) === 'function' ? (value as Fn) : undefined,
  )
const arrayOf = (name: string, thunk: Thunk, position = 'second'): Thunk[] =>
  typed(name, position, 'array / string', thunk.force(), value =>
    typeof value === 'string' ? made(chars(value)) : Array.isArray(value) ? value : undefined,
  )

const mapped = (callee: Fn, all: readonly Thunk[]): Thunk[] => {
  step(all.length)
  return all.map(thunk => Thunk.later(() => apply(callee, thunk)))
}

function join(separator: Value, parts: readonly Thunk[]): Value {
  const text = typeof separator === 'string'
  if (!text && !Array.isArray(separator))
    throw runtimeError(`join first parameter should be string or array, got ${typeOf(separator)}`)
  const present = parts.map(part => part.force()).filter(part => part !== null)
  const wrong = present.find(part => (text ? typeof part !== 'string' : !Array.isArray(part)))
  if (wrong !== undefined)
    throw runtimeError(`Unexpected type ${typeOf(wrong)}, expected ${text ? 'string' : 'array'}`)
  step(present.length)
  return present.reduce<Value>(
    (sum, part, at) => (at === 0 ? part : plus(plus(sum, separator), part)),
    text ? '' : [],
  )
}

function flatMap(callee: Fn, value: Value): Value {
  if (typeof value === 'string') return join('', mapped(callee, made(chars(value))))
  if (!Array.isArray(value))
    throw runtimeError(`std.flatMap second param must be array / string, got ${typeOf(value)}`)
  return value.flatMap(thunk => {
    const part = toArray(apply(callee, thunk))
    step(part.length)
    return part
  })
}

function extreme(
  arr: Thunk,
  keyF: Thunk | undefined,
  onEmpty: Thunk | undefined,
  sign: number,
  name: string,
): Value {
  const all = list(arr)
  if (all.length === 0) {
    if (onEmpty) return onEmpty.force()
    throw runtimeError(`Expected at least one element in array. Got none`)
  }
  const keyOf = rank(keyF)
  void name
  return all.reduce((best, next) => (compare(keyOf(next), keyOf(best)) * sign > 0 ? next : best)).force()
}

const flatDeep = (value: Value): Thunk[] =>
  Array.isArray(value) ? value.flatMap(thunk => flatDeep(thunk.force())) : made([value])

function deepJoin(value: Value): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(thunk => deepJoin(thunk.force())).join('')
  throw runtimeError(`Expected string or array, got ${typeOf(value)}`)
}

const sum = (all: readonly Thunk[]): Value =>
  all.reduce<number>((total, thunk) => total + toNumber(thunk.force()), 0)

function without(arr: readonly Thunk[], at: number): Thunk[] {
  return arr.filter((_, index) => index !== at)
}

function repeat(what: Value, count: number): Value {
  if (typeof what !== 'string' && !Array.isArray(what))
    throw runtimeError(`std.repeat first argument must be an array or a string`)
  if (count < 0) throw runtimeError(`makeArray requires size >= 0, got ${count}`)
  step(count)
  let result: Value = typeof what === 'string' ? '' : []
  for (let turn = 0; turn < count; turn++) result = plus(result, what)
  return result
}

function truths(thunk: Thunk): boolean[] | Generator<boolean> {
  const all = list(thunk)
  return (function* () {
    for (const one of all) yield toBoolean(one.force())
  })()
}

export const ARRAYS: Library = {
  all: [
    'arr',
    arr => {
      for (const truth of truths(arr)) if (!truth) return false
      return true
    },
  ],
  any: [
    'arr',
    arr => {
      for (const truth of truths(arr)) if (truth) return true
      return false
    },
  ],
  avg: [
    'arr onEmpty?',
    (arr, onEmpty) => {
      const all = list(arr)
      if (all.length > 0) return (sum(all) as number) / all.length
      if (onEmpty) return onEmpty.force()
      throw runtimeError('Cannot calculate average of an empty array.')
    },
  ],
  contains: ['arr elem', (arr, elem) => list(arr).some(thunk => equals(thunk.force(), elem.force()))],
  count: ['arr x', (arr, x) => list(arr).filter(thunk => equals(thunk.force(), x.force())).length],
  deepJoin: ['arr', arr => deepJoin(arr.force())],
  filter: [
    'func arr',
    (func, arr) => {
      const all = list(arr)
      const keep = toFunction(func.force())
      return all.filter(thunk => toBoolean(apply(keep, thunk)))
    },
  ],
  filterMap: [
    'filter_func map_func arr',
    (filter, map, arr) => {
      const [keep, change] = [functionOf('filterMap', filter), functionOf('filterMap', map, 'second')]
      return mapped(
        change,
        list(arr).filter(thunk => toBoolean(apply(keep, thunk))),
      )
    },
  ],
  find: [
    'value arr',
    (value, arr) =>
      made(list(arr).flatMap((thunk, at) => (equals(thunk.force(), value.force()) ? [at] : []))),
  ],
  flatMap: ['func arr', (func, arr) => flatMap(toFunction(func.force()), arr.force())],
  flattenArrays: [
    'arrs',
    arrs => list(arrs).reduce<Value>((all, part) => plus(all, toArray(part.force())), []),
  ],
  flattenDeepArray: ['value', value => flatDeep(value.force())],
  foldl: [
    'func arr init',
    (func, arr, init) => {
      const callee = toFunction(func.force())
      return elements(arr)
        .reduce((sum, thunk) => Thunk.of(apply(callee, sum, thunk)), init)
        .force()
    },
  ],
  foldr: [
    'func arr init',
    (func, arr, init) => {
      const callee = toFunction(func.force())
      return elements(arr)
        .reduceRight((sum, thunk) => Thunk.of(apply(callee, thunk, sum)), init)
        .force()
    },
  ],
  join: ['sep arr', (sep, arr) => join(sep.force(), list(arr))],
  length: ['x', x => length(x.force())],
  lines: ['arr', arr => join('\n', [...list(arr), Thunk.of('')])],
  makeArray: [
    'sz func',
    (sz, func) => {
      const size = toInteger(sz.force())
      if (size < 0) throw runtimeError(`makeArray requires size >= 0, got ${size}`)
      const callee = toFunction(func.force())
      step(size)
      return Array.from({ length: size }, (_, at) => Thunk.later(() => call(callee, at)))
    },
  ],
  map: ['func arr', (func, arr) => mapped(functionOf('map', func), arrayOf('map', arr))],
  mapWithIndex: [
    'func arr',
    (func, arr) => {
      const callee = functionOf('mapWithIndex', func)
      return arrayOf('mapWithIndex', arr).map((thunk, at) =>
        Thunk.later(() => apply(callee, Thunk.of(at), thunk)),
      )
    },
  ],
  maxArray: ['arr keyF? onEmpty?', (arr, keyF, onEmpty) => extreme(arr, keyF, onEmpty, 1, 'max')],
  member: [
    'arr x',
    (arr, x) => {
      const whole = arr.force()
      if (typeof whole === 'string') return whole.includes(toText(x.force()))
      return list(Thunk.of(whole)).some(thunk => equals(thunk.force(), x.force()))
    },
  ],
  minArray: ['arr keyF? onEmpty?', (arr, keyF, onEmpty) => extreme(arr, keyF, onEmpty, -1, 'min')],
  range: [
    'from to',
    (from, to) => {
      const [first, last] = [toInteger(from.force()), toInteger(to.force())]
      step(Math.max(0, last - first + 1))
      return made(Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at))
    },
  ],
  remove: [
    'arr elem',
    (arr, elem) => {
      const all = list(arr)
      const at = all.findIndex(thunk => equals(thunk.force(), elem.force()))
      return at < 0 ? all : without(all, at)
    },
  ],
  removeAt: ['arr at', (arr, at) => without(list(arr), toInteger(at.force()))],
  repeat: ['what count', (what, count) => repeat(what.force(), toInteger(count.force()))],
  reverse: ['arr', arr => [...list(arr)].reverse()],
  slice: [
    'indexable index end step',
    (whole, from, to, by) => sliced(whole.force(), from.force(), to.force(), by.force()),
  ],
  sum: ['arr', arr => sum(list(arr))],
}
