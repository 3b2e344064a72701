import type { Core } from '../core.js'
import type { Faults } from '../http/faults.js'
import type { People } from '../identities/people.js'
import type { Clock } from '../store/clock.js'

/** What the tools work on beside the state. */
export interface DevTools {
  readonly clock: Clock
  readonly faults: Faults
  readonly people: People
  /** The one this is of, and all others. */
  readonly namespaces: NamespaceBook
  /** Forgets everything but the seed. */
  reset(): Promise<void>
}

/** A state of its own: people, sessions, flows, mails, clock and faults. */
export interface Namespace extends DevTools {
  readonly name: string
  readonly core: Core
  /** By the machine's clock, in milliseconds. */
  readonly createdAt: number
  usedAt: number
}

/** How a namespace begins: with the emulator's seed, with people of its own, or as a copy of another. */
export interface NamespaceStart {
  readonly name?: string | undefined
  readonly seed?: readonly object[] | undefined
  readonly from?: string | undefined
}

/** All there are, the default one included. */
export interface NamespaceBook {
  readonly default: Namespace
  /** Undefined: there is none of that name. */
  find(name: string | undefined): Namespace | undefined
  /** The one a request is in. */
  of(core: Core): Namespace
  list(): Namespace[]
  create(start: NamespaceStart): Promise<Namespace>
  delete(name: string): boolean
}
