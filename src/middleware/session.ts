import { hash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { LruMap } from '../common/lru.js'
import { namespaceIn } from '../common/namespace.js'
import type { Breaker } from '../ory/breaker.js'
import type { OryClient } from '../ory/client.js'
import {
  type Credentials,
  type Identified,
  isInNamespace,
  UNKNOWN_NAMESPACE,
  type WhoamiAnswer,
} from '../ory/whoami.js'
import { isForeignWrite } from './origins.js'
import type { Exchange, Reason, Stage } from './pipeline.js'

/** For how long "nobody", and for how long a failure, is believed; milliseconds. */
const NOBODY_FOR = 2000
const FAILURE_FOR = 1000

/** Bytes of answers remembered at most: some 1,500 sessions of usual size. One answer may have up to a MiB. */
const REMEMBERED_BYTES = 3 * 1024 * 1024

/** What an entry takes besides the session's text: its key, its objects. */
const ENTRY_BYTES = 400

/** Tells who a request is from, and forgets it again. */
export interface SessionLookup {
  lookup(req: IncomingMessage): Found | Promise<Found>
  /**
   * Something may have changed at Ory: what is known, and what is being asked right now, is not kept.
   *
   * @param namespace the only one it may have changed in
   */
  flush(namespace?: string): void
  readonly counters: { hits: number; remembered: number }
}

/** Who it is, and why. */
export interface Found {
  readonly identified: Exchange['identified']
  readonly reason: Reason
}

interface Remembered {
  readonly namespace: string | undefined
  readonly answer: WhoamiAnswer
  readonly until: number
}

interface Asked {
  readonly namespace: string | undefined
  readonly answer: Promise<WhoamiAnswer>
}

/** What a lookup is built from. */
export interface SessionRules {
  readonly client: Pick<OryClient, 'whoami'>
  readonly breaker: Breaker
  /** Milliseconds for which a session is believed. */
  readonly ttl: number
  /** Wall clock, for the sessions' own end. */
  readonly now: () => number
  /** Monotonic clock, for the cache's time: a step of the wall clock does not stretch it. */
  readonly uptime?: () => number
  readonly warn: (message: string) => void
}

/**
 * One question per credential at a time, its answer kept for a short fixed time.
 *
 * The key is everything Ory looks at, byte for byte: a cache that picks one cookie, or joins values without
 * an unambiguous separator, hands one person's session to another (GHSA-4mq7-pvjg-xp2r).
 */
export function createSessionLookup(rules: SessionRules): SessionLookup {
  const { client, breaker, ttl, now, uptime = () => performance.now(), warn } = rules
  const cache = new LruMap<string, Remembered>(REMEMBERED_BYTES, bytesOf)
  const asking = new Map<string, Asked>()
  const keyOf = createCacheKeys()
  let hits = 0
  let warned = ''

  function remembered(key: string): WhoamiAnswer | undefined {
    const entry = cache.get(key)
    if (!entry) return undefined
    const ended = entry.answer.kind === 'session' && entry.answer.expiresAt <= now()
    if (entry.until > uptime() && !ended) return entry.answer
    cache.delete(key)
    return undefined
  }

  function keepFor(answer: WhoamiAnswer): number {
    if (answer.kind === 'session')
      return Math.min(ttl, Math.min(answer.expiresAt, answer.keepUntil ?? Number.POSITIVE_INFINITY) - now())
    return Math.min(ttl, answer.kind === 'nobody' ? NOBODY_FOR : FAILURE_FOR)
  }

  function ask(key: string, credentials: Credentials): Promise<WhoamiAnswer> {
    const { cookie, namespace: named } = credentials
    const namespace = namespaceIn({ cookie, 'ory-dev-namespace': named })
    const answer = client.whoami(credentials).then(given => {
      report(given)
      if (asking.get(key) !== asked) return given // flushed meanwhile
      asking.delete(key)
      cache.set(key, { namespace, answer: given, until: uptime() + keepFor(given) })
      return given
    })
    const asked: Asked = { namespace, answer }
    asking.set(key, asked)
    return answer
  }

  function report(answer: WhoamiAnswer): void {
    const cause = answer.kind === 'unreachable' ? answer.cause : ''
    if (answer.kind === 'unreachable' && answer.trips) breaker.trip(cause, answer.retryAfter)
    else if (cause !== '' && cause !== warned) {
      warn(`Ory's whoami gave no usable answer (${cause}): the request passes as anonymous.`)
    }
    warned = cause
  }

  return {
    get counters() {
      return { hits, remembered: cache.size }
    },
    lookup(req) {
      const credentials = credentialsOf(req)
      if (credentials === null) return NOT_ASKED
      const key = keyOf(credentials)
      const known = remembered(key)
      if (known) {
        hits++
        return found(known, 'cached', now)
      }
      if (breaker.open && !isInNamespace(credentials)) return UNREACHABLE
      const shared = asking.get(key)
      if (shared) return shared.answer.then(answer => found(answer, 'shared', now))
      return ask(key, credentials).then(answer => found(answer, 'asked', now))
    },
    flush(namespace) {
      for (const map of [cache, asking]) {
        if (namespace === undefined) map.clear()
        else for (const [key, of] of map) if (of.namespace === namespace) map.delete(key)
      }
    },
  }
}

const NOT_ASKED: Found = { identified: null, reason: 'no credential' }
const FROM_ELSEWHERE: Found = { identified: null, reason: 'another origin' }
const LOST: Found = { identified: null, reason: UNKNOWN_NAMESPACE }
const UNREACHABLE: Found = { identified: null, reason: 'Ory unreachable' }
const NO_TOKEN: Found = { identified: null, reason: 'no token' }
const SECOND_FACTOR: Found = { identified: null, reason: 'second factor missing' }

function found(answer: WhoamiAnswer, reason: Reason, now: () => number): Found {
  if (answer.kind === 'unreachable') return UNREACHABLE
  if (answer.kind === 'nobody' && answer.cause === UNKNOWN_NAMESPACE) return LOST
  if (answer.kind === 'nobody' && answer.needsSecondFactor) return SECOND_FACTOR
  if (answer.kind === 'nobody' && answer.noToken !== undefined) return NO_TOKEN
  if (answer.kind === 'nobody' || answer.expiresAt <= now()) return { identified: null, reason }
  return { identified: answer.identified, reason }
}

function bytesOf(_key: string, { answer }: Remembered): number {
  return ENTRY_BYTES + (answer.kind === 'session' ? sizeOf(answer.identified) : 0)
}

const sizeOf = ({ sessionJson, token = '' }: Identified): number => sessionJson.length + token.length

/** What of a request Ory would look at; null where there is nothing to look at. */
function credentialsOf({ headers }: IncomingMessage): Credentials | null {
  const { cookie, authorization } = headers
  const sessionToken = headers['x-session-token'] as string | undefined
  if (cookie === undefined && authorization === undefined && sessionToken === undefined) return null
  const namespace = headers['ory-dev-namespace'] as string | undefined
  const requestId = headers['x-request-id'] as string | undefined
  return { cookie, authorization, sessionToken, namespace, requestId }
}

/**
 * Names credentials by their hash, so that they do not lie about in memory for as long as their answers are known;
 * all but the last: dev servers hear one person, seldom two, and it is nearly always the next one.
 */
function createCacheKeys(): (given: Credentials) => string {
  let last: { readonly given: Credentials; readonly key: string } | undefined
  return given => {
    if (last && isSame(last.given, given)) return last.key
    const { cookie, authorization, sessionToken, namespace } = given
    const all = [cookie, authorization, sessionToken, namespace]
    const text = JSON.stringify(all.map(value => value ?? null))
    last = { given, key: hash('sha256', text, 'base64') }
    return last.key
  }
}

function isSame(a: Credentials, b: Credentials): boolean {
  return (
    a.cookie === b.cookie &&
    a.authorization === b.authorization &&
    a.sessionToken === b.sessionToken &&
    a.namespace === b.namespace
  )
}

/** Stage 5: who is this? No credential, no question; and what a foreign page sends, nobody here has sent. */
export function sessionStage(
  sessions: SessionLookup,
  listedOrigins: readonly string[],
  explain: (x: Exchange, reason: Reason) => void,
): Stage<Exchange> {
  return function orySession(x) {
    if (isForeignWrite(x, listedOrigins)) return take(x, FROM_ELSEWHERE)
    const result = sessions.lookup(x.req)
    if (result instanceof Promise) return result.then(later => take(x, later))
    return take(x, result)
  }

  function take(x: Exchange, { identified, reason }: Found): 'next' {
    x.identified = identified
    x.reason = reason
    explain(x, reason)
    return 'next'
  }
}
