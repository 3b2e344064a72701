/** Functions and their calls. */

import { toFunction } from '../run/expect.js'
import { bound, invoke, TailCall } from '../run/functions.js'
import { type Code, Env, Fn, Thunk, type Value } from '../run/values.js'
import type { Node } from '../syntax/ast.js'
import { Scope } from './scope.js'

type Compile = (node: Node, scope: Scope, tail?: boolean) => Code

/** Defaults see the other parameters. */
export function compileFunction(
  { params, body }: Node & { kind: 'function' },
  scope: Scope,
  compile: Compile,
): Code {
  const inner = new Scope(
    params.map(({ name }) => name),
    scope,
  )
  const defaults = params.map(({ byDefault }) => byDefault && compile(byDefault, inner))
  const result = compile(body, inner, true)
  const declared = params.map(({ name, byDefault }) => ({ name, optional: byDefault !== undefined }))
  return up =>
    new Fn(declared, args => {
      const env = new Env([], up)
      args.forEach((arg, at) => {
        env.slots.push(arg ?? new Thunk(defaults[at] as Code, env))
      })
      return result(env)
    })
}

export function compileApply(
  node: Node & { kind: 'apply' },
  scope: Scope,
  tail: boolean,
  compile: Compile,
): Code {
  const target = compile(node.target, scope)
  const args = node.args.map(({ name, value }) => ({ name, code: compile(value, scope) }))
  return env => {
    const fn = toFunction(target(env))
    const positional: Thunk[] = []
    const named = new Map<string, Thunk>()
    for (const { name, code } of args) {
      const thunk = new Thunk(code, env)
      if (node.tailstrict) thunk.force()
      if (name === undefined) positional.push(thunk)
      else named.set(name, thunk)
    }
    const all = bound(fn, positional, named)
    // Whoever called the function that ends here goes on with it.
    return tail && node.tailstrict ? (new TailCall(fn, all) as unknown as Value) : invoke(fn, all)
  }
}
