import type { IncomingMessage } from 'node:http'
import { OryProxyError } from '../errors.js'
import { printable } from '../log.js'
import { OUR_HEADERS } from './answer.js'
import { connectionTokens, HOP_BY_HOP } from './headers.js'
import { belowMount, climbs } from './mount.js'
import type { Exchange, HttpExchange, Stage } from './pipeline.js'
import { type OryPattern, oryPattern, type Rewriting, rewriteCookie, rewriteLocation } from './rewrite.js'
import { type AnswerHeaders, isRewritable, rewriteBody, stream } from './rewrite-body.js'
import { type SendRules, sendToOry } from './send-to-ory.js'

/** What the forwarder needs to know. */
export interface ProxyRules extends SendRules {
  readonly defaultRedirectUrl: string | undefined
  readonly cookieDomain: string | undefined
  /** Told what an answer of Ory was changed in. */
  readonly explain?: ((x: Exchange, changes: readonly string[]) => void) | undefined
  /** Something at Ory may change, or has just changed. */
  readonly onChange: () => void
}

/** Stage 4: the rest of `/.ory/*` goes to Ory and comes back speaking of our origin. */
export function proxyStage(rules: ProxyRules): Stage {
  const pattern = oryPattern(rules.ory)
  return function oryProxy(x) {
    const path = belowMount(x.req.url!)
    if (path === null) return 'next'
    if (climbs(path)) throw new OryProxyError('ORY_PROXY_BAD_REQUEST', 'The path leaves /.ory.')
    if (x.req.readableDidRead) {
      throw new Error(
        'The body was read before it reached ory-proxy: put ory-proxy in front of body parsers.',
      )
    }
    return forward(x, path, rules, pattern).then(() => 'done')
  }
}

/** Sends the request on and resolves once its answer is on the way to the client. */
async function forward(x: HttpExchange, path: string, rules: ProxyRules, pattern: OryPattern): Promise<void> {
  const mayChange = path.split('?', 1)[0] !== '/sessions/whoami'
  if (mayChange) rules.onChange()
  const upstream = await sendToOry(x, path, rules)
  if (mayChange) rules.onChange() // what was asked while this was under way may be older than its effect
  try {
    await pass(x, path, upstream, rules, pattern)
  } catch (error) {
    upstream.destroy() // unread, it would keep its connection for good
    // Over HTTP/2, what writeHead threw on is set already, and the error page would throw on it again.
    if (!x.res.headersSent) for (const name of Object.keys(upstream.headers)) x.res.removeHeader(name)
    throw error
  }
}

/** Passes an answer of Ory on, as one of our origin. */
async function pass(
  x: HttpExchange,
  path: string,
  upstream: IncomingMessage,
  rules: ProxyRules,
  pattern: OryPattern,
): Promise<void> {
  const { req, res, origin } = x
  const { defaultRedirectUrl, cookieDomain } = rules
  const home = defaultRedirectUrl ?? `${origin}/`
  const rewriting = { ory: rules.ory, origin, mounted: origin + rules.mount, home, cookieDomain }
  const headers = answerHeaders(upstream, requestedUrl(path, rules.ory, pattern), pattern, rewriting)
  const changes = rules.explain && headerChanges(upstream, headers)
  if (isRewritable(req, upstream)) {
    if (await rewriteBody(upstream, res, headers, pattern, rewriting)) changes?.push('body')
  } else {
    res.writeHead(upstream.statusCode!, headers)
    stream(upstream, res)
  }
  if (changes) rules.explain!(x, changes)
}

/** For the debug output: which headers are no longer as Ory sent them. Names only. */
function headerChanges({ headers: theirs }: IncomingMessage, ours: AnswerHeaders): string[] {
  const cookies = theirs['set-cookie'] ?? []
  const changed = cookies.filter((cookie, i) => cookie !== ours['set-cookie']?.[i])
  return [
    ...(theirs.location === ours['location'] ? [] : ['Location']),
    ...changed.map(cookie => `cookie ${printable(cookie.split('=', 1)[0]!, 60)}`),
  ]
}

/** Set part by part: as one text, a path like `//host` would name another server, and `//` no URL at all. */
function requestedUrl(path: string, ory: URL, { prefix }: OryPattern): URL {
  const url = new URL(ory)
  const [pathname = '', ...search] = path.split('?')
  url.pathname = prefix + pathname
  url.search = search.join('?')
  return url
}

function answerHeaders(
  upstream: IncomingMessage,
  requested: URL,
  pattern: OryPattern,
  rewriting: Rewriting,
): AnswerHeaders {
  const named = new Set(connectionTokens(upstream.headers.connection))
  const headers: AnswerHeaders = {}
  for (const [name, values] of Object.entries(upstream.headersDistinct)) {
    if (!values || HOP_BY_HOP.has(name) || named.has(name) || NOT_OURS.test(name)) continue
    headers[name] = values.length === 1 ? values[0]! : values
  }
  const { location } = upstream.headers
  if (location !== undefined) headers['location'] = rewriteLocation(location, requested, pattern, rewriting)
  const cookies = upstream.headers['set-cookie']
  if (cookies) headers['set-cookie'] = cookies.map(cookie => rewriteCookie(cookie, rewriting))
  for (const [name, value] of Object.entries(OUR_HEADERS)) headers[name.toLowerCase()] = value
  return headers
}

/** Who may read it is for us to say, and what Ory has at another port (RFC 7838) is not at ours. */
const NOT_OURS = /^(?:access-control-|alt-svc$)/
