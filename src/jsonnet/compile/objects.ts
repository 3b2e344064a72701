/** Objects, and what `for` makes of lists. */

import { JsonnetError, type Place, runtimeError } from '../error.js'
import { step } from '../run/budget.js'
import { toArray, toBoolean } from '../run/expect.js'
import { asText } from '../run/manifest.js'
import { plus } from '../run/operators.js'
import { type Code, Env, type Field, type Layer, Obj, Thunk, typeOf, type Value } from '../run/values.js'
import type { AssertNode, Bind, Clause, FieldNode, Node } from '../syntax/ast.js'
import { Scope } from './scope.js'

type Compile = (node: Node, scope: Scope, tail?: boolean) => Code

/** One frame for each time the braces are part of an object: `$` and the locals, which see `self`. */
type Frames = (self: Obj, layer: number) => Env

function innerScope(locals: readonly Bind[], scope: Scope): Scope {
  const names = locals.map(({ name }) => name)
  return new Scope(scope.has('$') ? names : [...names, '$'], scope, true)
}

function framesOf(codes: readonly Code[], isOutermost: boolean, up: Env): Frames {
  const known = new WeakMap<Obj, Map<number, Env>>()
  return (self, layer) => {
    const ofSelf = known.get(self) ?? new Map<number, Env>()
    known.set(self, ofSelf)
    const existing = ofSelf.get(layer)
    if (existing) return existing
    const env = new Env([], up, self, layer)
    for (const code of codes) env.slots.push(new Thunk(code, env))
    if (isOutermost) env.slots.push(Thunk.of(self))
    ofSelf.set(layer, env)
    return env
  }
}

interface CompiledField {
  node: FieldNode
  name: Code
  value: Code
}
function compileField(node: FieldNode, outer: Scope, inner: Scope, compile: Compile): CompiledField {
  return { node, name: compile(node.name, outer), value: compile(node.value, inner) }
}

/** `a+: e` adds to what a layer below has under this name. */
function fieldOf({ node, value }: CompiledField, name: string, frames: Frames): Field {
  const own = (self: Obj, layer: number): Value => value(frames(self, layer))
  const sum = (self: Obj, layer: number): Value => {
    if (self.find(name, layer) < 0) return own(self, layer)
    return at(node.place, () => plus(self.get(name, layer), own(self, layer)))
  }
  return { visibility: node.visibility, value: node.plus ? sum : own }
}

function at<T>(place: Place, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof JsonnetError) error.place ??= place
    throw error
  }
}

function add(fields: Map<string, Field>, compiled: CompiledField, env: Env, frames: Frames): void {
  const name = compiled.name(env)
  if (name === null) return
  if (typeof name !== 'string') throw runtimeError(`Field name must be string, got ${typeOf(name)}`)
  if (fields.has(name)) throw runtimeError(`Duplicate field name: ${JSON.stringify(name)}`)
  fields.set(name, fieldOf(compiled, name, frames))
}

export function compileObject(node: Node & { kind: 'object' }, scope: Scope, compile: Compile): Code {
  const inner = innerScope(node.locals, scope)
  const isOutermost = inner.names.includes('$')
  const locals = node.locals.map(({ value }) => compile(value, inner))
  const fields = node.fields.map(field => compileField(field, scope, inner, compile))
  const asserts = node.asserts.map(assert => compileAssert(assert, inner, compile))
  return env => {
    const frames = framesOf(locals, isOutermost, env)
    const layer: Layer = {
      fields: new Map(),
      asserts: asserts.map(check => (self: Obj, at: number) => check(frames(self, at))),
    }
    step(fields.length)
    for (const field of fields) add(layer.fields, field, env, frames)
    return new Obj([layer])
  }
}

function compileAssert(
  { condition, message, place }: AssertNode,
  scope: Scope,
  compile: Compile,
): (env: Env) => void {
  const holds = compile(condition, scope)
  const reason = message && compile(message, scope)
  return env =>
    at(place, () => {
      if (!toBoolean(holds(env)))
        throw runtimeError(reason ? asText(reason(env)) : 'Object assertion failed.')
    })
}

/** Every combination that passes the conditions, as a frame of its own. */
function loops(
  clauses: readonly Clause[],
  scope: Scope,
  compile: Compile,
): { inner: Scope; each: (env: Env) => Env[] } {
  let inner = scope
  const narrow = clauses.map(clause => {
    if (clause.kind === 'if') {
      const test = compile(clause.condition, inner)
      return (env: Env): Env[] => (toBoolean(test(env)) ? [env] : [])
    }
    const list = compile(clause.of, inner)
    inner = new Scope([clause.name], inner)
    return (env: Env): Env[] => {
      const elements = toArray(list(env))
      step(elements.length)
      return elements.map(element => new Env([element], env))
    }
  })
  return { inner, each: env => narrow.reduce((envs, clause) => envs.flatMap(clause), [env]) }
}

export function compileArrayComprehension(
  { element, clauses }: Node & { kind: 'array-comprehension' },
  scope: Scope,
  compile: Compile,
): Code {
  const { inner, each } = loops(clauses, scope, compile)
  const code = compile(element, inner)
  return env => each(env).map(one => new Thunk(code, one))
}

export function compileObjectComprehension(
  { field, locals, clauses }: Node & { kind: 'object-comprehension' },
  scope: Scope,
  compile: Compile,
): Code {
  const { inner: loop, each } = loops(clauses, scope, compile)
  const inner = innerScope(locals, loop)
  const isOutermost = inner.names.includes('$')
  const codes = locals.map(({ value }) => compile(value, inner))
  const compiled = compileField(field, loop, inner, compile)
  return env => {
    const layer: Layer = { fields: new Map(), asserts: [] }
    for (const one of each(env)) add(layer.fields, compiled, one, framesOf(codes, isOutermost, one))
    return new Obj([layer])
  }
}
