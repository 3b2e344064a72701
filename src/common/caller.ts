/** Who asks: made once of a request, before any of its headers is taken away, and believed by all who have to know. */
import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { isLoopback } from './loopback.js'

/**
 * Who is in front of us, who is behind them, and whose page it was.
 *
 * A header that speaks of somebody else is evidence, never a fact: it takes trust away and gives none.
 */
export interface Caller {
  /** What the browser calls us: Host, or `:authority`, with its port. */
  readonly host: string
  readonly scheme: 'http' | 'https'
  /** The address at the other end of the connection; empty where there is none, as on a Unix socket. */
  readonly peer: string
  /** The header that tells of somebody behind the peer, who is not on this machine; undefined where none does. */
  readonly behind: string | undefined
  /** The origin of the page that sent it, where it says so. */
  readonly page: string | undefined
  /** What the browser says of that page (`Sec-Fetch-Site`). */
  readonly site: string | undefined
}

/** Who asks a server of ours. */
export function callerOf({ headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>): Caller {
  const authority = headers[':authority'] as string | undefined
  return {
    host: authority ?? headers.host ?? '',
    scheme: (socket as TLSSocket).encrypted === true ? 'https' : 'http',
    peer: socket.remoteAddress ?? '',
    behind: evidence(headers),
    page: headers.origin,
    site: headers['sec-fetch-site'],
  }
}

/** How proxies, tunnels and clouds call the address of whoever asked them. */
const ADDRESSES = [
  'x-forwarded-for',
  'x-real-ip',
  'cf-connecting-ip',
  'cf-connecting-ipv6',
  'true-client-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-original-forwarded-for',
  'x-envoy-external-address',
  'x-azure-clientip',
  'x-appengine-user-ip',
  'fastly-client-ip',
  'fly-client-ip',
  'client-ip',
]

/** How they call the name by which they were asked. */
const HOSTS = ['x-forwarded-host', 'x-original-host']

function evidence(headers: IncomingMessage['headers']): string | undefined {
  for (const name in headers) {
    const isOurs = EVIDENCE.get(name)
    if (isOurs && !listed(String(headers[name])).every(isOurs)) return name
  }
  return undefined
}

const listed = (value: string): string[] =>
  value
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '')

/** One hop of `Forwarded` (RFC 7239, section 4): neither who asked it nor the name it was asked by is somebody else's. */
function isOurHop(hop: string): boolean {
  return hop.split(';').every(pair => {
    const [, name = '', value = ''] = /^\s*([a-z-]+)="?([^"]*)"?\s*$/i.exec(pair) ?? []
    if (!/^(?:for|host)$/i.test(name)) return /^(?:by|proto)$/i.test(name)
    return isLoopback(nameIn(value))
  })
}

/** The name in a Host without its port, in small letters. */
export const nameIn = (host: string): string => host.replace(/:\d+$/, '').replace(/\.$/, '').toLowerCase()

/** Whether a name is one of those listed; a leading dot lists all below it. */
export function isListedName(name: string, listed: readonly string[]): boolean {
  return listed.some(rule =>
    rule.startsWith('.') ? name === rule.slice(1) || name.endsWith(rule) : name === rule.toLowerCase(),
  )
}

/** What speaks of somebody else, and which of its values does not. */
const EVIDENCE: ReadonlyMap<string, (value: string) => boolean> = new Map([
  ...ADDRESSES.map(name => [name, isLoopback] as const),
  ...HOSTS.map(name => [name, (host: string) => isLoopback(nameIn(host))] as const),
  ['forwarded', isOurHop],
  ['via', () => false], // a proxy that keeps its clients to itself
])

/**
 * Why a caller may not use what is only for the developer at this machine: tools that sign in without a password.
 * Undefined for the developer.
 *
 * A browser anywhere can be made to ask this machine: by a page whose name was pointed here (DNS rebinding), by a
 * form of another site, or through a tunnel that ends here.
 */
export function whyNotOwner(caller: Caller): string | undefined {
  const { host, peer, behind } = caller
  if (!isLoopback(peer)) return 'They answer callers on this machine only.'
  if (behind !== undefined)
    return `They answer callers on this machine only, and ${behind} tells of another one.`
  if (!isLoopback(nameIn(host))) {
    return `They are reached by a name of this machine only, like localhost, not by the name "${nameIn(host)}".`
  }
  if (isForeignPage(caller)) return 'They answer pages of their own origin only.'
  return undefined
}

/** Whether a page of another origin sent it. What ends TLS in front of us does not make an origin another one. */
export function isForeignPage({ host, page, site }: Caller): boolean {
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true
  const own = host.toLowerCase()
  return page !== undefined && page !== `http://${own}` && page !== `https://${own}`
}

/** What Ory on this machine hears of the caller (RFC 7239): our word, in place of all that a client may have written. */
export function forwardedOf({ host, scheme, peer, behind }: Caller): string {
  const first = behind === undefined ? '' : `for=_${behind}, ` // an obfuscated identifier (section 6.3): who, is not known
  return `${first}for=${node(peer)};host="${host}";proto=${scheme}`
}

const node = (address: string): string => (address.includes(':') ? `"[${address}]"` : address || 'unknown')

const OURS = /^(?:for=_([a-z-]+), )?for=(?:"\[)?([\da-f.:]+|unknown)(?:\]")?;host="([^"]*)";proto=(https?)$/i

/**
 * Who asked the server of ours that is in front of us; undefined where `forwarded` is not its word.
 *
 * @param direct the caller that brought the word
 */
export function callerInFront(forwarded: string, direct: Caller): Caller | undefined {
  const [all, behind, peer = '', host = '', scheme] = OURS.exec(forwarded) ?? []
  if (all === undefined) return undefined
  // That name and address are what `Forwarded` is evidence of, too; whatever else speaks of somebody still does.
  const others = direct.behind === 'forwarded' ? undefined : direct.behind
  return { ...direct, host, peer, behind: behind ?? others, scheme: scheme as Caller['scheme'] }
}
