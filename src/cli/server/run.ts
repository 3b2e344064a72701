import type { Logger } from '../../log.js'

/** Milliseconds that open answers get to end after a signal. */
export const GRACE = 5000

/**
 * Milliseconds within which two signals are one Ctrl-C: the terminal sends it to everybody, and who started us
 * (concurrently, timeout, a task runner) hands it on.
 */
const TOGETHER = 300

/** A close that takes longer than this is explained. */
const PATIENCE = 500

const WAITING = 'Letting open answers end. Once more (Ctrl-C) ends at once.'

/** Ctrl-C, a polite kill, and the terminal window that is closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Keeps the process until a signal comes, then closes in order and exits 0. A second signal ends it at once.
 *
 * A signal that comes while things are still being opened closes them as soon as they are: what was made
 * elsewhere for this run, a temporary API key, is not left behind. Nobody sees them opened then.
 */
export async function untilSignal<T extends { close(): Promise<void> }>(
  opening: Promise<T>,
  logger: Logger,
): Promise<T> {
  let signalled: number | undefined
  const stop = (): void => {
    if (signalled !== undefined && performance.now() - signalled < TOGETHER) return
    if (signalled !== undefined) process.exit(0)
    signalled = performance.now()
    setTimeout(() => logger.info(WAITING), PATIENCE).unref()
    opening.then(
      opened => opened.close().then(() => process.exit(0), failed),
      () => {}, // whoever opens tells why it failed
    )
  }
  for (const signal of SIGNALS) process.on(signal, stop)
  const opened = await opening
  if (signalled !== undefined) await new Promise<never>(() => {})
  return opened
}

function failed(error: Error): void {
  process.stderr.write(`ory-proxy: ${error.message}\n`)
  process.exit(1)
}
