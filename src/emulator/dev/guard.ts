/**
 * Who may use the dev tools. They hand out sessions without a password, so neither a page of another
 * origin, nor a name that somebody points at this machine (DNS rebinding), nor the network may reach them.
 */
import { isLoopback } from '../../common/loopback.js'
import { hostOf, isOwnHost, peerOf } from '../http/callers.js'
import type { Exchange } from '../http/exchange.js'
import { Problem } from '../http/kratos-errors.js'

/** Throws a 403 that says what is wrong. */
export function requireOwner(x: Exchange): void {
  if (!callers(x).every(isLoopback)) throw refused('The dev tools answer callers on this machine only.')
  const host = hostOf(x)
  if (!isOwnHost(x, host)) throw refused(`The dev tools are not reached by the name "${host}".`)
  const site = x.header('sec-fetch-site')
  const origin = x.header('origin')
  const foreign =
    (site !== '' && site !== 'same-origin' && site !== 'none') ||
    (origin !== '' && !ownOrigins(x).includes(origin))
  if (foreign) throw refused('The dev tools answer pages of their own origin only.')
}

const refused = (reason: string): Problem => new Problem(403, { id: 'dev_forbidden', reason })

/** The socket, and whoever a dev server in front of us says was on its socket. */
function callers(x: Exchange): string[] {
  const forwarded = x.header('x-forwarded-for').split(',')
  return [peerOf(x), ...forwarded].map(text => text.trim()).filter(text => text !== '')
}

/** Where we are, and the dev server that forwarded this request. */
function ownOrigins(x: Exchange): string[] {
  const front = x.header('ory-base-url-rewrite')
  if (front !== '') return URL.canParse(front) ? [new URL(front).origin] : []
  return [new URL(x.core.base).origin, `http://${x.header('host')}`, `https://${x.header('host')}`]
}
