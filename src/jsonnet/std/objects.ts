import { runtimeError } from '../error.js'
import { toBoolean, toFunction, toObject, toText } from '../run/expect.js'
import { apply } from '../run/functions.js'
import { equals } from '../run/operators.js'
import { Obj, Thunk, typeOf, type Value } from '../run/values.js'
import { given, type Library, made, object } from './define.js'

const names = (obj: Thunk, hidden: boolean): string[] => toObject(obj.force()).names(hidden)
const lazily = (obj: Obj, name: string): Thunk => Thunk.later(() => obj.get(name))

function values(obj: Thunk, hidden: boolean): Thunk[] {
  const whole = toObject(obj.force())
  return whole.names(hidden).map(name => lazily(whole, name))
}
function pairs(obj: Thunk, hidden: boolean): Value {
  const whole = toObject(obj.force())
  return made(
    whole.names(hidden).map(name =>
      object([
        ['key', Thunk.of(name)],
        ['value', lazily(whole, name)],
      ]),
    ),
  )
}
function has(obj: Thunk, name: Thunk, hidden: boolean): boolean {
  const whole = toObject(obj.force())
  const key = toText(name.force())
  return whole.find(key) >= 0 && (hidden || whole.isVisible(key))
}

/** RFC 7396. */
function patched(target: Value, patch: Value): Value {
  if (!(patch instanceof Obj)) return patch
  const base = target instanceof Obj ? target : object([])
  const kept = base.names(false)
  const changed = patch.names(false)
  const removed = new Set(changed.filter(name => patch.get(name) === null))
  const all = [...new Set([...kept, ...changed])].filter(name => !removed.has(name))
  return object(
    all.map(name => {
      if (!changed.includes(name)) return [name, lazily(base, name)]
      const before = kept.includes(name) ? () => base.get(name) : () => null
      return [name, Thunk.later(() => patched(before(), patch.get(name)))]
    }),
  )
}

/** Without what is null or empty, at every depth. */
function pruned(value: Value): Value {
  if (Array.isArray(value))
    return made(
      value
        .map(thunk => thunk.force())
        .filter(full)
        .map(pruned),
    )
  if (!(value instanceof Obj)) return value
  const kept = value.names(false).filter(name => full(value.get(name)))
  return object(kept.map(name => [name, Thunk.later(() => pruned(value.get(name)))]))
}
function full(value: Value): boolean {
  const inner = pruned(value)
  if (Array.isArray(inner)) return inner.length > 0
  return inner instanceof Obj ? inner.names(false).length > 0 : inner !== null
}

function get(o: Thunk, f: Thunk, byDefault: Thunk | undefined, hidden: Thunk | undefined): Value {
  const whole = toObject(o.force())
  const name = toText(f.force())
  const there = whole.find(name) >= 0 && (toBoolean(given(hidden, true)) || whole.isVisible(name))
  return there ? whole.get(name) : given(byDefault, null)
}

function without(obj: Thunk, key: Thunk): Value {
  const whole = toObject(obj.force())
  const name = toText(key.force())
  const kept = whole.names(true).filter(other => other !== name)
  const visible = new Set(whole.names(false))
  const shown = object(kept.filter(one => visible.has(one)).map(one => [one, lazily(whole, one)]))
  const hidden = object(
    kept.filter(one => !visible.has(one)).map(one => [one, lazily(whole, one)]),
    '::',
  )
  return new Obj([...shown.layers, ...hidden.layers])
}

const is = (type: string): Library[string] => ['v', v => typeOf((v as Thunk).force()) === type]

export const OBJECTS: Library = {
  assertEqual: [
    'a b',
    (a, b) => {
      if (equals(a.force(), b.force())) return true
      throw runtimeError('Assertion failed. The two values are not equal')
    },
  ],
  equals: ['x y', (x, y) => equals(x.force(), y.force())],
  get: ['o f default? inc_hidden?', get],
  isArray: is('array'),
  isBoolean: is('boolean'),
  isFunction: is('function'),
  isNull: is('null'),
  isNumber: is('number'),
  isObject: is('object'),
  isString: is('string'),
  mapWithKey: [
    'func obj',
    (func, obj) => {
      const callee = toFunction(func.force())
      const whole = toObject(obj.force())
      return object(
        whole
          .names(false)
          .map(name => [name, Thunk.later(() => apply(callee, Thunk.of(name), lazily(whole, name)))]),
      )
    },
  ],
  mergePatch: ['target patch', (target, patch) => patched(target.force(), patch.force())],
  objectFields: ['o', o => made(names(o, false))],
  objectFieldsAll: ['o', o => made(names(o, true))],
  objectFieldsEx: ['obj hidden', (obj, hidden) => made(names(obj, toBoolean(hidden.force())))],
  objectHas: ['o f', (o, f) => has(o, f, false)],
  objectHasAll: ['o f', (o, f) => has(o, f, true)],
  objectHasEx: ['obj fname hidden', (obj, name, hidden) => has(obj, name, toBoolean(hidden.force()))],
  objectKeysValues: ['o', o => pairs(o, false)],
  objectKeysValuesAll: ['o', o => pairs(o, true)],
  objectRemoveKey: ['obj key', without],
  objectValues: ['o', o => values(o, false)],
  objectValuesAll: ['o', o => values(o, true)],
  primitiveEquals: [
    'x y',
    (x, y) => {
      const [a, b] = [x.force(), y.force()]
      if (typeof a === 'object' && a !== null && typeOf(a) === typeOf(b))
        throw runtimeError(`primitiveEquals operates on primitive types, got ${typeOf(a)}`)
      return typeOf(a) === typeOf(b) && a === b
    },
  ],
  prune: ['a', a => pruned(a.force())],
  type: ['x', x => typeOf(x.force())],
}
