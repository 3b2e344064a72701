/** Who asks, from where and by which name. */
import { isIP } from 'node:net'
import { isLoopback } from '../../common/loopback.js'
import type { Exchange } from './exchange.js'

/** The address of whoever is at the other end of the connection. */
export const peerOf = (x: Exchange): string => x.remoteAddress.replace(/:\d*$/, '')

/** The name it was asked by, without a port. */
export const hostOf = (x: Exchange): string => x.header('host').replace(/:\d+$/, '').toLowerCase()

/** A name that always means this machine, or the one it is configured with. */
export const isOwnHost = (x: Exchange, host: string): boolean =>
  isLoopback(host) || host === new URL(x.core.base).hostname

/** Names without a dot, and below domains that are for private use (RFC 6761; ICANN's .internal). */
const NOBODYS = /^[^.]*$|\.(?:test|internal)$/

/**
 * Whether a caller on this machine knows us by a name that anybody may own: a browser, then, on a page of a site
 * whose name was pointed here after it loaded (DNS rebinding). It could read everything, as Kratos' admin API asks
 * nobody for a password. From the network we are reached by whatever name the network has for us.
 */
export function isRebound(x: Exchange): boolean {
  const host = hostOf(x)
  const isPrivate = isOwnHost(x, host) || isIP(host.replace(/^\[|\]$/g, '')) !== 0 || NOBODYS.test(host)
  return !isPrivate && isLoopback(peerOf(x))
}
