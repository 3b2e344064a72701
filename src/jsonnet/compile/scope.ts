/** Names while a program is compiled: where each will be found when it runs. */

import type { Env, Thunk } from '../run/values.js'

export class Scope {
  readonly names: readonly string[]
  readonly up: Scope | undefined
  readonly inObject: boolean

  constructor(names: readonly string[], up?: Scope, inObject: boolean = up?.inObject ?? false) {
    this.names = names
    this.up = up
    this.inObject = inObject
  }

  has(name: string): boolean {
    return this.names.includes(name) || (this.up?.has(name) ?? false)
  }

  /** How to reach it from an {@link Env} made for this scope; undefined for a name that nobody gave. */
  lookup(name: string): ((env: Env) => Thunk) | undefined {
    let hops = 0
    for (let scope: Scope | undefined = this; scope; scope = scope.up, hops++) {
      const slot = scope.names.indexOf(name)
      if (slot >= 0) return found(hops, slot)
    }
    return undefined
  }
}

function found(hops: number, slot: number): (env: Env) => Thunk {
  return env => {
    let at = env
    for (let hop = 0; hop < hops; hop++) at = at.up as Env
    return at.slots[slot] as Thunk
  }
}
