/** Who asks, from where and by which name. */
import { isIP } from 'node:net'
import {
  type Caller,
  callerInFront,
  isForeignPage,
  isListedName,
  nameIn,
  whyNotOwner,
} from '../../common/caller.js'
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
 * browser lets send what looks like a form without asking first, or one whose name was pointed here after it loaded
 * (DNS rebinding). Programs say nothing of a page, and know us by a name of our own.
 *
 * @param listed names that our user gave us
 */
export function whyNoAdmin({ caller, core }: Asked, listed: readonly string[]): string | undefined {
  if (isForeignPage(caller)) {
    const page = caller.page ?? `a page (Sec-Fetch-Site: ${caller.site})`
    return `The admin API is for programs and answers no pages of another origin; this is ${page}.`
  }
  const name = nameIn(caller.host)
  if (isOwnName(name, core, listed) || OF_CONTAINERS.test(name)) return undefined
  // Another machine calls us as its network does. What no resolver of the world answers is nobody's to point at us.
  if (!isLoopback(caller.peer) && (isAddress(name) || NO_DOT.test(name))) return undefined
  return `The admin API is reached by a name of this machine, like localhost, or one that is listed, not by "${name}": --allowed-hosts ${name}.`
}

type Asked = Pick<Exchange, 'caller' | 'core'>

/** This machine, and what the configuration or its user calls it. */
function isOwnName(
  name: string,
  { base, adminBase, config }: Asked['core'],
  listed: readonly string[],
): boolean {
  if (name === '' || isLoopback(name) || isListedName(name, listed)) return true // HTTP/1.0 has no Host; browsers do
  const { serve } = config
  return [base, adminBase, serve.admin.base_url].some(url => url !== undefined && hostOf(url) === name)
}

const hostOf = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).hostname : undefined)

const isAddress = (name: string): boolean => isIP(name.replace(/^\[|\]$/g, '')) !== 0

/** What containers and virtual machines call the machine they run on: `.internal` is for private use (ICANN, 2024). */
const OF_CONTAINERS = /^(?:host|gateway)\.(?:docker|containers|lima|orb|minikube)\.internal$/

const NO_DOT = /^[^.]*$/

/** Names below domains that are for private use (RFC 6761). */
const PRIVATE = /\.(?:test|internal)$/

/**
 * Whether a caller on this machine knows us by a name that anybody may own: a browser, then, on a page of a site
 * whose name was pointed here after it loaded (DNS rebinding). From the network we are reached by whatever name the
 * network has for us.
 */
export function isRebound({ caller: { host, peer }, core }: Asked, listed: readonly string[]): boolean {
  const name = nameIn(host)
  const isPrivate =
    isOwnName(name, core, listed) || isAddress(name) || NO_DOT.test(name) || PRIVATE.test(name)
  return !isPrivate && isLoopback(peer)
}
