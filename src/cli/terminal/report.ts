import type { createColors } from 'picocolors'
import type { Logger } from '../../log.js'

/** A request that was answered. */
export interface Passed {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly method: string
  /** Without the query: that is where codes and tokens are. */
  readonly path: string
  readonly status: number
  readonly ms: number
  /** Who it was from, where that was asked. */
  readonly who?: string | undefined
  /** Whether it is part of a page. */
  readonly asset: boolean
  /** The answer was not sent to its end. */
  readonly cut: boolean
}

/** What is said once a command runs: as facts for scripts, as a text for people. */
export interface Started {
  readonly facts: Readonly<Record<string, unknown>>
  readonly banner: (colors: ReturnType<typeof createColors>) => string
}

/** Where a command speaks: to people or to scripts. */
export interface Terminal {
  readonly logger: Logger
  started(started: Started): void
  /** Not there where nobody wants to know. */
  readonly passed?: (request: Passed) => void
  /** Writes what was held back. */
  close(): void
}
