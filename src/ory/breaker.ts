import { type Logger, printable } from '../log.js'
import type { OryClient } from './client.js'

/** Pause between two looks at an Ory that does not answer, and the longest wait it may ask for. */
const PROBE_PAUSE = 500
const PROBE_DEADLINE = 1000
const MAX_RETRY_AFTER = 30_000

/** Keeps an Ory that does not answer from stalling every request. */
export interface Breaker {
  /** While open, nobody is asked about: requests pass as anonymous at once. */
  readonly open: boolean
  /** Ory as a whole gave no answer. */
  trip(cause: string, retryAfter?: number): void
  close(): void
}

/**
 * Opens at the first answer that does not come, then looks every half second (or when Ory asked to be asked)
 * whether Ory is back. One warning when it opens, one line when it closes again.
 */
export function createBreaker(client: OryClient, logger: Logger): Breaker {
  let timer: NodeJS.Timeout | undefined
  let open = false
  let closed = false
  const probeIn = (pause: number): void => {
    timer = setTimeout(probe, Math.min(Math.max(pause, PROBE_PAUSE), MAX_RETRY_AFTER)).unref()
  }
  const probe = async (): Promise<void> => {
    const answer = await client.whoami({}, PROBE_DEADLINE)
    if (timer === undefined) return // closed in between
    if (answer.kind === 'unreachable' && answer.trips) return probeIn(answer.retryAfter ?? PROBE_PAUSE)
    open = false
    timer = undefined
    logger.info('Ory answers again.')
  }
  return {
    get open() {
      return open
    },
    trip(cause, retryAfter = PROBE_PAUSE) {
      if (open || closed) return
      open = true
      logger.warn(`Ory is unreachable (${printable(cause)}): requests pass as anonymous until it is back.`)
      probeIn(retryAfter)
    },
    close() {
      closed = true
      clearTimeout(timer)
      timer = undefined
    },
  }
}
