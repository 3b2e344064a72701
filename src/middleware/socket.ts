import { OryProxyError } from '../errors.js'
import { belowMount } from './mount.js'
import { isListedOrigin } from './origins.js'
import type { Exchange, Stage } from './pipeline.js'

/**
 * Stage 3 of a WebSocket handshake: may this page open one?
 *
 * Cookies go along with a socket that any page opens, and no browser asks first: its Origin is all that tells whose
 * page it is (CWE-1385).
 *
 * @param allowed origins besides our own that may
 */
export function socketStage(allowed: readonly string[]): Stage<Exchange> {
  return function orySocket({ req, caller: { page }, origin }) {
    if (belowMount(req.url ?? '') !== null)
      throw new OryProxyError('ORY_PROXY_BAD_REQUEST', 'Ory has no WebSockets.')
    if (page === undefined || page === origin || isListedOrigin(page, allowed)) return 'next'
    throw new OryProxyError('ORY_PROXY_ORIGIN_NOT_ALLOWED', 'This origin may not open a WebSocket here.')
  }
}
