import { OryProxyError } from '../errors.js'
import { printable } from '../log.js'
import { MAX_ANSWER_HEADERS } from './pool.js'
import { RESET } from './repairs.js'

/** What undici's codes and ours mean to somebody who reads them in an error page. */
const MEANINGS: ReadonlyMap<string, string> = new Map([
  [RESET, 'ECONNRESET'],
  ['UND_ERR_CONNECT_TIMEOUT', 'no connection within 10 s'],
  ['UND_ERR_HEADERS_TIMEOUT', 'nothing within 30 s'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'an answer of another length than announced'],
])

/**
 * Why a request could not be passed on.
 *
 * @param unreachable makes the error of a server that gave no answer
 */
export function failureOf(cause: unknown, unreachable: (why: string) => OryProxyError): OryProxyError {
  if (cause instanceof OryProxyError) return cause
  const { code = '', message = '' } = cause as NodeJS.ErrnoException
  if (code === 'UND_ERR_INVALID_ARG') {
    return new OryProxyError('ORY_PROXY_BAD_REQUEST', `It cannot be sent on: ${printable(message)}.`)
  }
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    const size = `${MAX_ANSWER_HEADERS / 1024} KiB`
    return new OryProxyError('ORY_PROXY_ANSWER_HEADERS', `An answer came with more than ${size} of headers.`)
  }
  const known = MEANINGS.get(code)
  return unreachable(known ?? printable(code === '' || code.startsWith('UND_ERR_') ? message : code))
}
