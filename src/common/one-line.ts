import { OryProxyError } from '../errors.js'

/**
 * Throws an error on, so that a dev server that prints the stack of what stops it, or all of it, prints one line:
 * where the user's configuration is wrong, our stack tells them nothing.
 */
export function inOneLine(error: unknown): never {
  if (error instanceof OryProxyError) {
    const line = startLine(error)
    error.message = line // all that Vite prints where a restart fails
    error.stack = line
    Object.defineProperty(error, Symbol.for('nodejs.util.inspect.custom'), { value: () => line })
  }
  throw error
}

/** What stops a start: whose line it is, its code, what happened, what to do. */
export const startLine = ({ code, explanation }: OryProxyError): string => `ory-proxy ${code}: ${explanation}`

/** Runs what may throw such an error. */
export function orInOneLine<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    return inOneLine(error)
  }
}
