/** Faults on purpose: slow answers and errors, to see how an app takes them. */

export interface Fault {
  id: number
  /** A path, or with `*` at its end everything below it. */
  path: string
  /** Every method without it. */
  method?: string
  /** How often it happens still; always without it. */
  count?: number
  /** Milliseconds. */
  delay?: number
  /** Instead of the answer; without it, the answer comes late but as it would. */
  status?: number
}

/** What faults can be set up for; the tools to take them away again stay reachable. */
export const FAULTY: RegExp = /^\/(self-service|sessions|schemas|health|\.well-known)(\/|$|\*)/

export class Faults {
  #next = 1
  readonly #faults = new Map<number, Fault>()

  list(): Fault[] {
    return [...this.#faults.values()]
  }
  add(fault: Omit<Fault, 'id'>): Fault {
    const added = { id: this.#next++, ...fault }
    this.#faults.set(added.id, added)
    return added
  }
  remove(id: number): boolean {
    return this.#faults.delete(id)
  }
  clear(): void {
    this.#faults.clear()
  }
  /** The fault that this request meets; it counts. */
  meet(method: string, path: string): Fault | undefined {
    if (this.#faults.size === 0 || !FAULTY.test(path)) return undefined
    const fault = this.list().find(one => (one.method ?? method) === method && covers(one.path, path))
    if (fault?.count !== undefined) {
      fault.count -= 1
      if (fault.count <= 0) this.#faults.delete(fault.id)
    }
    return fault
  }
}

function covers(pattern: string, path: string): boolean {
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : pattern === path
}
