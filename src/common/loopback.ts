/** Small things that everybody needs; this file: which names and addresses are this machine. */
import { type LookupAddress, lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'

/** `localhost` and everything below it (RFC 6761, section 6.3). */
export function isLoopbackName(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost')
}

/** Whether a URL's host, or the address of a socket, is this machine: a loopback name or address. */
export function isLoopback(host: string): boolean {
  return isLoopbackName(host) || host === '[::1]' || host === '::1' || IPV4_LOOPBACK.test(host)
}

const IPV4_LOOPBACK = /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/i

/**
 * Not every system's resolver knows that names below `localhost` are this machine, and not every one names both of its
 * addresses: an app that listens on ::1 only is found all the same.
 */
export const lookupLoopback: LookupFunction = (name, options, callback) => {
  if (!isLoopbackName(name)) return lookup(name, options, callback)
  if (options.all !== true || options.family) return lookup('localhost', options, callback)
  lookup('localhost', { ...options, all: true }, (_error, found = []) => {
    const missing = BOTH.filter(({ address }) => !found.some(known => known.address === address))
    callback(null, [...found, ...missing])
  })
}

const BOTH: readonly LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
]
