/** Ory's own address and ours, and what becomes of the one where the other should stand. Pure functions. */
export interface Rewriting {
  /** Ory's address as configured. */
  readonly ory: URL
  /** Our origin, as the person sees it. */
  readonly origin: string
  /** Ory's place on it. */
  readonly mounted: string
  /** Where Ory's welcome page is replaced by: the app. */
  readonly home: string
  readonly cookieDomain?: string | undefined
}

/** Finds Ory's address in text: plain, with JSON's `\/`, and percent-encoded inside one of its own URLs. */
export interface OryPattern {
  readonly inText: RegExp
  readonly inQuery: RegExp
  readonly origins: ReadonlySet<string>
  /** The path in front of Ory's own, without a slash at its end. */
  readonly prefix: string
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

const quote = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')

/**
 * Compiled once per Ory. An address counts only up to a boundary: another port (`:44339`), a longer name or
 * userinfo (`@`) is somebody else. On loopback, all three names of it are the same Ory.
 */
export function oryPattern(ory: URL): OryPattern {
  const names = LOOPBACK.includes(ory.hostname) ? LOOPBACK : [ory.hostname]
  const prefix = ory.pathname.replace(/\/+$/, '')
  const defaultPort = ory.protocol === 'https:' ? ':443' : ':80'
  const port = ory.port === '' ? `(?:${defaultPort})?` : `:${ory.port}`
  const hosts = `(?:${names.map(quote).join('|')})`
  const slash = String.raw`(?:\\?/)`
  const path = prefix
    .split('/')
    .filter(Boolean)
    .map(part => slash + quote(part))
    .join('')
  const rest = String.raw`(?![\w.:@%-])((?:(?!https?:)[^\s"'<>])*)`
  const encoded = (text: string): string => quote(encodeURIComponent(text))
  const encodedHosts = `(?:${names.map(encoded).join('|')})`
  const encodedPort = port.replaceAll(':', '%3A').replace('?%3A', '?:')
  return {
    inText: new RegExp(`${ory.protocol}${slash}${slash}${hosts}${port}${path}${rest}`, 'gi'),
    inQuery: new RegExp(
      `${encoded(`${ory.protocol}//`)}${encodedHosts}${encodedPort}${encoded(prefix)}(?![\\w.@-]|%3A|%40)`,
      'gi',
    ),
    origins: new Set(
      names.map(name => new URL(`${ory.protocol}//${name}${ory.port && `:${ory.port}`}`).origin),
    ),
    prefix,
  }
}

/**
 * Every URL of Ory in a body points to our mount afterwards; all other bytes stay.
 *
 * Text, not parsed JSON: numbers beyond 2^53, the order of members and broken documents survive. Encoded
 * addresses change only inside an URL of Ory's own: a provider's `redirect_uri` must arrive as Ory sent it.
 */
export function rewriteText(text: string, pattern: OryPattern, rewriting: Rewriting): string {
  const { mounted, home } = rewriting
  const escaped = mounted.replaceAll('/', '\\/')
  const moved = text.replace(pattern.inText, (match: string, rest: string) => {
    const target = match.includes('\\/\\/') ? escaped : mounted
    return target + rewriteQuery(rest, pattern, mounted)
  })
  const welcome = `"${mounted}/ui/welcome`
  const seen = asSeen(moved, rewriting)
  if (!seen.includes(welcome)) return seen
  return seen.replaceAll(WELCOME_IN_TEXT, (match: string, query: string) =>
    match.startsWith(welcome) ? `"${withQuery(home, query)}"` : match,
  )
}

const WELCOME_IN_TEXT = /"https?:[^"\s]*\/ui\/welcome((?:\?[^"\s]*)?)"/g

/** The app instead of the welcome page; a query goes along: a native sign-in's `?code=` is what its app waits for. */
function withQuery(home: string, query: string): string {
  return query !== '' && home.includes('?') ? `${home}&${query.slice(1)}` : home + query
}

/** A mount of ours, on whatever host. */
const MOUNTED = /https?:(\\?\/)\\?\/([\w.-]+|\[[\da-f:]+\])(?::(\d+))?\\?\/\.ory(?![\w.-])/gi

/**
 * A Kratos whose `base_url` is our own address may know it by the other scheme, or by another name of this machine,
 * than the person who is looking: they would leave their cookies behind.
 */
function asSeen(text: string, { origin, mounted }: Rewriting): string {
  if (mounted === origin || !text.includes('.ory')) return text
  const own = new URL(origin)
  return text.replace(MOUNTED, (match: string, slash: string, name: string, port = '') => {
    const isOurs = name === own.hostname || (LOOPBACK.includes(name) && LOOPBACK.includes(own.hostname))
    if (!isOurs || port !== own.port) return match
    return slash === '/' ? mounted : mounted.replaceAll('/', '\\/')
  })
}

const rewriteQuery = (rest: string, { inQuery }: OryPattern, mounted: string): string =>
  rest.includes('%') ? rest.replace(inQuery, encodeURIComponent(mounted)) : rest

/**
 * `Location`: absolute, relative and protocol-relative addresses of Ory move below the mount, its welcome page
 * becomes the app. Foreign ones, and what is no URL, pass unchanged.
 *
 * @param requested the URL at Ory that answered with it
 */
export function rewriteLocation(
  location: string,
  requested: URL,
  pattern: OryPattern,
  rewriting: Rewriting,
): string {
  if (!URL.canParse(location, requested.href)) return location
  const url = new URL(location, requested)
  const { mounted, home } = rewriting
  if (url.username !== '' || url.password !== '') return location
  if (!pattern.origins.has(url.origin)) {
    const seen = asSeen(location, rewriting)
    const welcome = `${mounted}/ui/welcome`
    return seen === welcome || seen.startsWith(`${welcome}?`)
      ? withQuery(home, seen.slice(welcome.length))
      : seen
  }
  const { prefix } = pattern
  if (prefix !== '' && url.pathname !== prefix && !url.pathname.startsWith(`${prefix}/`)) return location
  const path = url.pathname.slice(prefix.length)
  if (path === '/ui/welcome') return withQuery(home, url.search) + url.hash
  return mounted + path + rewriteQuery(url.search, pattern, mounted) + url.hash
}

/**
 * `Set-Cookie`, one attribute at a time, name and value untouched: a Domain of Ory's would be refused here;
 * over plain http `Secure` and `Partitioned` keep a cookie from being stored, and `SameSite=None` without
 * `Secure` is refused. Names with a `__Host-` or `__Secure-` prefix are nothing without `Secure`.
 */
export function rewriteCookie(cookie: string, { origin, cookieDomain }: Rewriting): string {
  const [pair = '', ...attributes] = cookie.split(';')
  const plain = origin.startsWith('http:')
  const hostBound = /^\s*__host-/i.test(pair)
  const prefixed = hostBound || /^\s*__secure-/i.test(pair)
  const kept = attributes.flatMap(attribute => {
    const [name = '', value = ''] = attribute.split('=', 2).map(part => part.trim().toLowerCase())
    if (name === 'domain') return []
    if (!plain || prefixed) return [attribute]
    if (name === 'secure' || name === 'partitioned') return []
    return name === 'samesite' && value === 'none' ? [' SameSite=Lax'] : [attribute]
  })
  if (cookieDomain !== undefined && !hostBound) kept.push(` Domain=${cookieDomain}`)
  return [pair, ...kept].join(';')
}
