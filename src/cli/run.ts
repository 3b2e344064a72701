/** Milliseconds that open answers get to end after a signal. */
export const GRACE = 5000

/**
 * Keeps the process until SIGINT or SIGTERM, then closes in order and exits 0. A second signal ends it at once.
 */
export function untilSignal(close: () => Promise<void>): void {
  let closing = false
  const stop = (): void => {
    if (closing) process.exit(0)
    closing = true
    close().then(
      () => process.exit(0),
      (error: Error) => {
        process.stderr.write(`ory-proxy: ${error.message}\n`)
        process.exit(1)
      },
    )
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}
