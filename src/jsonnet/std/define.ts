/** How a function of the library is written down, and what most of them need. */

import { step } from '../run/budget.js'
import { toArray } from '../run/expect.js'
import { apply } from '../run/functions.js'
import { type Field, Fn, Obj, Thunk, type Value } from '../run/values.js'

/** Arguments, not computed yet; undefined where an optional one was not given. */
type Run = (...args: Thunk[]) => Value
export type Library = Record<string, readonly [params: string, run: Run]>

/** `'a b c?'`: names in order, `?` for those one need not give. */
export function fn(params: string, run: Run): Fn {
  const declared = params
    .split(' ')
    .filter(Boolean)
    .map(name => ({ name: name.replace('?', ''), optional: name.endsWith('?') }))
  return new Fn(declared, args => run(...(args as Thunk[])))
}

export function list(thunk: Thunk): Thunk[] {
  const all = toArray(thunk.force())
  step(all.length)
  return all
}
export const given = (thunk: Thunk | undefined, byDefault: Value): Value =>
  thunk ? thunk.force() : byDefault

export const made = (values: readonly Value[]): Thunk[] => {
  step(values.length)
  return values.map(value => Thunk.of(value))
}
export const call = (callee: Fn, ...values: Value[]): Value =>
  apply(callee, ...values.map(value => Thunk.of(value)))

export function object(
  entries: Iterable<readonly [string, Thunk]>,
  visibility: Field['visibility'] = ':',
): Obj {
  const fields = new Map<string, Field>()
  for (const [name, thunk] of entries) fields.set(name, { visibility, value: () => thunk.force() })
  step(fields.size)
  return new Obj([{ fields, asserts: [] }])
}

/** By code point. */
export const chars = (text: string): string[] => {
  step(text.length)
  return [...text]
}

/** JSON, or plain data, as a value. */
export function fromData(data: unknown): Value {
  step(1)
  if (data === null || data === undefined) return null
  if (Array.isArray(data)) return data.map(item => Thunk.of(fromData(item)))
  if (typeof data !== 'object') return data as Value
  return object(Object.entries(data).map(([name, value]) => [name, Thunk.of(fromData(value))]))
}

/** A list, or the characters of a text. */
export const elements = (thunk: Thunk): Thunk[] => {
  const value = thunk.force()
  return typeof value === 'string' ? made(chars(value)) : list(Thunk.of(value))
}
