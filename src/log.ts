/** Where our lines go. Any of the usual loggers fits; `console` does. */
export interface Logger {
  info(message: string): void
  warn(message: string): void
  error(message: string): void
  debug(message: string): void
}

const nothing = (): void => {}

/** Says nothing: the default of tests and of `--quiet`. */
export const silentLogger: Logger = { info: nothing, warn: nothing, error: nothing, debug: nothing }

/**
 * Writes lines to standard error, so that standard output stays free for the program we live in.
 *
 * @param level `'info'` leaves out debug lines
 */
export function createLogger(level: 'info' | 'debug' = 'info'): Logger {
  const line = (message: string): void => void process.stderr.write(`${message}\n`)
  const ours = (message: string): void => line(signed(message))
  return { info: line, warn: ours, error: ours, debug: level === 'debug' ? line : nothing }
}

/** Among the lines of a dev server and an app, a warning says whose it is. */
const signed = (message: string): string =>
  message.startsWith('ory-proxy') ? message : `ory-proxy: ${message}`

// biome-ignore lint/suspicious/noControlCharactersInRegex: taking them out is the point
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g

/** Text from outside in a log line: one line, no terminal escape codes (CWE-117), not endless. */
export function printable(text: string, max = 200): string {
  const clean = text.replace(CONTROL, '?')
  return clean.length > max ? `${clean.slice(0, max)}…` : clean
}
