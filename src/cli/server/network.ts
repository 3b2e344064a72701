import { networkInterfaces } from 'node:os'
import { isLoopback } from '../../common/loopback.js'

/** Addresses that stand for all that a machine has. */
export const UNSPECIFIED: ReadonlySet<string> = new Set(['0.0.0.0', '::'])

/** Where a server that listens on all addresses is to be found from elsewhere; none where it listens on one. */
export function networkOrigins(host: string, url: string): string[] {
  if (!UNSPECIFIED.has(host)) return []
  const addresses = Object.values(networkInterfaces()).flatMap(all => all ?? [])
  return addresses
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => {
      const there = new URL(url)
      there.hostname = address
      return there.origin
    })
}

/** What a server opens that listens beyond this machine; undefined where it does not. */
export function openedBy(flag: string, host: string, what: string): string | undefined {
  if (isLoopback(host)) return undefined
  return `${flag} ${host} lets everybody in this network in: ${what}`
}
