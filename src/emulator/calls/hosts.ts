/** Whom the emulator calls: servers of this machine, and those that a setting lists. */
import { isLoopback } from '../../common/loopback.js'
import { type Logger, printable } from '../../log.js'

/** @param hosts names beside this machine's, with a port or without */
export function mayCall(url: string, hosts: readonly string[]): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname, host } = new URL(url)
  if (protocol !== 'http:' && protocol !== 'https:') return false
  return (
    isLoopback(hostname) || hosts.some(one => one.toLowerCase() === hostname || one.toLowerCase() === host)
  )
}

/** For a log line: a password before the host and a token in the query stay out of it. */
export function namedUrl(url: string): string {
  if (!URL.canParse(url)) return printable(url)
  const { protocol, host, pathname } = new URL(url)
  return printable(`${protocol}//${host}${pathname}`)
}

const said = new WeakMap<Logger, Set<string>>()

/** What holds for every call is said at the first. */
export function warnOnce(log: Logger, line: string): void {
  const known = said.get(log) ?? new Set()
  said.set(log, known)
  if (known.has(line)) return
  known.add(line)
  log.warn(line)
}
