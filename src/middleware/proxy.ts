import { connectionTokens, HOP_BY_HOP } from '../common/hop-by-hop.js'
import { namespaceChangedBy } from '../common/namespace.js'
import { OryProxyError } from '../errors.js'
import { printable } from '../log.js'
import { begin, sinkOf } from '../outbound/answer.js'
import { type AnswerHead, fieldOf } from '../outbound/answer-head.js'
import { failureOf } from '../outbound/failure.js'
import { passOn, type Sink } from '../outbound/passage.js'
import { OUR_HEADERS } from './answer.js'
import { belowMount, climbs } from './mount.js'
import { type OryPattern, oryPattern, type Rewriting, rewriteCookie, rewriteLocation } from './ory/rewrite.js'
import { isRewritable, RewritingSink, withoutBodyHeaders } from './ory/rewrite-body.js'
import { changesSomething, requestToOry, type SendRules } from './ory/send-to-ory.js'
import type { Exchange, HttpExchange, Stage } from './pipeline.js'

/** What the forwarder needs to know. */
export interface ProxyRules extends SendRules {
  readonly defaultRedirectUrl: string | undefined
  readonly cookieDomain: string | undefined
  /** Told what an answer of Ory was changed in. */
  readonly explain?: ((x: Exchange, changes: readonly string[]) => void) | undefined
  /** Whether Ory itself says who may read its answers from another origin. */
  readonly oryShares: () => boolean
  /** Told when a request is on its way to Ory, so that what it carries may be listened to. */
  readonly listen?: (x: Exchange) => void
  /** Told of every answer of Ory's, as the client gets it. */
  readonly observe?: (x: Exchange, path: string, answer: AnswerGiven) => void
  /** Something at Ory may change, or has just changed; in that namespace alone, where the emulator is Ory. */
  readonly onChange: (namespace: string | undefined) => void
}

/** What came of a request to Ory. */
export interface AnswerGiven {
  readonly status: number
  /** Names and values in turn. */
  readonly headers: readonly string[]
  /** Where it is text that was looked through. */
  readonly text?: string | undefined
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

/** Sends the request on; resolves when nothing more comes of it. */
function forward(x: HttpExchange, path: string, rules: ProxyRules, pattern: OryPattern): Promise<void> {
  const { req, res } = x
  const isQuestion = path.split('?', 1)[0] === '/sessions/whoami'
  const namespace = namespaceChangedBy(req.headers, path)
  const onChange = isQuestion ? () => {} : () => rules.onChange(namespace)
  onChange()
  return new Promise((resolve, reject) => {
    let answered = false
    passOn(req, res, rules.client.way, {
      outgoing: requestToOry(x, path, rules),
      outlives: changesSomething(req.method!, path),
      onAnswer(answer) {
        answered = true
        onChange() // what was asked while this was under way may be older than its effect
        return answerAs(x, path, answer, rules, pattern)
      },
      onFailure(error) {
        reject(failureOf(error, answered ? brokeOff(rules) : unreachable(rules)))
      },
      onSettled() {
        if (!answered) onChange() // it may have had its effect all the same
        resolve()
      },
    })
    rules.listen?.(x)
  })
}

const unreachable =
  ({ ory }: ProxyRules) =>
  (why: string): OryProxyError =>
    new OryProxyError('ORY_PROXY_UNREACHABLE', `Ory at ${ory.origin} does not answer (${why}).`)

const brokeOff =
  ({ ory }: ProxyRules) =>
  (): OryProxyError =>
    new OryProxyError('ORY_PROXY_UNREACHABLE', `Ory at ${ory.origin} broke off its answer.`)

/** Passes an answer of Ory on, as one of our origin. */
function answerAs(
  x: HttpExchange,
  path: string,
  answer: AnswerHead,
  rules: ProxyRules,
  pattern: OryPattern,
): Sink {
  const { req, res, origin, prefix } = x
  const { defaultRedirectUrl, cookieDomain } = rules
  const home = defaultRedirectUrl ?? `${origin}/`
  const rewriting = { ory: rules.ory, origin, mounted: origin + prefix + rules.mount, home, cookieDomain }
  const changes: string[] = []
  const requested = requestedUrl(path, rules.ory, pattern)
  const dropped = rules.oryShares() ? NOT_OURS : NOT_OURS_TO_SHARE
  const headers = answerHeaders(answer, requested, { pattern, rewriting, dropped, changes })
  const explain = (text?: string): void => {
    rules.explain?.(x, changes)
    rules.observe?.(x, path, { status: answer.status, headers, text })
  }
  if (isRewritable(answer)) {
    if (req.method !== 'HEAD') {
      const done = (changed: boolean, text?: string): void => {
        if (changed) changes.push('body')
        explain(text)
      }
      return new RewritingSink(req, res, { ...answer, headers }, pattern, rewriting, done)
    }
    begin(res, answer.status, answer.reason, withoutBodyHeaders(headers)) // as GET's, but for the length, which only the rewritten body has (RFC 9110, section 9.3.2)
  } else begin(res, answer.status, answer.reason, headers)
  explain()
  return sinkOf(req, res)
}

/** Set part by part: as one text, a path like `//host` would name another server, and `//` no URL at all. */
function requestedUrl(path: string, ory: URL, { prefix }: OryPattern): URL {
  const url = new URL(ory)
  const [pathname = '', ...search] = path.split('?')
  url.pathname = prefix + pathname
  url.search = search.join('?')
  return url
}

interface HeaderRules {
  readonly pattern: OryPattern
  readonly rewriting: Rewriting
  readonly dropped: RegExp
  /** Gets the names of what is no longer as Ory sent it, for the debug output. */
  readonly changes: string[]
}

function answerHeaders(
  answer: AnswerHead,
  requested: URL,
  { pattern, rewriting, dropped, changes }: HeaderRules,
): string[] {
  const named = connectionTokens(fieldOf(answer, 'connection'))
  const headers: string[] = []
  for (let i = 0; i < answer.headers.length; i += 2) {
    const name = answer.headers[i]!.toLowerCase()
    const value = answer.headers[i + 1]!
    if (HOP_BY_HOP.has(name) || named.includes(name) || dropped.test(name)) continue
    let ours = value
    if (name === 'location') ours = rewriteLocation(value, requested, pattern, rewriting)
    else if (name === 'set-cookie') ours = rewriteCookie(value, rewriting)
    if (ours !== value) changes.push(name === 'location' ? 'Location' : `cookie ${cookieName(value)}`)
    headers.push(answer.headers[i]!, ours)
  }
  for (const [name, value] of Object.entries(OUR_HEADERS)) headers.push(name, value)
  return headers
}

const cookieName = (cookie: string): string => printable(cookie.split('=', 1)[0]!, 60)

/** What Ory has at another port (RFC 7838) is not at ours. */
const NOT_OURS = /^(?:alt-svc$|strict-transport-security$)/
/** Who may read it is for us to say, too, as long as nobody said otherwise. */
const NOT_OURS_TO_SHARE = /^(?:access-control-|alt-svc$|strict-transport-security$)/
