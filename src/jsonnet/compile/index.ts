/** From a tree to a function that computes it. What is wrong with names is said here, before anything runs. */

import { JsonnetError, type Place, runtimeError } from '../error.js'
import { toBoolean, toInteger, toText } from '../run/expect.js'
import { asText } from '../run/manifest.js'
import { BINARY, UNARY } from '../run/operators.js'
import { sliced } from '../run/slice.js'
import { type Code, Env, Obj, Thunk, typeOf, type Value } from '../run/values.js'
import type { AssertNode, Bind, Node } from '../syntax/ast.js'
import { compileApply, compileFunction } from './functions.js'
import { compileArrayComprehension, compileObject, compileObjectComprehension } from './objects.js'
import { Scope } from './scope.js'

/** Compiles what is inside; `tail`: the function it is in ends with it. */
export type Compile = (node: Node, scope: Scope, tail?: boolean) => Code

export const compile: Compile = (node, scope, tail = false) =>
  placed(node.place, compileNode(node, scope, tail))

/** The innermost expression that fails is the one an error names. */
function placed(place: Place, code: Code): Code {
  return env => {
    try {
      return code(env)
    } catch (error) {
      if (error instanceof JsonnetError) error.place ??= place
      throw error
    }
  }
}

function compileNode(node: Node, scope: Scope, tail: boolean): Code {
  switch (node.kind) {
    case 'literal':
      return literal(node.value)
    case 'variable':
      return variable(node.name, scope, node.place)
    case 'dollar':
      return variable('$', scope, node.place)
    case 'self':
      requireObject('self', scope, node.place)
      return ({ self }) => self as Obj
    case 'super':
      return compileSuper(node.index, scope, node.place)
    case 'in-super':
      return compileInSuper(node.name, scope, node.place)
    case 'array':
      return compileArray(node.elements, scope)
    case 'array-comprehension':
      return compileArrayComprehension(node, scope, compile)
    case 'object':
      return compileObject(node, scope, compile)
    case 'object-comprehension':
      return compileObjectComprehension(node, scope, compile)
    case 'apply':
      return compileApply(node, scope, tail, compile)
    case 'function':
      return compileFunction(node, scope, compile)
    default:
      return compileControl(node, scope, tail)
  }
}

function compileControl(node: Node, scope: Scope, tail: boolean): Code {
  switch (node.kind) {
    case 'index':
      return compileIndex(compile(node.target, scope), compile(node.index, scope))
    case 'slice':
      return compileSlice(node.target, node.bounds, scope)
    case 'binary':
      return compileBinary(node, scope)
    case 'unary': {
      const operand = compile(node.operand, scope)
      const run = UNARY[node.operator]
      return env => run(operand(env))
    }
    case 'if':
      return compileIf(node, scope, tail)
    case 'local':
      return compileLocal(node.binds, node.body, scope, tail)
    case 'error':
      return compileError(compile(node.message, scope))
    case 'assert':
      return compileAssert(node, scope, tail)
    case 'import':
      return () => {
        throw runtimeError(`import not available ${node.path}`)
      }
    default:
      throw new Error(`no such expression: ${node.kind}`)
  }
}

function literal(value: null | boolean | number | string): Code {
  if (typeof value !== 'number' || Number.isFinite(value)) return () => value
  return () => {
    throw runtimeError('overflow')
  }
}

function variable(name: string, scope: Scope, place: Place): Code {
  const lookup = scope.lookup(name)
  if (!lookup && name === '$') throw new JsonnetError('static', 'No top-level object found.', place)
  if (!lookup) throw new JsonnetError('static', `Unknown variable: ${name}`, place)
  return env => lookup(env).force()
}

function requireObject(word: string, { inObject }: Scope, place: Place): void {
  if (!inObject) throw new JsonnetError('static', `Can't use ${word} outside of an object.`, place)
}

function compileSuper(index: Node, scope: Scope, place: Place): Code {
  requireObject('super', scope, place)
  const name = compile(index, scope)
  return env => {
    const { self, layer } = env
    const key = toText(name(env))
    if (layer === 0) throw runtimeError('Attempt to use super when there is no super class.')
    return (self as Obj).get(key, layer)
  }
}

function compileInSuper(node: Node, scope: Scope, place: Place): Code {
  requireObject('super', scope, place)
  const name = compile(node, scope)
  return env => (env.self as Obj).find(toText(name(env)), env.layer) >= 0
}

function compileArray(elements: readonly Node[], scope: Scope): Code {
  const codes = elements.map(element => compile(element, scope))
  return env => codes.map(code => new Thunk(code, env))
}

function compileIndex(target: Code, index: Code): Code {
  return env => {
    const whole = target(env)
    const key = index(env)
    if (whole instanceof Obj) return whole.get(toText(key))
    if (Array.isArray(whole)) return (element(whole, key) as Thunk).force()
    if (typeof whole === 'string')
      return element(/[\ud800-\udfff]/.test(whole) ? [...whole] : whole, key) as string
    throw runtimeError(`Value non indexable: ${typeOf(whole)}`)
  }
}

function element(list: ArrayLike<Thunk | string>, key: Value): Thunk | string {
  const at = toInteger(key)
  const found = list[at]
  if (found === undefined) throw runtimeError(`Index ${at} out of bounds, not within [0, ${list.length})`)
  return found
}

function compileSlice(target: Node, bounds: readonly (Node | undefined)[], scope: Scope): Code {
  const whole = compile(target, scope)
  const codes = bounds.map(bound => bound && compile(bound, scope))
  return env => {
    const value = whole(env)
    const [from, to, step] = codes.map(code => code?.(env) ?? null)
    return sliced(value, from ?? null, to ?? null, step ?? null)
  }
}

function compileBinary(node: Node & { kind: 'binary' }, scope: Scope): Code {
  const left = compile(node.left, scope)
  const right = compile(node.right, scope)
  const { operator } = node
  if (operator === '&&') return env => toBoolean(left(env)) && toBoolean(right(env))
  if (operator === '||') return env => toBoolean(left(env)) || toBoolean(right(env))
  const run = BINARY[operator]
  return env => run(left(env), right(env))
}

function compileIf({ condition, yes, no }: Node & { kind: 'if' }, scope: Scope, tail: boolean): Code {
  const test = compile(condition, scope)
  const then = compile(yes, scope, tail)
  const otherwise = no && compile(no, scope, tail)
  return env => (toBoolean(test(env)) ? then(env) : otherwise ? otherwise(env) : null)
}

/** The names see each other. */
export function bindLocals(binds: readonly Bind[], scope: Scope): (env: Env) => void {
  const codes = binds.map(({ value }) => compile(value, scope))
  return env => {
    for (const code of codes) env.slots.push(new Thunk(code, env))
  }
}

function compileLocal(binds: readonly Bind[], body: Node, scope: Scope, tail: boolean): Code {
  const inner = new Scope(
    binds.map(({ name }) => name),
    scope,
  )
  const bind = bindLocals(binds, inner)
  const rest = compile(body, inner, tail)
  return up => {
    const env = new Env([], up)
    bind(env)
    return rest(env)
  }
}

function compileError(message: Code): Code {
  return env => {
    throw runtimeError(asText(message(env)))
  }
}

/** Throws where the condition does not hold. */
export function compileCheck({ condition, message }: AssertNode, scope: Scope): (env: Env) => void {
  const holds = compile(condition, scope)
  const reason = message && compile(message, scope)
  return env => {
    if (!toBoolean(holds(env))) throw runtimeError(reason ? asText(reason(env)) : 'Assertion failed')
  }
}

function compileAssert({ check, rest }: Node & { kind: 'assert' }, scope: Scope, tail: boolean): Code {
  const test = compileCheck(check, scope)
  const then = compile(rest, scope, tail)
  return env => {
    test(env)
    return then(env)
  }
}
