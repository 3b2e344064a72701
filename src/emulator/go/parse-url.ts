/** How Go reads a URL (net/url), down to the words in which it refuses one, and how it writes it again. */
import { goQuote } from './quote.js'
import { goFragment, goHost, goPath, goUser } from './url.js'

export interface GoUrl {
  /** In lower case. */
  scheme: string
  /** What follows the scheme where that is no path, as in `mailto:`. */
  opaque: string
  /** What stands before an `@`, as it is written. */
  userinfo: string | undefined
  host: string
  /** Decoded, which is what counts. */
  path: string
  /** As it is written: `%2F` is no slash. */
  writtenPath: string
  /** With its `?`, as it was given. */
  query: string
  /** With its `#`, as it is written. */
  fragment: string
}

/** Why a URL is none, as Go says it. */
export class NoUrl extends Error {
  constructor(url: string, why: string) {
    super(`parse ${goQuote(url)}: ${why}`)
  }
}

/** The parts of a URL, absolute or not; throws `NoUrl`. */
export function parseGoUrl(url: string): GoUrl {
  const [rest, fragment = ''] = cut(url, '#')
  const parts = parseWithoutFragment(rest)
  refuse(url, badEscape(fragment))
  return { ...parts, fragment: fragment && `#${asWritten(fragment, /[?/]/g, goFragment)}` }
}

export function writeGoUrl({ scheme, opaque, userinfo, host, ...url }: GoUrl): string {
  const { writtenPath: path, query, fragment } = url
  const before = scheme && `${scheme}:`
  if (opaque) return `${before}${opaque}${query}${fragment}`
  const who = userinfo === undefined ? '' : `${userinfo}@`
  const authority = host || who || (scheme && path) ? `//${who}${goHost(host)}` : ''
  const slash = host && path && !path.startsWith('/') ? '/' : ''
  return `${before}${authority}${slash}${path}${query}${fragment}`
}

function parseWithoutFragment(url: string): GoUrl {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Go's parser refuses them
  if (/[\u0000-\u001f\u007f]/.test(url)) refuse(url, 'net/url: invalid control character in URL')
  if (url.startsWith(':')) refuse(url, 'missing protocol scheme')
  const [, name = ''] = /^([a-z][a-z0-9+.-]*):/i.exec(url) ?? []
  const scheme = name.toLowerCase()
  const [rest, asked] = cut(name ? url.slice(name.length + 1) : url, '?')
  const query = asked === undefined ? '' : `?${asked}`
  const nowhere = { userinfo: undefined, host: '', path: '', writtenPath: '' }
  if (scheme && !rest.startsWith('/')) return { scheme, opaque: rest, query, fragment: '', ...nowhere }
  if (rest.split('/')[0]?.includes(':')) refuse(url, 'first path segment in URL cannot contain colon')
  return { scheme, opaque: '', query, fragment: '', ...placeOf(url, scheme, rest) }
}

/** Who is asked there, and for what. */
function placeOf(
  url: string,
  scheme: string,
  rest: string,
): Pick<GoUrl, 'userinfo' | 'host' | 'path' | 'writtenPath'> {
  const hasAuthority = rest.startsWith('//') && (scheme !== '' || !rest.startsWith('///'))
  const [authority, path] = hasAuthority ? cutBefore(rest.slice(2), '/') : ['', rest]
  const at = authority.lastIndexOf('@')
  const host = authority.slice(at + 1)
  const userinfo = at < 0 ? undefined : authority.slice(0, at)
  refuse(url, badHost(scheme, host) ?? badUserinfo(userinfo) ?? badEscape(path))
  return {
    userinfo: userinfo === undefined ? undefined : writtenUser(userinfo),
    host: decoded(host),
    path: decoded(path),
    writtenPath: asWritten(path, /\//g, goPath),
  }
}

function refuse(url: string, why: string | undefined): void {
  if (why !== undefined) throw new NoUrl(url, why)
}

function cut(text: string, at: string): [string, string?] {
  const place = text.indexOf(at)
  return place < 0 ? [text] : [text.slice(0, place), text.slice(place + 1)]
}

function cutBefore(text: string, at: string): [string, string] {
  const place = text.indexOf(at)
  return place < 0 ? [text, ''] : [text.slice(0, place), text.slice(place)]
}

/** What is written as it may be stays so; all else is written anew. */
const asWritten = (text: string, more: RegExp, write: (text: string) => string): string =>
  /^(?:[\w.~!$&'()*+,;=:@[\]-]|%[0-9a-f]{2})*$/i.test(text.replace(more, '')) ? text : write(decoded(text))

const writtenUser = (userinfo: string): string =>
  cut(userinfo, ':')
    .map(part => goUser(decoded(part ?? '')))
    .join(':')

/** Bytes that are no UTF-8 stay as they are written. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function badEscape(text: string): string | undefined {
  const broken = /%(?![0-9a-f]{2}).{0,2}/is.exec(text)?.[0]
  return broken === undefined ? undefined : `invalid URL escape ${goQuote(broken)}`
}

function badUserinfo(userinfo = ''): string | undefined {
  if (!/^[\w.~:!$&'()*+,;=%@-]*$/.test(userinfo)) return 'net/url: invalid userinfo'
  return badEscape(userinfo)
}

/** Brackets hold an IPv6 address; a port is digits. */
function badHost(scheme: string, host: string): string | undefined {
  const open = host.lastIndexOf('[')
  if (open > 0) return 'invalid IP-literal'
  if (open === 0) return badLiteral(host)
  // Other schemes may name several hosts.
  const colon = /^https?$/.test(scheme) ? host.indexOf(':') : host.lastIndexOf(':')
  return (colon < 0 ? undefined : badPort(host.slice(colon))) ?? badName(host)
}

function badLiteral(host: string): string | undefined {
  const close = host.lastIndexOf(']')
  if (close < 0) return "missing ']' in host"
  const [address = ''] = host.slice(1, close).split('%25')
  return badPort(host.slice(close + 1)) ?? badName(address) ?? badAddress(address)
}

const badPort = (port: string): string | undefined =>
  /^(:\d*)?$/.test(port) ? undefined : `invalid port ${goQuote(port)} after host`

/** Only what is not ASCII may be escaped in a host (RFC 3986, section 3.2.2). */
function badName(name: string): string | undefined {
  const [first = ''] =
    /%(?!25|[89a-f][0-9a-f]).{0,2}|[^\w.~!$&'()*+,;=:[\]<>"%\u0080-\u{10ffff}-]/isu.exec(name) ?? []
  if (first === '') return undefined
  return first.startsWith('%')
    ? `invalid URL escape ${goQuote(first)}`
    : `invalid character ${goQuote(first)} in host name`
}

function badAddress(address: string): string | undefined {
  if (/^\d+(\.\d+){3}$/.test(address)) return 'invalid IP-literal'
  if (address.includes(':') && URL.canParse(`http://[${address}]/`)) return undefined
  return `invalid host: ParseAddr(${goQuote(address)}): unable to parse IP`
}
