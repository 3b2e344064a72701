/**
 * Where a browser may be sent after a flow. Only listed places: everything else would make every
 * sign-in page an open redirect (CWE-601).
 */
import type { Core } from '../core.js'
import { goQuote } from '../go/quote.js'
import { badRequest, Problem } from './kratos-errors.js'

interface Parts {
  scheme: string
  /** Who and where; the host is its last part. */
  authority: string
  host: string
  path: string
  rest: string
}

/** RFC 3986, appendix B; undefined for what no browser and no parser agree on. */
function parse(url: string): Parts | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Go's parser refuses them as well
  if (/[\u0000-\u001f\u007f]/.test(url) || /%(?![0-9a-f]{2})/i.test(url.split('?')[0] ?? '')) return undefined
  const match = /^(?:([a-z][a-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(.*)$/is.exec(url)
  if (!match) return undefined
  const [, scheme = '', authority = '', path = '', rest = ''] = match
  if (!scheme && !authority && path.split('/')[0]?.includes(':')) return undefined
  if (authority.includes('\\') || /\s/.test(authority)) return undefined
  const host = authority.slice(authority.lastIndexOf('@') + 1)
  if (!/^\d*$/.test(portOf(host))) return undefined
  return {
    scheme: scheme.toLowerCase(),
    authority,
    host,
    path: path.replace(UNSAFE, encodeURIComponent),
    rest,
  }
}

/** What follows the last colon, outside of an IPv6 address. */
const portOf = (host: string): string => /:([^\]]*)$/.exec(host)?.[1] ?? ''

/** What no path of a URL may hold as it is (RFC 3986, section 3.3); Go and browsers encode it. */
const UNSAFE = /[^\w.~!$&'()*+,;=:@/[\]%-]/gu

export interface ReturnToOptions {
  /** An explicit target that wins over the one in the query. */
  returnTo?: string | undefined
  /** The URL whose `return_to` counts. */
  source: string
  /** Where to go when nothing was asked for. */
  fallback?: string | undefined
}

/** The checked address, or a 400 that says it is not allowed. */
export function secureReturnTo(core: Core, { returnTo, source, fallback }: ReturnToOptions): string {
  const standard = fallback ?? core.config.selfservice.default_browser_return_url
  const asked = returnTo || returnToOf(source)
  if (!asked) return standard
  const target = parse(asked)
  if (!target)
    throw badRequest(
      `Unable to parse the return_to query parameter as an URL: parse ${JSON.stringify(asked)}: ${whyNot(asked)}`,
    )
  const home = parse(standard)
  const scheme = target.scheme || home?.scheme || ''
  const host = target.host || home?.host || ''
  const whole = isAbsolute(target)
    ? absolute({ ...target, scheme })
    : absolute({ ...target, scheme, authority: target.authority || host })
  if (allowed(core).some(prefix => matches(prefix, scheme, host, target.path))) return whole
  throw new Problem(400, {
    id: 'self_service_flow_return_to_forbidden',
    reason: `Requested return_to URL ${JSON.stringify(whole)} is not allowed.`,
  })
}

/** With a host, or of a kind that has none, like `mailto:`. */
const isAbsolute = ({ scheme, host, path }: Parts): boolean =>
  scheme !== '' && (host !== '' || (path !== '' && !path.startsWith('/')))

/** In the words of Go's parser. */
function whyNot(url: string): string {
  const broken = /%(?![0-9a-f]{2}).{0,2}/i.exec(url)?.[0]
  if (broken) return `invalid URL escape ${JSON.stringify(broken)}`
  if (url.startsWith(':')) return 'missing protocol scheme'
  const [, port] = /^(?:[a-z][a-z0-9+.-]*:)?\/\/[^/?#]*(:[^/?#\]:]*)/i.exec(url) ?? []
  if (port && !/^:\d*$/.test(port)) return `invalid port ${goQuote(port)} after host`
  if (url.split(/[/?#]/)[0]?.includes(':')) return 'first path segment in URL cannot contain colon'
  return 'net/url: invalid control character in URL'
}

function absolute({ scheme, authority, path, rest }: Parts): string {
  if (!authority) return `${scheme}:${path}${rest}`
  return `${scheme}://${authority}${path && !path.startsWith('/') ? '/' : ''}${path}${rest}`
}

function allowed(core: Core): string[] {
  const configured = core.config.selfservice.allowed_return_urls
  return [...configured, ...core.frontOrigins, `${core.base}/self-service`]
}

function matches(prefix: string, scheme: string, host: string, path: string): boolean {
  const allowedUrl = parse(prefix)
  if (!allowedUrl || allowedUrl.scheme !== scheme || !hostMatches(allowedUrl.host, host)) return false
  return (path || '/').startsWith(allowedUrl.path || '/')
}

function hostMatches(pattern: string, host: string): boolean {
  const [wanted, given] = [pattern.toLowerCase(), host.toLowerCase()]
  return wanted.startsWith('*.') ? given.endsWith(wanted.slice(1)) : wanted === given
}

/** What the query of that URL says. */
export function returnToOf(url: string): string {
  const mark = url.indexOf('?')
  return mark < 0 ? '' : (new URLSearchParams(url.slice(mark)).get('return_to') ?? '')
}

/** Every place a browser may end up at after a flow, as far as the configuration names it. */
export function returnTargets(core: Core): string[] {
  const { default_browser_return_url, flows } = core.config.selfservice
  const after = [flows.login, flows.registration, flows.recovery, flows.verification, flows.settings].map(
    flow => flow.after.default_browser_return_url ?? '',
  )
  return [...allowed(core), default_browser_return_url, ...after]
}
