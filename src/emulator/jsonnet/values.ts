import type { Json } from '../model.js'
import { JsonnetError } from './syntax.js'

/** What a program computes with. Arrays and fields hold thunks: nothing is computed before it is asked for. */
export type Value = null | boolean | number | string | JsonnetArray | JsonnetObject | JsonnetFunction

/** A value that is computed at most once. */
export class Thunk {
  #compute: (() => Value) | undefined
  #value: Value = null

  constructor(compute: () => Value) {
    this.#compute = compute
  }
  static of(value: Value): Thunk {
    return new Thunk(() => value)
  }
  get value(): Value {
    if (this.#compute) {
      const compute = this.#compute
      this.#compute = () => {
        throw new JsonnetError('a value depends on itself')
      }
      this.#value = compute()
      this.#compute = undefined
    }
    return this.#value
  }
}

export class JsonnetArray {
  readonly items: readonly Thunk[]
  constructor(items: readonly Thunk[]) {
    this.items = items
  }
  static of(values: readonly Value[]): JsonnetArray {
    return new JsonnetArray(values.map(Thunk.of))
  }
  values(): Value[] {
    return this.items.map(item => item.value)
  }
}

export interface Call {
  positional: Thunk[]
  named: Map<string, Thunk>
}
export class JsonnetFunction {
  readonly call: (args: Call) => Value
  readonly arity: number
  constructor(arity: number, call: (args: Call) => Value) {
    this.arity = arity
    this.call = call
  }
  apply(...values: Value[]): Value {
    return this.call({ positional: values.map(Thunk.of), named: new Map() })
  }
}

export interface Slot {
  visibility: 'default' | 'hidden' | 'forced'
  extends: boolean
  compute: (self: JsonnetObject, layer: number) => Value
}
export interface Layer {
  slots: Map<string, Slot>
  check?: (self: JsonnetObject, layer: number) => void
}

/** Layers of fields, the last one wins: `a + b` is the layers of both, with one `self`. */
export class JsonnetObject {
  readonly layers: readonly Layer[]
  readonly #known = new Map<string, Thunk>()
  #checked = false

  constructor(layers: readonly Layer[]) {
    this.layers = layers
  }

  /** All names, sorted as Jsonnet sorts them; hidden ones only if asked for. */
  names(hidden = false): string[] {
    const names = new Set(this.layers.flatMap(layer => [...layer.slots.keys()]))
    return [...names].filter(name => hidden || this.#isVisible(name)).sort((a, b) => (a < b ? -1 : 1))
  }
  #isVisible(name: string): boolean {
    const said = this.layers.map(layer => layer.slots.get(name)?.visibility)
    return said.findLast(visibility => visibility === 'hidden' || visibility === 'forced') !== 'hidden'
  }
  has(name: string, below: number = this.layers.length): boolean {
    return this.layers.slice(0, below).some(layer => layer.slots.has(name))
  }
  get(name: string): Value {
    this.#check()
    const known = this.#known.get(name) ?? new Thunk(() => this.#find(name, this.layers.length))
    this.#known.set(name, known)
    return known.value
  }
  /** The field as the layers below this one have it: `super`. */
  getBelow(name: string, below: number): Value {
    return this.#find(name, below)
  }
  #find(name: string, below: number): Value {
    for (let at = below - 1; at >= 0; at--) {
      const slot = this.layers[at]?.slots.get(name)
      if (!slot) continue
      const value = slot.compute(this, at)
      return slot.extends && this.has(name, at) ? plus(this.#find(name, at), value) : value
    }
    throw new JsonnetError(`field does not exist: ${name}`)
  }
  #check(): void {
    if (this.#checked) return
    this.#checked = true
    this.layers.forEach((layer, at) => {
      layer.check?.(this, at)
    })
  }
  toJson(): Json {
    this.#check()
    return Object.fromEntries(this.names().map(name => [name, toJson(this.get(name))]))
  }
}

export function typeOf(value: Value): string {
  if (value === null) return 'null'
  if (value instanceof JsonnetArray) return 'array'
  if (value instanceof JsonnetObject) return 'object'
  return value instanceof JsonnetFunction ? 'function' : typeof value
}

/** The operator `+` in all its meanings. */
export function plus(left: Value, right: Value): Value {
  if (typeof left === 'number' && typeof right === 'number') return left + right
  if (typeof left === 'string' || typeof right === 'string') return toText(left) + toText(right)
  if (left instanceof JsonnetArray && right instanceof JsonnetArray)
    return new JsonnetArray([...left.items, ...right.items])
  if (left instanceof JsonnetObject && right instanceof JsonnetObject)
    return new JsonnetObject([...left.layers, ...right.layers])
  throw new JsonnetError(`cannot add ${typeOf(left)} and ${typeOf(right)}`)
}

/** A value as JSON; functions have none. */
export function toJson(value: Value): Json {
  if (value instanceof JsonnetFunction) throw new JsonnetError('a function cannot become JSON')
  if (value instanceof JsonnetArray) return value.values().map(toJson)
  if (value instanceof JsonnetObject) return value.toJson()
  if (typeof value === 'number' && !Number.isFinite(value)) throw new JsonnetError('a number overflows')
  return value
}

/** JSON as a value. */
export function fromJson(json: Json): Value {
  if (json === null || typeof json !== 'object') return json
  if (Array.isArray(json)) return new JsonnetArray(json.map(item => new Thunk(() => fromJson(item))))
  const slots = Object.entries(json).map(([name, inner]): [string, Slot] => [
    name,
    { visibility: 'default', extends: false, compute: () => fromJson(inner) },
  ])
  return new JsonnetObject([{ slots: new Map(slots) }])
}

/** `std.toString`: text as it is, the rest as JSON with a space after `:` and `,`. */
export function toText(value: Value): string {
  return typeof value === 'string' ? value : spaced(toJson(value))
}
function spaced(json: Json): string {
  if (Array.isArray(json)) return json.length === 0 ? '[ ]' : `[${json.map(spaced).join(', ')}]`
  if (json === null || typeof json !== 'object') return JSON.stringify(json)
  const fields = Object.entries(json).map(([name, value]) => `${JSON.stringify(name)}: ${spaced(value)}`)
  return fields.length === 0 ? '{ }' : `{${fields.join(', ')}}`
}

export function equals(left: Value, right: Value): boolean {
  if (left instanceof JsonnetFunction || right instanceof JsonnetFunction)
    throw new JsonnetError('functions cannot be compared')
  return JSON.stringify(toJson(left)) === JSON.stringify(toJson(right))
}

/** For `<` and sorting: numbers, texts, and arrays of them. */
export function compare(left: Value, right: Value): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0
  if (left instanceof JsonnetArray && right instanceof JsonnetArray) {
    const length = Math.min(left.items.length, right.items.length)
    for (let i = 0; i < length; i++) {
      const order = compare(left.items[i]!.value, right.items[i]!.value)
      if (order !== 0) return order
    }
    return left.items.length - right.items.length
  }
  throw new JsonnetError(`cannot compare ${typeOf(left)} and ${typeOf(right)}`)
}
