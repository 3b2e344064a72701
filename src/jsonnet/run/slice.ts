import { runtimeError } from '../error.js'
import { toInteger } from './expect.js'
import { typeOf, type Value } from './values.js'

/** `a[from:to:step]` of a list or a text; negative bounds count from the end. */
export function sliced(whole: Value, from: Value, to: Value, by: Value): Value {
  if (typeof whole !== 'string' && !Array.isArray(whole))
    throw runtimeError(`std.slice accepts a string or an array, but got: ${typeOf(whole)}`)
  const list = typeof whole === 'string' ? [...whole] : whole
  const step = by === null ? 1 : toInteger(by)
  if (step <= 0) throw runtimeError(`got [${step}] but a step must be greater than 0`)
  const start = bound(from, 0, list.length)
  const end = bound(to, list.length, list.length)
  const picked = []
  for (let at = start; at < Math.min(end, list.length); at += step) picked.push(list[at])
  return typeof whole === 'string' ? picked.join('') : (picked as Value)
}

function bound(value: Value, byDefault: number, length: number): number {
  if (value === null) return byDefault
  const at = toInteger(value)
  return at < 0 ? Math.max(0, length + at) : at
}
