/** Whom the emulator calls: servers of this machine, and those that a setting lists. */
import type { LookupFunction } from 'node:net'
import { isLoopback, lookupLoopback } from '../../common/loopback.js'
import { type Logger, printable } from '../../log.js'

/** @param hosts names beside this machine's, with a port or without */
export function mayCall(url: string, hosts: readonly string[]): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname, host } = new URL(url)
  if (protocol !== 'http:' && protocol !== 'https:') return false
  return isLoopback(hostname) || isHostOfContainers(hostname) || isListed(hosts, hostname, host)
}

const isListed = (hosts: readonly string[], ...names: string[]): boolean =>
  hosts.some(one => names.includes(one.toLowerCase()))

/** What Docker and Podman call, inside a container, the machine that runs it: a file made for one means this machine. */
export const isHostOfContainers = (name: string): boolean =>
  /^host\.(?:docker|containers)\.internal$/.test(name)

/**
 * Where the names of hosts are. The one of a container's host is this machine, without asking a resolver that does not
 * know it; who lists it runs in a container, where it is another machine.
 */
export const lookupFor =
  (hosts: readonly string[]): LookupFunction =>
  (name, options, callback) =>
    lookupLoopback(isHostOfContainers(name) && !listedAt(hosts, name) ? 'localhost' : name, options, callback)

const listedAt = (hosts: readonly string[], name: string): boolean =>
  hosts.some(one => one.toLowerCase().replace(/:\d+$/, '') === name)

/** What is called at another address than it is written. */
export function sayWhere(url: string, hosts: readonly string[], log: Logger): void {
  const { hostname } = new URL(url)
  if (isHostOfContainers(hostname) && !listedAt(hosts, hostname))
    warnOnce(log, `${namedUrl(url)} is called at localhost: in a container, ${hostname} is this machine`)
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
