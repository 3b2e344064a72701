/** The emulator's time: that of the machine, moved or stopped for a test. */
export class Clock {
  readonly #machine: () => number
  #offset = 0
  #frozenAt: number | undefined

  /** @param machine milliseconds since 1970 */
  constructor(machine: () => number) {
    this.#machine = machine
  }

  now(): number {
    return this.#frozenAt ?? this.#machine() + this.#offset
  }
  get frozen(): boolean {
    return this.#frozenAt !== undefined
  }
  /** How far this clock is ahead of the machine's. */
  get offset(): number {
    return this.#frozenAt === undefined ? this.#offset : this.#frozenAt - this.#machine()
  }
  advance(ms: number): void {
    // Not by `set`: between two looks at the machine's time, a millisecond may go by.
    this.#offset += ms
    if (this.#frozenAt !== undefined) this.#frozenAt += ms
  }
  set(time: number): void {
    this.#offset = time - this.#machine()
    if (this.frozen) this.#frozenAt = time
  }
  freeze(): void {
    this.#frozenAt = this.now()
  }
  /** Lets time go on from where it was stopped. */
  resume(): void {
    const time = this.now()
    this.#frozenAt = undefined
    this.set(time)
  }
  /** Back to the machine's time. */
  reset(): void {
    this.#frozenAt = undefined
    this.#offset = 0
  }
}

export const isoTime = (ms: number): string => new Date(ms).toISOString()
