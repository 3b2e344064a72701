/** Who asks, from where and by which name. */
import { BlockList, isIP } from 'node:net'
import type { Exchange } from './http.js'

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

/** Whether an address, in the brackets of a URL or without, is this machine. */
export function isLoopback(address: string): boolean {
  const plain = address.replace(/^\[|\]$/g, '').replace(/^::ffff:(?=\d+\.)/i, '')
  const version = isIP(plain)
  return version !== 0 && LOOPBACK.check(plain, version === 4 ? 'ipv4' : 'ipv6')
}

/** The address of whoever is at the other end of the connection. */
export const peerOf = (x: Exchange): string => x.remoteAddress.replace(/:\d*$/, '')

/** The name it was asked by, without a port. */
export const hostOf = (x: Exchange): string => x.header('host').replace(/:\d+$/, '').toLowerCase()

/** A name that always means this machine, or the one it is configured with. */
export function isOwnHost(x: Exchange, host: string): boolean {
  if (host === 'localhost' || host.endsWith('.localhost') || isLoopback(host)) return true
  return host === new URL(x.core.base).hostname
}

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
