import { binary, number, text, truth, unary } from './operators.js'
import {
  type Assertion,
  type Binding,
  type Clause,
  type Expression,
  JsonnetError,
  type Parameter,
} from './syntax.js'
import {
  type Call,
  JsonnetArray,
  JsonnetFunction,
  JsonnetObject,
  type Layer,
  type Slot,
  Thunk,
  toText,
  typeOf,
  type Value,
} from './values.js'

/** Names in scope, and the object one is in. */
export interface Scope {
  names: ReadonlyMap<string, Thunk>
  self?: JsonnetObject
  /** Layer of `self` the code stands in; `super` is what lies below. */
  layer?: number
  /** The outermost object: `$`. */
  root?: JsonnetObject
}

/** The value of an expression; inner values wait until they are asked for. */
export function evaluate(expression: Expression, scope: Scope): Value {
  const later = (inner: Expression): Thunk => new Thunk(() => evaluate(inner, scope))
  switch (expression.kind) {
    case 'literal':
      return expression.value
    case 'name':
      return lookUp(expression.name, scope)
    case 'self':
      return inObject(scope.self, 'self')
    case 'root':
      return inObject(scope.root, '$')
    case 'super':
      throw new JsonnetError('"super" is used without a field')
    case 'array':
      return new JsonnetArray(expression.items.map(later))
    case 'arrayComprehension':
      return new JsonnetArray(
        scopesOf(expression.clauses, scope).map(inner => new Thunk(() => evaluate(expression.item, inner))),
      )
    case 'object':
    case 'objectComprehension':
      return new JsonnetObject([layerOf(expression, scope)])
    case 'index':
      return index(expression.target, expression.index, scope)
    case 'slice':
      return slice(
        evaluate(expression.target, scope),
        expression.bounds.map(bound => bound && evaluate(bound, scope)),
      )
    case 'call':
      return call(expression, scope)
    case 'function':
      return functionOf(expression.parameters, expression.body, scope)
    case 'local':
      return evaluate(expression.body, bind(expression.bindings, scope))
    case 'if':
      if (truth(evaluate(expression.condition, scope))) return evaluate(expression.then, scope)
      return expression.else ? evaluate(expression.else, scope) : null
    case 'unary':
      return unary(expression.operator, evaluate(expression.operand, scope))
    case 'binary':
      if (expression.operator === 'in' && expression.right.kind === 'super')
        return inObject(scope.self, 'super').has(text(evaluate(expression.left, scope)), scope.layer)
      return binary(expression.operator, evaluate(expression.left, scope), later(expression.right))
    case 'assert':
      check(expression.assertion, scope)
      return evaluate(expression.body, scope)
    case 'error':
      throw new JsonnetError(toText(evaluate(expression.message, scope)))
  }
}

function lookUp(name: string, { names }: Scope): Value {
  const found = names.get(name)
  if (!found) throw new JsonnetError(`unknown name: ${name}`)
  return found.value
}

function inObject(object: JsonnetObject | undefined, word: string): JsonnetObject {
  if (!object) throw new JsonnetError(`"${word}" is used outside an object`)
  return object
}

function check({ condition, message }: Assertion, scope: Scope): void {
  if (truth(evaluate(condition, scope))) return
  throw new JsonnetError(message ? toText(evaluate(message, scope)) : 'assertion failed')
}

/** Names may refer to each other, so all are in scope before the first is computed. */
function bind(bindings: readonly Binding[], scope: Scope): Scope {
  const names = new Map(scope.names)
  const inner = { ...scope, names }
  for (const { name, value } of bindings) names.set(name, new Thunk(() => evaluate(value, inner)))
  return inner
}

function index(target: Expression, key: Expression, scope: Scope): Value {
  if (target.kind === 'super')
    return inObject(scope.self, 'super').getBelow(text(evaluate(key, scope)), scope.layer ?? 0)
  return at(evaluate(target, scope), evaluate(key, scope))
}

function at(target: Value, key: Value): Value {
  if (target instanceof JsonnetObject) return target.get(text(key))
  if (typeof target === 'string') return [...target][number(key)] ?? outside(key)
  if (target instanceof JsonnetArray) return (target.items[number(key)] ?? outside(key)).value
  throw new JsonnetError(`${typeOf(target)} has no field ${toText(key)}`)
}
function outside(key: Value): never {
  throw new JsonnetError(`index out of bounds: ${toText(key)}`)
}

function slice(target: Value, [from, to, step]: (Value | undefined)[]): Value {
  const items =
    typeof target === 'string' ? [...target] : target instanceof JsonnetArray ? target.items : undefined
  if (!items) throw new JsonnetError(`${typeOf(target)} cannot be sliced`)
  const end = (to ?? null) === null ? items.length : number(to!)
  const every = (step ?? null) === null ? 1 : number(step!)
  const taken = [...items]
    .slice((from ?? null) === null ? 0 : number(from!), end)
    .filter((_, i) => i % every === 0)
  return typeof target === 'string' ? taken.join('') : new JsonnetArray(taken as Thunk[])
}

function call({ target, args }: Extract<Expression, { kind: 'call' }>, scope: Scope): Value {
  const callee = evaluate(target, scope)
  if (!(callee instanceof JsonnetFunction)) throw new JsonnetError(`${typeOf(callee)} cannot be called`)
  const thunks = args.map(({ name, value }) => ({ name, thunk: new Thunk(() => evaluate(value, scope)) }))
  return callee.call({
    positional: thunks.filter(({ name }) => name === undefined).map(({ thunk }) => thunk),
    named: new Map(thunks.flatMap(({ name, thunk }) => (name === undefined ? [] : [[name, thunk] as const]))),
  })
}

function functionOf(parameters: readonly Parameter[], body: Expression, scope: Scope): JsonnetFunction {
  return new JsonnetFunction(parameters.length, args => {
    const names = new Map(scope.names)
    const inner = { ...scope, names }
    parameters.forEach((parameter, i) => {
      names.set(parameter.name, argument(parameter, i, args, inner))
    })
    return evaluate(body, inner)
  })
}
function argument(
  { name, fallback }: Parameter,
  i: number,
  { positional, named }: Call,
  scope: Scope,
): Thunk {
  const given = positional[i] ?? named.get(name)
  if (given) return given
  if (!fallback) throw new JsonnetError(`missing argument: ${name}`)
  return new Thunk(() => evaluate(fallback, scope))
}

/** One scope for each round of `for … for … if …`. */
function scopesOf(clauses: readonly Clause[], scope: Scope): Scope[] {
  return clauses.reduce<Scope[]>(
    (scopes, clause) =>
      clause.kind === 'if'
        ? scopes.filter(inner => truth(evaluate(clause.condition, inner)))
        : scopes.flatMap(inner =>
            listOf(clause.list, inner).map(item => ({
              ...inner,
              names: new Map(inner.names).set(clause.name, item),
            })),
          ),
    [scope],
  )
}
function listOf(list: Expression, scope: Scope): readonly Thunk[] {
  const value = evaluate(list, scope)
  if (!(value instanceof JsonnetArray)) throw new JsonnetError(`"for" needs an array, not ${typeOf(value)}`)
  return value.items
}

type ObjectExpression = Extract<Expression, { kind: 'object' | 'objectComprehension' }>

/** Fields see `self` as it is in the end, after all `+`; their names are computed outside the object. */
function layerOf(expression: ObjectExpression, scope: Scope): Layer {
  const slots = new Map<string, Slot>()
  const within = (outer: Scope, self: JsonnetObject, layer: number): Scope =>
    bind(expression.locals, { ...outer, self, layer, root: outer.root ?? self })
  const add = (name: Value, value: Expression, outer: Scope, rest: Omit<Slot, 'compute'>): void => {
    // A name that is null leaves the field out: `[if x then 'name']: …`.
    if (name === null) return
    slots.set(text(name), { ...rest, compute: (self, layer) => evaluate(value, within(outer, self, layer)) })
  }
  if (expression.kind === 'objectComprehension') {
    for (const inner of scopesOf(expression.clauses, scope))
      add(evaluate(expression.name, inner), expression.value, inner, {
        visibility: 'default',
        extends: false,
      })
    return { slots }
  }
  for (const { name, value, visibility, extends: adds } of expression.fields)
    add(evaluate(name, scope), value, scope, { visibility, extends: adds })
  const { assertions } = expression
  return {
    slots,
    check: (self, layer) => {
      for (const assertion of assertions) check(assertion, within(scope, self, layer))
    },
  }
}
