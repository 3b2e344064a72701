import { OryProxyError } from '../errors.js'

/** A test's own mistake, or that of its surroundings: one sentence that says what to do. */
export function testingError(message: string, cause?: unknown): OryProxyError {
  return new OryProxyError('ORY_PROXY_TESTING', message, { cause })
}
