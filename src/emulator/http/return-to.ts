/**
 * Where a browser may be sent after a flow. Only listed places: everything else would make every
 * sign-in page an open redirect (CWE-601).
 */
import type { Core } from '../core.js'
import { type GoUrl, NoUrl, parseGoUrl, writeGoUrl } from '../go/parse-url.js'
import { goQuote } from '../go/quote.js'
import { badRequest, Problem } from './kratos-errors.js'

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
  const home = parseGoUrl(standard)
  target.scheme ||= home.scheme
  target.host ||= home.host
  // Kratos takes `http:\/\/evil.com` for a path at home; a browser does not.
  const readAlike = target.opaque === ''
  if (readAlike && allowed(core).some(prefix => matches(prefix, target))) return writeGoUrl(target)
  throw new Problem(400, {
    id: 'self_service_flow_return_to_forbidden',
    reason: `Requested return_to URL ${goQuote(writeGoUrl(target))} is not allowed.`,
  })
}

function parse(asked: string): GoUrl {
  try {
    return parseGoUrl(asked)
  } catch (error) {
    if (!(error instanceof NoUrl)) throw error
    throw badRequest(`Unable to parse the return_to query parameter as an URL: ${error.message}`)
  }
}

function allowed(core: Core): string[] {
  const configured = core.config.selfservice.allowed_return_urls
  return [...configured, ...core.frontOrigins, `${core.base}/self-service`]
}

function matches(prefix: string, target: GoUrl): boolean {
  const { scheme, host, path } = parseGoUrl(prefix)
  return (
    scheme === target.scheme && hostMatches(host, target.host) && (target.path || '/').startsWith(path || '/')
  )
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
