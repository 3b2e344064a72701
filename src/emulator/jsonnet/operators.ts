import { format } from './format.js'
import { JsonnetError } from './syntax.js'
import { compare, equals, JsonnetObject, plus, type Thunk, typeOf, type Value } from './values.js'

export function truth(value: Value): boolean {
  if (typeof value !== 'boolean') throw new JsonnetError(`expected true or false, not ${typeOf(value)}`)
  return value
}
export function number(value: Value): number {
  if (typeof value !== 'number') throw new JsonnetError(`expected a number, not ${typeOf(value)}`)
  return value
}
export function text(value: Value): string {
  if (typeof value !== 'string') throw new JsonnetError(`expected a string, not ${typeOf(value)}`)
  return value
}

export function unary(operator: string, value: Value): Value {
  switch (operator) {
    case '!':
      return !truth(value)
    case '-':
      return -number(value)
    case '~':
      return ~number(value)
    default:
      return number(value)
  }
}

const ARITHMETIC: Record<string, (a: number, b: number) => number> = {
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': divide,
  '<<': (a, b) => a << b,
  '>>': (a, b) => a >> b,
  '&': (a, b) => a & b,
  '^': (a, b) => a ^ b,
  '|': (a, b) => a | b,
}
function divide(a: number, b: number): number {
  if (b === 0) throw new JsonnetError('division by zero')
  return a / b
}

const COMPARISON: Record<string, (order: number) => boolean> = {
  '<': order => order < 0,
  '>': order => order > 0,
  '<=': order => order <= 0,
  '>=': order => order >= 0,
}

/** `&&` and `||` look at the right side only when they must. */
export function binary(operator: string, left: Value, right: Thunk): Value {
  if (operator === '&&') return truth(left) && truth(right.value)
  if (operator === '||') return truth(left) || truth(right.value)
  const other = right.value
  const arithmetic = ARITHMETIC[operator]
  if (arithmetic) return arithmetic(number(left), number(other))
  const comparison = COMPARISON[operator]
  if (comparison) return comparison(compare(left, other))
  switch (operator) {
    case '+':
      return plus(left, other)
    case '==':
      return equals(left, other)
    case '!=':
      return !equals(left, other)
    case 'in':
      return contains(other, text(left))
    case '%':
      return typeof left === 'string' ? format(left, other) : number(left) % number(other)
    default:
      throw new JsonnetError(`unknown operator ${operator}`)
  }
}

function contains(value: Value, name: string): boolean {
  if (!(value instanceof JsonnetObject)) throw new JsonnetError(`"in" needs an object, not ${typeOf(value)}`)
  return value.has(name)
}
