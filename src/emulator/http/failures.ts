/** What becomes of an error that no form can show. */

import type { Flow } from '../flows/types.js'
import { isoTime } from '../store/clock.js'
import { type Answer, type Exchange, isJson, problem, redirect } from './exchange.js'
import { Invalid, PlainFailure, Problem } from './kratos-errors.js'
import { withQuery } from './urls.js'

export function toProblem(x: Exchange, error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof PlainFailure) return new Problem(500, { message: error.message })
  if (error instanceof Invalid) return new Problem(400, { reason: error.message })
  // Ours, not the caller's. The stack is for the log only.
  x.core.log.error(error instanceof Error ? (error.stack ?? error.message) : String(error))
  return new Problem(500)
}

/** JSON for scripts, for a browser a page that shows the stored error. */
export function forward(x: Exchange, error: unknown): Answer {
  const failure = toProblem(x, error)
  if (isJson(x)) return problem(failure)
  return redirect(x, errorPage(x, failure))
}

/** As {@link forward}, for a flow that is there: a native app always gets JSON. */
export function forwardOf(x: Exchange, flow: Flow, error: unknown): Answer {
  const direct = flow.type === 'api' || (isJson(x) && flow.kind !== 'login' && flow.kind !== 'registration')
  if (!direct) return forward(x, error)
  return problem(toProblem(x, error), error instanceof PlainFailure ? 400 : undefined)
}

function errorPage(x: Exchange, failure: Problem): string {
  const { core } = x
  const id = core.ids.uuid()
  core.state.addError({ id, error: failure.error(), created_at: isoTime(core.now()) })
  return withQuery(core.config.selfservice.flows.error.ui_url, { id })
}
