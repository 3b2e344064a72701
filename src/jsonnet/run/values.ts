/** What programs compute with. Texts are JavaScript's, counted by code points where it shows. */

import { runtimeError } from '../error.js'
import type { Visibility } from '../syntax/ast.js'
import { enter, leave } from './budget.js'

export type Value = null | boolean | number | string | Thunk[] | Obj | Fn
export type Code = (env: Env) => Value

/** Names in force at a place: one frame a scope, numbered by the compiler. */
export class Env {
  readonly slots: Thunk[]
  readonly up: Env | undefined
  readonly self: Obj | undefined
  /** In which of the object's layers we are: `super` is what is below. */
  readonly layer: number

  constructor(
    slots: Thunk[],
    up: Env | undefined,
    self: Obj | undefined = up?.self,
    layer: number = up?.layer ?? 0,
  ) {
    this.slots = slots
    this.up = up
    this.self = self
    this.layer = layer
  }
}

/** Computed when first asked for, and once. */
export class Thunk {
  #code: ((env: Env) => Value) | undefined
  #env: Env | undefined
  #value: Value = null

  constructor(code: Code, env: Env) {
    this.#code = code
    this.#env = env
  }
  static of(value: Value): Thunk {
    const thunk = new Thunk(NOTHING, EMPTY)
    thunk.#code = undefined
    thunk.#value = value
    return thunk
  }
  static later(compute: () => Value): Thunk {
    return new Thunk(compute, EMPTY)
  }
  force(): Value {
    if (!this.#code) return this.#value
    enter()
    this.#value = this.#code(this.#env as Env)
    leave()
    this.#code = this.#env = undefined
    return this.#value
  }
}
const EMPTY = new Env([], undefined)
const NOTHING: Code = () => null

export interface FnParam {
  name: string
  optional: boolean
}
/** A function; `call` gets one thunk a parameter, undefined where nothing was given. */
export class Fn {
  readonly params: readonly FnParam[]
  readonly call: (args: (Thunk | undefined)[]) => Value

  constructor(params: readonly FnParam[], call: (args: (Thunk | undefined)[]) => Value) {
    this.params = params
    this.call = call
  }
}

export interface Field {
  visibility: Visibility
  value: (self: Obj, layer: number) => Value
}
/** One pair of braces; `a + b` is an object with the layers of both. */
export interface Layer {
  fields: Map<string, Field>
  /** Each throws where it does not hold. */
  asserts: ((self: Obj, layer: number) => void)[]
}

export class Obj {
  readonly layers: readonly Layer[]
  #cache = new Map<string, Value>()
  #checked = false

  constructor(layers: readonly Layer[]) {
    this.layers = layers
  }

  /** The layer that has it, from `top` down; -1 for none. */
  find(name: string, top: number = this.layers.length): number {
    for (let at = top - 1; at >= 0; at--) if (this.layers[at]?.fields.has(name)) return at
    return -1
  }

  get(name: string, top: number = this.layers.length): Value {
    const at = this.find(name, top)
    this.check()
    if (at < 0) throw runtimeError(`Field does not exist: ${name}`)
    const key = `${at}:${name}`
    const known = this.#cache.get(key)
    if (known !== undefined) return known
    const field = this.layers[at]?.fields.get(name) as Field
    enter()
    const value = field.value(this, at)
    leave()
    this.#cache.set(key, value)
    return value
  }

  /** Its assertions, when it is first looked into. */
  check(): void {
    if (this.#checked) return
    this.#checked = true
    for (let at = this.layers.length - 1; at >= 0; at--) {
      for (const assert of this.layers[at]?.asserts ?? []) assert(this, at)
    }
  }

  isVisible(name: string): boolean {
    for (let at = this.layers.length - 1; at >= 0; at--) {
      const visibility = this.layers[at]?.fields.get(name)?.visibility
      if (visibility === '::') return false
      if (visibility === ':::') return true
    }
    return true
  }

  /** In the order of code points. */
  names(hidden: boolean): string[] {
    const all = new Set(this.layers.flatMap(layer => [...layer.fields.keys()]))
    return [...all].filter(name => hidden || this.isVisible(name)).sort(compareText)
  }
}

/** By code points, which is not the order of UTF-16. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    if (a.charCodeAt(at) !== b.charCodeAt(at)) return whole(a.charCodeAt(at)) - whole(b.charCodeAt(at))
  }
  return a.length - b.length
}
/** Half of a pair is above everything that is one unit. */
const whole = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit)

export type TypeName = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object' | 'function'
export function typeOf(value: Value): TypeName {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (value instanceof Fn) return 'function'
  return value instanceof Obj ? 'object' : (typeof value as 'boolean' | 'number' | 'string')
}
