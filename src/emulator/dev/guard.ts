/**
 * Who may use the dev tools. They hand out sessions without a password, so neither a page of another
 * origin, nor a name that somebody points at this machine (DNS rebinding), nor the network may reach them.
 */
import { whyNoTools } from '../http/callers.js'
import type { Exchange } from '../http/exchange.js'
import { Problem } from '../http/kratos-errors.js'

/** Throws a 403 that says what is wrong. */
export function requireOwner(x: Exchange): void {
  const why = whyNoTools(x)
  if (why !== undefined)
    throw new Problem(403, { id: 'dev_forbidden', reason: `These are the dev tools. ${why}` })
}
