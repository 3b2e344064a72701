import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { answer } from './answer.js'
import { belowMount } from './mount.js'
import { isListedOrigin } from './origins.js'
import type { HttpExchange, Stage } from './pipeline.js'

/** Who may read answers from another origin. */
export interface CorsRules {
  /** Empty: nobody, as app and Ory share one origin; the app's own headers are then its own business. */
  readonly allowedCorsOrigins: readonly string[]
  readonly additionalCorsHeaders: readonly string[]
  /** Whether Ory itself says who may read its answers: to origins that are not listed, then. */
  readonly oryShares: () => boolean
}

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE'

/** What front ends of Ory send, and what those behind us ask for. */
const REQUEST_HEADERS = [
  'Accept',
  'Authorization',
  'Content-Type',
  'X-CSRF-Token',
  'X-Request-Id',
  'X-Session-Token',
]

/** Seconds a browser need not ask again; short, as a dev server's settings change. */
const MAX_AGE = '60'

/**
 * Cross-origin reads (https://fetch.spec.whatwg.org/#http-cors-protocol): only for listed origins, then with
 * credentials, and with exactly one header each: two `Access-Control-Allow-Origin` are none to a browser, so
 * those of whoever answers behind us give way.
 */
export function corsStage({ allowedCorsOrigins, additionalCorsHeaders, oryShares }: CorsRules): Stage {
  const requestHeaders = [...new Set([...REQUEST_HEADERS, ...additionalCorsHeaders])].join(', ')
  return function oryCors(x) {
    const { req, res } = x
    const isOry = belowMount(req.url!) !== null
    const shared = sharing(x)
    if (isOry && oryShares() && !('Access-Control-Allow-Origin' in shared)) return 'next'
    if (allowedCorsOrigins.length === 0) return isOry && isPreflight(req) ? preflight(x, {}) : 'next'
    if (isPreflight(req)) return preflight(x, shared)
    replaceCorsHeaders(res, shared)
    return 'next'
  }

  function sharing({ req, origin: own }: HttpExchange): Record<string, string> {
    const { origin } = req.headers
    if (origin === undefined || origin === own || !isListedOrigin(origin, allowedCorsOrigins)) return {}
    return { 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Credentials': 'true' }
  }

  /** Without an answer to its question, the browser does not send the request. */
  function preflight({ req, res }: HttpExchange, shared: Record<string, string>): 'done' {
    const isAllowed = 'Access-Control-Allow-Origin' in shared
    const rules = {
      'Access-Control-Allow-Methods': METHODS,
      'Access-Control-Allow-Headers': requestHeaders,
      'Access-Control-Max-Age': MAX_AGE,
    }
    answer(req, res, 204, { Vary: 'Origin', ...shared, ...(isAllowed && rules) }, '')
    return 'done'
  }
}

const isPreflight = ({ method, headers }: IncomingMessage): boolean =>
  method === 'OPTIONS' && 'origin' in headers && 'access-control-request-method' in headers

/** At the last moment, when whoever answers has set its headers: theirs out, ours in. */
function replaceCorsHeaders(res: ServerResponse, ours: Readonly<Record<string, string>>): void {
  const writeHead = res.writeHead as (...args: unknown[]) => ServerResponse
  res.writeHead = function corsWriteHead(status: number, ...rest: unknown[]): ServerResponse {
    for (const [name, value] of pairsOf(rest.find(part => typeof part === 'object' && part !== null))) {
      res.setHeader(name, value)
    }
    for (const name of res.getHeaderNames()) if (name.startsWith('access-control-')) res.removeHeader(name)
    for (const [name, value] of Object.entries(ours)) res.setHeader(name, value)
    res.setHeader('Vary', varyByOrigin(res.getHeader('Vary')))
    const message = typeof rest[0] === 'string' ? [rest[0]] : []
    return writeHead.call(res, status, ...message)
  } as ServerResponse['writeHead']
}

type HeaderValue = NonNullable<OutgoingHttpHeaders[string]>

/** What `writeHead` takes: an object, or names and values in turn. */
function pairsOf(headers: unknown): [string, HeaderValue][] {
  if (!Array.isArray(headers)) return Object.entries((headers ?? {}) as Record<string, HeaderValue>)
  const gathered = new Map<string, HeaderValue>()
  const flat = headers.flat() as string[]
  for (let i = 0; i < flat.length; i += 2) {
    const before = gathered.get(flat[i]!)
    gathered.set(flat[i]!, before === undefined ? flat[i + 1]! : ([before, flat[i + 1]!].flat() as string[]))
  }
  return [...gathered]
}

function varyByOrigin(vary: HeaderValue | undefined): string {
  const named = [vary ?? []].flat().join(', ')
  if (named === '') return 'Origin'
  return /(^|,)\s*(\*|origin)\s*(,|$)/i.test(named) ? named : `${named}, Origin`
}
