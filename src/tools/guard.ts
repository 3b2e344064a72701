import { whyNotOwner } from '../common/caller.js'
import { OryProxyError } from '../errors.js'
import type { Exchange } from '../middleware/pipeline.js'

/**
 * The tools tell who is signed in and what a token says: they are for the browser on this machine, on a page of its
 * own. Who asks was noted before any header was taken away.
 *
 * @throws {OryProxyError} `ORY_PROXY_TOOLS_REFUSED`
 */
export function requireDeveloper({ caller }: Exchange): void {
  const why = whyNotOwner(caller)
  if (why !== undefined) throw new OryProxyError('ORY_PROXY_TOOLS_REFUSED', `These are the dev tools. ${why}`)
}
