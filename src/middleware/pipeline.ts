import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Caller, callerOf } from '../common/caller.js'
import type { Identified } from '../ory/whoami.js'
import { hasLeft } from '../outbound/client-side.js'

/** Hands on to whoever comes behind us: the dev server's next middleware. */
export type Next = (error?: unknown) => void

/** A connect-style middleware; connect, Express, Vite and webpack-dev-server take it as it is. */
export type Middleware = (req: IncomingMessage, res: ServerResponse, next: Next) => void

/** Why a request is who it is. */
export type Reason =
  | 'no credential'
  | 'another origin'
  | 'asked'
  | 'shared'
  | 'cached'
  | 'second factor missing'
  | 'no token'
  | 'unknown namespace'
  | 'Ory unreachable'

/** One request or handshake on its way through: a later stage reads what an earlier one wrote. */
export interface Exchange {
  readonly req: IncomingMessage
  /** Who asks, as it came: stages take headers away, and with them what tells of it. */
  readonly caller: Caller
  /** The origin people see, like `http://localhost:5173`; the host stage writes it. */
  origin: string
  /** Where our caller has us, like `/auth`, or empty; the host stage writes it. */
  prefix: string
  /** The session stage writes it; null is "nobody". */
  identified: Identified | null
  /** The session stage writes it: why that is so. */
  reason?: Reason
}

/** An exchange that can be answered; a WebSocket handshake has no response object. */
export interface HttpExchange extends Exchange {
  readonly res: ServerResponse
}

/** `'done'`: the response is answered. Spelled out, so that no branch forgets to say it. */
export type Outcome = 'next' | 'done'

/** One step. What it refuses it throws, as an {@link OryProxyError} with the status to answer. */
export type Stage<X extends Exchange = HttpExchange> = (x: X) => Outcome | Promise<Outcome>

/**
 * Runs stages in their order until one is done. A stage that answers at once is not awaited, so that
 * a request without credentials passes within one turn of the event loop.
 */
export function run<X extends Exchange>(
  stages: readonly Stage<X>[],
  x: X,
  from = 0,
): Outcome | Promise<Outcome> {
  for (let i = from; i < stages.length; i++) {
    const outcome = stages[i]!(x)
    if (outcome === 'done') return outcome
    if (outcome !== 'next') return outcome.then(later => (later === 'done' ? later : run(stages, x, i + 1)))
  }
  return 'next'
}

/** The stages as one middleware; what a stage throws goes to `onError`, which answers. */
export function chain(
  stages: readonly Stage[],
  onError: (x: HttpExchange, error: unknown) => void,
): Middleware {
  return function oryProxy(req, res, next) {
    const x: HttpExchange = { req, res, caller: callerOf(req), origin: '', prefix: '', identified: null }
    let outcome: Outcome | Promise<Outcome>
    try {
      outcome = run(stages, x)
    } catch (error) {
      return onError(x, error)
    }
    if (outcome === 'next') return next() // outside the try: what the app behind us throws is not ours to catch
    if (outcome === 'done') return
    outcome.then(
      later => {
        // Over HTTP/2, what broke off meanwhile looks whole to whoever is behind us.
        if (later === 'next' && !hasLeft(res)) next()
      },
      error => onError(x, error),
    )
  }
}
