/** What the operators do: https://jsonnet.org/ref/spec.html#execution */

import { runtimeError } from '../error.js'
import type { BinaryOperator, UnaryOperator } from '../syntax/ast.js'
import { measure, step } from './budget.js'
import { finite, toBoolean, toNumber, toText } from './expect.js'
import { formatted } from './format.js'
import { asText } from './manifest.js'
import { compareText, Obj, type Thunk, typeOf, type Value } from './values.js'

export function plus(a: Value, b: Value): Value {
  if (typeof a === 'string' || typeof b === 'string') {
    const left = asText(a)
    const right = asText(b)
    measure(left.length + right.length)
    return left + right
  }
  if (typeof a === 'number') return finite(a + toNumber(b))
  if (Array.isArray(a) && Array.isArray(b)) {
    step(a.length + b.length)
    return [...a, ...b]
  }
  if (a instanceof Obj && b instanceof Obj) {
    step(a.layers.length + b.layers.length)
    return new Obj([...a.layers, ...b.layers])
  }
  const wanted = Array.isArray(a) ? 'array' : a instanceof Obj ? 'object' : undefined
  throw runtimeError(
    wanted
      ? `Unexpected type ${typeOf(b)}, expected ${wanted}`
      : `Operator + cannot be used on types ${typeOf(a)} and ${typeOf(b)}.`,
  )
}

export function equals(a: Value, b: Value): boolean {
  if (typeOf(a) !== typeOf(b)) return false
  if (Array.isArray(a)) return sameElements(a, b as Thunk[])
  if (a instanceof Obj) return sameFields(a, b as Obj)
  if (typeof a === 'object' && a !== null) throw runtimeError('Cannot test equality of functions')
  return a === b
}
function sameElements(a: Thunk[], b: Thunk[]): boolean {
  step(1)
  return a.length === b.length && a.every((thunk, at) => equals(thunk.force(), (b[at] as Thunk).force()))
}
function sameFields(a: Obj, b: Obj): boolean {
  step(1)
  a.check()
  b.check()
  const names = a.names(false)
  const others = b.names(false)
  if (names.length !== others.length || names.some((name, at) => name !== others[at])) return false
  return names.every(name => equals(a.get(name), b.get(name)))
}

/** Negative, zero or positive. */
export function compare(a: Value, b: Value): number {
  if (typeof a === 'number') return a - toNumber(b)
  if (typeof a === 'string') return compareText(a, toText(b))
  if (!Array.isArray(a)) throw runtimeError(`Unexpected type ${typeOf(a)}`)
  if (!Array.isArray(b)) throw runtimeError(`Unexpected type ${typeOf(b)}, expected array`)
  step(1)
  for (const [at, thunk] of a.slice(0, b.length).entries()) {
    const order = compare(thunk.force(), (b[at] as Thunk).force())
    if (order !== 0) return order
  }
  return a.length - b.length
}

/** Integers of 64 bits; what does not fit exactly is refused, as in go-jsonnet. */
function bits(value: Value): bigint {
  const number = toNumber(value)
  if (Math.abs(number) > Number.MAX_SAFE_INTEGER)
    throw runtimeError(
      `Bitwise operator argument ${number} outside of range [-${Number.MAX_SAFE_INTEGER}, ${Number.MAX_SAFE_INTEGER}]`,
    )
  return BigInt(Math.trunc(number))
}
const bitwise =
  (run: (a: bigint, b: bigint) => bigint) =>
  (a: Value, b: Value): Value =>
    Number(BigInt.asIntN(64, run(bits(a), bits(b))))

function shift(a: Value, b: Value, run: (a: bigint, by: bigint) => bigint): Value {
  const value = bits(a)
  const by = bits(b)
  if (by < 0n) throw runtimeError('Shift by negative exponent')
  return Number(BigInt.asIntN(64, run(value, by % 64n)))
}
function shiftLeft(a: Value, b: Value): Value {
  return shift(a, b, (value, by) => {
    const shifted = value << by
    if (shifted > 2n ** 63n - 1n || shifted < -(2n ** 63n)) throw runtimeError('left shift would overflow')
    return shifted
  })
}

function divide(a: Value, b: Value): Value {
  const [dividend, divisor] = [toNumber(a), toNumber(b)]
  if (divisor === 0) throw runtimeError('Division by zero.')
  return finite(dividend / divisor)
}
export function modulo(a: Value, b: Value): Value {
  if (typeof a === 'string') return formatted(a, b)
  const [dividend, divisor] = [toNumber(a), toNumber(b)]
  if (divisor === 0) throw runtimeError('Division by zero.')
  return finite(dividend % divisor)
}

function isIn(a: Value, b: Value): boolean {
  if (!(b instanceof Obj)) throw runtimeError(`Unexpected type ${typeOf(b)}, expected object`)
  return b.find(toText(a)) >= 0
}

type Strict = Exclude<BinaryOperator, '&&' | '||'>
export const BINARY: Record<Strict, (a: Value, b: Value) => Value> = {
  '+': plus,
  '-': (a, b) => finite(toNumber(a) - toNumber(b)),
  '*': (a, b) => finite(toNumber(a) * toNumber(b)),
  '/': divide,
  '%': modulo,
  '<<': shiftLeft,
  '>>': (a, b) => shift(a, b, (value, by) => value >> by),
  '<': (a, b) => compare(a, b) < 0,
  '<=': (a, b) => compare(a, b) <= 0,
  '>': (a, b) => compare(a, b) > 0,
  '>=': (a, b) => compare(a, b) >= 0,
  '==': equals,
  '!=': (a, b) => !equals(a, b),
  '&': bitwise((a, b) => a & b),
  '^': bitwise((a, b) => a ^ b),
  '|': bitwise((a, b) => a | b),
  in: isIn,
}

export const UNARY: Record<UnaryOperator, (value: Value) => Value> = {
  '+': value => toNumber(value),
  '-': value => -toNumber(value),
  '!': value => !toBoolean(value),
  '~': value => Number(~bits(value)),
}
