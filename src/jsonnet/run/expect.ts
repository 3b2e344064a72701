/** Values of the type that an operator or a function works with. */

import { runtimeError } from '../error.js'
import { Fn, Obj, type Thunk, typeOf, type Value } from './values.js'

const wrong = (value: Value, type: string): Error =>
  runtimeError(`Unexpected type ${typeOf(value)}, expected ${type}`)

export function toBoolean(value: Value): boolean {
  if (typeof value !== 'boolean') throw wrong(value, 'boolean')
  return value
}
export function toNumber(value: Value): number {
  if (typeof value !== 'number') throw wrong(value, 'number')
  return value
}
export function toText(value: Value): string {
  if (typeof value !== 'string') throw wrong(value, 'string')
  return value
}
export function toArray(value: Value): Thunk[] {
  if (!Array.isArray(value)) throw wrong(value, 'array')
  return value
}
export function toObject(value: Value): Obj {
  if (!(value instanceof Obj)) throw wrong(value, 'object')
  return value
}
export function toFunction(value: Value): Fn {
  if (!(value instanceof Fn)) throw wrong(value, 'function')
  return value
}
export function toInteger(value: Value): number {
  const number = toNumber(value)
  if (!Number.isSafeInteger(number)) throw runtimeError(`Expected an integer, but got ${number}`)
  return number
}
/** What a calculation gives; there is no infinity and nothing that is not a number. */
export function finite(number: number): number {
  if (Number.isNaN(number)) throw runtimeError('Not a number')
  if (!Number.isFinite(number)) throw runtimeError('Overflow')
  return number
}
