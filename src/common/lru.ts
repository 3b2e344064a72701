/** A map that forgets what was used the longest time ago, once all of it weighs too much. */
export class LruMap<K, V> {
  readonly #entries = new Map<K, V>()
  readonly #max: number
  readonly #weigh: (key: K, value: V) => number
  #weight = 0
  /** Used last: to move it again would make the Map grow and be packed anew, request by request. */
  #newest: K | undefined

  /**
   * @param max what all entries may weigh together; a heavier single one is not kept
   * @param weigh must not change while an entry is in the map
   */
  constructor(max: number, weigh: (key: K, value: V) => number) {
    this.#max = max
    this.#weigh = weigh
  }

  get size(): number {
    return this.#entries.size
  }

  get(key: K): V | undefined {
    const value = this.#entries.get(key)
    if (value === undefined || key === this.#newest) return value
    this.#newest = key
    this.#entries.delete(key) // a Map keeps the order of insertion: this makes it the newest
    this.#entries.set(key, value)
    return value
  }

  set(key: K, value: V): void {
    this.delete(key)
    this.#entries.set(key, value)
    this.#newest = key
    this.#weight += this.#weigh(key, value)
    for (const oldest of this.#entries.keys()) {
      if (this.#weight <= this.#max) return
      this.delete(oldest)
    }
  }

  delete(key: K): void {
    const value = this.#entries.get(key)
    if (value === undefined) return
    this.#entries.delete(key)
    this.#weight -= this.#weigh(key, value)
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.#entries.entries()
  }

  clear(): void {
    this.#entries.clear()
    this.#weight = 0
  }
}
