/** Calls: arguments by position and by name, and calls in tail position that need no stack. */

import { runtimeError } from '../error.js'
import { enter, leave } from './budget.js'
import type { Fn, Thunk, Value } from './values.js'

/** `f(x) tailstrict` at the end of a function: whoever called that function goes on with this one. */
export class TailCall {
  readonly fn: Fn
  readonly args: (Thunk | undefined)[]

  constructor(fn: Fn, args: (Thunk | undefined)[]) {
    this.fn = fn
    this.args = args
  }
}

export function invoke(fn: Fn, args: (Thunk | undefined)[]): Value {
  enter()
  let result: Value | TailCall = fn.call(args)
  while (result instanceof TailCall) {
    enter()
    leave()
    result = result.fn.call(result.args)
  }
  leave()
  return result
}

/** One entry a parameter. */
export function bound(
  fn: Fn,
  positional: readonly Thunk[],
  named: ReadonlyMap<string, Thunk>,
): (Thunk | undefined)[] {
  const { params } = fn
  if (positional.length > params.length)
    throw runtimeError(
      `Function expected ${params.length} positional argument(s), but got ${positional.length}`,
    )
  for (const name of named.keys()) {
    const at = params.findIndex(param => param.name === name)
    if (at < 0) throw runtimeError(`function has no parameter ${name}`)
    if (at < positional.length) throw runtimeError(`Argument ${name} already provided`)
  }
  return params.map(({ name, optional }, at) => {
    const given = positional[at] ?? named.get(name)
    if (!given && !optional) throw runtimeError(`Missing argument: ${name}`)
    return given
  })
}

/** For those who have their arguments at hand, like the library. */
export const apply = (fn: Fn, ...args: Thunk[]): Value => invoke(fn, bound(fn, args, new Map()))
