/** Who asks, from where and by which name. */
import { isIP } from 'node:net'
import { type Caller, callerInFront, isForeignPage, nameIn, whyNotOwner } from '../../common/caller.js'
import { isLoopback } from '../../common/loopback.js'
import type { Exchange } from './exchange.js'

/**
 * Why the dev tools are not for whoever asked; undefined where they are. Where a dev server of ours is in front, both
 * are asked: who came to it, and who came with its word.
 */
export function whyNoTools(x: Exchange): string | undefined {
  const { caller } = x
  const front = callerInFront(x.header('forwarded'), caller) ?? calledBy(x)
  if (front === undefined) return whyNotOwner(caller)
  return whyNotOwner({ ...caller, behind: undefined, page: undefined, site: undefined }) ?? whyNotOwner(front)
}

/** A server in front of us that says where people see it, and nothing else. */
function calledBy(x: Exchange): Caller | undefined {
  const address = x.header('ory-base-url-rewrite')
  return URL.canParse(address) ? { ...x.caller, host: new URL(address).host } : undefined
}

/**
 * Why the admin API, which asks nobody for a password, is not for whoever asked: a page of another origin, which a
 * browser lets send what looks like a form without asking first. Programs say nothing of a page.
 */
export function whyNoAdmin({ caller }: Exchange): string | undefined {
  if (!isForeignPage(caller)) return undefined
  const page = caller.page ?? `a page (Sec-Fetch-Site: ${caller.site})`
  return `The admin API is for programs and answers no pages of another origin; this is ${page}.`
}

/** Names without a dot, and below domains that are for private use (RFC 6761; ICANN's .internal). */
const NOBODYS = /^[^.]*$|\.(?:test|internal)$/

/**
 * Whether a caller on this machine knows us by a name that anybody may own: a browser, then, on a page of a site
 * whose name was pointed here after it loaded (DNS rebinding). It could read everything, as Kratos' admin API asks
 * nobody for a password. From the network we are reached by whatever name the network has for us.
 */
export function isRebound({ caller: { host, peer }, core }: Pick<Exchange, 'caller' | 'core'>): boolean {
  const name = nameIn(host)
  const isOwn = isLoopback(name) || name === new URL(core.base).hostname
  const isPrivate = isOwn || isIP(name.replace(/^\[|\]$/g, '')) !== 0 || NOBODYS.test(name)
  return !isPrivate && isLoopback(peer)
}
