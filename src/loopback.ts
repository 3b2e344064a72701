import { lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'

/** `localhost` and everything below it (RFC 6761, section 6.3). */
export function isLoopbackName(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost')
}

/** Whether a URL's host is this machine: a loopback name or address. */
export function isLoopback(hostname: string): boolean {
  return isLoopbackName(hostname) || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)
}

/** Not every system's resolver knows that names below `localhost` are this machine. */
export const lookupLoopback: LookupFunction = (name, options, callback) =>
  lookup(isLoopbackName(name) ? 'localhost' : name, options, callback)
