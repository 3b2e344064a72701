import type { Faults } from '../http/faults.js'
import type { People } from '../identities/people.js'
import type { Clock } from '../store/clock.js'

/** What the tools work on beside the state. */
export interface DevTools {
  readonly clock: Clock
  readonly faults: Faults
  readonly people: People
  /** Forgets everything but the seed. */
  reset(): Promise<void>
}
