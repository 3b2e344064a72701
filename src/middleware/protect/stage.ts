/** Paths that are for signed-in people only. */
import type { IncomingMessage } from 'node:http'
import { OryProxyError } from '../../errors.js'
import { answer, answerError } from '../answer.js'
import { belowMount, MOUNT } from '../mount.js'
import type { Exchange, HttpExchange, Outcome, Stage } from '../pipeline.js'
import { createLoops, type Loops } from './loops.js'
import { isPreflight, waitingFor } from './navigation.js'
import { protectedPaths } from './paths.js'

/** Seconds after which an Ory that gave no answer may be asked again. */
const RETRY_AFTER = 2

/**
 * Stage 5a: what lies behind the guard is for people who are signed in. A page sends others to sign in and brings
 * them back, everything else is a 401 that a program can read, and an Ory that does not answer is a 503: whoever is
 * signed in there must not be sent to sign in again.
 *
 * @param rules paths as `/app/*`, exceptions as `!/app/health`
 */
export function protectStage(rules: readonly string[]): Stage<Exchange> {
  const isProtected = protectedPaths(rules)
  const loops = createLoops()
  return function oryProtect(x) {
    const { req, identified } = x
    if (identified !== null || !isProtected(req.url!)) return 'next'
    if (belowMount(req.url!) !== null || isPreflight(req)) return 'next'
    return 'res' in x ? turnAway(x as HttpExchange, loops) : refuse(x)
  }
}

function turnAway(x: HttpExchange, loops: Loops): Outcome {
  const { req, res } = x
  const error = refusalOf(x)
  const waiting = waitingFor(req)
  if (error.code === 'ORY_PROXY_WHO_UNKNOWN') {
    answerError(req, res, error, { refresh: RETRY_AFTER, as: waiting })
    return 'done'
  }
  if (waiting === 'page' && !loops.isLoop(req, req.url!.split('?', 1)[0]!)) {
    const location = loginUrl(x, req.url)
    answer(req, res, 303, { Location: location, 'Cache-Control': 'no-store', Vary: VARY }, '')
    return 'done'
  }
  const shown = waiting === 'page' ? new OryProxyError('ORY_PROXY_SIGN_IN_LOOP', whyLoop(x)) : error
  answerError(req, res, shown, { as: waiting, signIn: loginUrl(x, waiting === 'page' ? req.url : undefined) })
  return 'done'
}

/** What a shared cache, or the browser's own, must not give to another kind of request. */
const VARY = 'Cookie, Accept, Sec-Fetch-Mode, Sec-Fetch-Dest'

/** A handshake can only be refused. */
function refuse(x: Exchange): never {
  throw refusalOf(x)
}

function refusalOf({ reason }: Exchange): OryProxyError {
  if (reason === 'Ory unreachable') {
    return new OryProxyError('ORY_PROXY_WHO_UNKNOWN', 'Ory does not answer, so nobody can tell who this is.')
  }
  if (reason === 'no token') {
    const message = 'Ory makes no token of the template that tokenizeAs names, so nobody can be let in.'
    return new OryProxyError('ORY_PROXY_WHO_UNKNOWN', message)
  }
  return reason === 'second factor missing'
    ? new OryProxyError('ORY_PROXY_SECOND_FACTOR', 'This needs a sign-in with a second factor.')
    : new OryProxyError('ORY_PROXY_SIGN_IN', 'This is for people who are signed in.')
}

/** @param back where the person comes back to; without one, to the page that sends them */
function loginUrl({ origin, reason }: Exchange, back: string | undefined): string {
  const query = (to: string): string => `return_to=${encodeURIComponent(to)}`
  if (reason === 'second factor missing') {
    const path = `${MOUNT}/self-service/login/browser?aal=aal2`
    return back === undefined ? path : `${path}&${query(origin + back)}` // Ory itself knows whole addresses only
  }
  return `${MOUNT}/init/login${back === undefined ? '' : `?${query(back)}`}`
}

/** The commonest causes of being sent back and forth, by what the browser sends. */
function whyLoop({ req, origin }: HttpExchange): string {
  const { host } = new URL(origin)
  if (!carriesSession(req)) {
    return (
      `Your browser was sent to sign in and came back without Ory's cookie: it was not kept, or it belongs to ` +
      `another name than ${host}.`
    )
  }
  return `Your browser was sent to sign in and came back with a session that Ory does not know (any more).`
}

function carriesSession({ headers }: IncomingMessage): boolean {
  return /session/i.test((headers.cookie ?? '').replaceAll(/=[^;]*/g, ''))
}
