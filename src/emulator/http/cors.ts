/**
 * Who may read answers from another origin: `serve.public.cors`, as Kratos answers (https://www.ory.com/docs/kratos/guides/setting-up-cors).
 * It is no guard: what a page of another origin sends is done, only the answer is kept from it.
 */
import type { Cors } from '../config/model.js'
import type { Exchange } from './exchange.js'

/** What an answer gets besides its own headers. */
export interface Sharing {
  readonly headers: Readonly<Record<string, string>>
  /** What the answer depends on. */
  readonly vary: string
  /** A question of the browser's, which these headers answer. */
  readonly isAnswer: boolean
}

type Request = Pick<Exchange, 'method' | 'headers'>

/** Undefined where it is switched off. */
export function sharing(cors: Cors, request: Request): Sharing | undefined {
  if (!cors.enabled) return undefined
  const { 'access-control-request-method': wanted, origin } = request.headers
  if (request.method === 'OPTIONS' && wanted) {
    const headers = preflight(cors, origin, wanted, request.headers['access-control-request-headers'])
    return { headers, vary: PREFLIGHT_VARY, isAnswer: !cors.options_passthrough }
  }
  return { headers: actual(cors, origin, request.method), vary: 'Origin', isAnswer: false }
}

const PREFLIGHT_VARY = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers'

function actual(cors: Cors, origin: string | undefined, method: string): Sharing['headers'] {
  if (!origin || !allowsOrigin(cors, origin) || !allowsMethod(cors, method)) return {}
  const exposed = cors.exposed_headers.map(canonical).join(', ')
  return { ...common(cors, origin), ...(exposed && { 'access-control-expose-headers': exposed }) }
}

function preflight(
  cors: Cors,
  origin: string | undefined,
  method: string,
  headers: string | undefined,
): Sharing['headers'] {
  if (!origin || !allowsOrigin(cors, origin) || !allowsMethod(cors, method)) return {}
  if (headers !== undefined && !allowsHeaders(cors, headers)) return {}
  return {
    ...common(cors, origin),
    'access-control-allow-methods': method,
    ...(headers && { 'access-control-allow-headers': headers }),
    ...(cors.max_age > 0 && { 'access-control-max-age': String(cors.max_age) }),
  }
}

const common = (cors: Cors, origin: string): Record<string, string> => ({
  'access-control-allow-origin': allowsAll(cors) ? '*' : origin,
  ...(cors.allow_credentials && { 'access-control-allow-credentials': 'true' }),
})

const allowsAll = ({ allowed_origins }: Cors): boolean =>
  allowed_origins.length === 0 || allowed_origins.includes('*')

/** A star stands for any characters, and there is one at most; case does not matter. */
function allowsOrigin(cors: Cors, given: string): boolean {
  if (allowsAll(cors)) return true
  const origin = given.toLowerCase()
  return cors.allowed_origins.some(rule => {
    const [start = '', end] = rule.toLowerCase().split('*')
    if (end === undefined) return origin === start
    return origin.length >= start.length + end.length && origin.startsWith(start) && origin.endsWith(end)
  })
}

const DEFAULT_METHODS = ['GET', 'POST', 'HEAD']

function allowsMethod({ allowed_methods }: Cors, method: string): boolean {
  const allowed = allowed_methods.length > 0 ? allowed_methods : DEFAULT_METHODS
  return method === 'OPTIONS' || allowed.includes(method)
}

const DEFAULT_HEADERS = ['accept', 'content-type', 'x-requested-with']
const MAX_EMPTY = 16

/** Browsers send names in lower case, sorted, each once (https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names); nothing else passes. */
function allowsHeaders({ allowed_headers }: Cors, list: string): boolean {
  if (allowed_headers.includes('*')) return true
  const allowed =
    allowed_headers.length > 0 ? allowed_headers.map(name => name.toLowerCase()) : DEFAULT_HEADERS
  const names = list.split(',').map(name => name.replace(/^[ \t]|[ \t]$/g, ''))
  const given = names.filter(name => name !== '')
  return (
    names.length - given.length <= MAX_EMPTY &&
    given.every((name, i) => allowed.includes(name) && (i === 0 || given[i - 1]! < name))
  )
}

/** As Go spells header names. */
const canonical = (name: string): string =>
  name.toLowerCase().replace(/(^|-)[a-z]/g, letter => letter.toUpperCase())
