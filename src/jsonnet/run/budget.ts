/** How much a program may use. One runs at a time: evaluation never waits for anything. */

import { JsonnetError, runtimeError } from '../error.js'

export interface Limits {
  /** Thunks forced, functions called and elements made. */
  readonly steps: number
  /** Calls within calls; go-jsonnet has the same 500. */
  readonly depth: number
  /** Characters of the result, and of any text on the way. */
  readonly output: number
}
export const DEFAULT_LIMITS: Limits = { steps: 5_000_000, depth: 500, output: 8_388_608 }

interface Usage {
  limits: Limits
  steps: number
  depth: number
}
let usage: Usage = { limits: DEFAULT_LIMITS, steps: 0, depth: 0 }

/** Runs something within limits of its own. */
export function within<T>(limits: Limits, run: () => T): T {
  const outer = usage
  usage = { limits, steps: 0, depth: 0 }
  try {
    return run()
  } catch (error) {
    // The engine's own stack ends a little earlier where many operators stand within each other.
    if (error instanceof RangeError && /call stack/i.test(error.message)) throw tooDeep()
    throw error
  } finally {
    usage = outer
  }
}

const tooDeep = (): JsonnetError => runtimeError('max stack frames exceeded.')

/** Every call goes in here, and out by {@link leave}; after an error nobody goes on. */
export function enter(): void {
  if (usage.depth >= usage.limits.depth) throw tooDeep()
  usage.depth++
  step(1)
}
export function leave(): void {
  usage.depth--
}

export function step(count: number): void {
  usage.steps += count
  if (usage.steps > usage.limits.steps)
    throw new JsonnetError('limit', `the program takes more than ${usage.limits.steps} steps`)
}

/** Text this long is fine. */
export function measure(length: number): void {
  if (length > usage.limits.output)
    throw new JsonnetError('limit', `the program makes text of more than ${usage.limits.output} characters`)
}
