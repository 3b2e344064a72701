/** Native apps that sign in through a browser: https://www.ory.com/docs/kratos/social-signin/native-apps */

import type { Core } from '../core.js'
import { returnToAfter, returnToOfFlow } from '../flows/flow.js'
import type { Flow } from '../flows/types.js'
import { type Answer, type Exchange, redirect } from '../http/exchange.js'
import { withQuery } from '../http/urls.js'
import type { Session, TokenExchange } from '../store/model.js'

/** Back to the app, which gets the session for both halves of its code; nothing if it has asked for none. */
export function handOver(x: Exchange, flow: Flow, method: string, session: Session): Answer | undefined {
  return method === 'oidc' && exchangeOf(x.core, flow) ? handOverTo(x, flow, session) : undefined
}

/** Back to where the flow came from, with the code of an app that waits for one. */
export function handOverTo(x: Exchange, flow: Flow, session: Session): Answer {
  const to = returnToAfter(x.core, flow, x.core.config.selfservice.default_browser_return_url)
  const exchange = exchangeOf(x.core, flow)
  if (!exchange) return redirect(x, to)
  x.core.state.addExchange({ ...exchange, session_id: session.id })
  return redirect(x, withQuery(to, { code: exchange.return_to_code }))
}

/** Back to the app, which finds in the flow what went wrong. */
export function handBack(x: Exchange, flow: Flow): Answer | undefined {
  if (!exchangeOf(x.core, flow)) return undefined
  return redirect(x, returnToOfFlow(flow) || x.core.config.selfservice.default_browser_return_url)
}

const exchangeOf = (core: Core, flow: Flow): TokenExchange | undefined =>
  flow.type === 'api' ? core.state.exchanges.get(flow.id) : undefined

/** A sign-in that becomes a sign-up, or the other way round, goes on with the same code. */
export function moveExchange(core: Core, from: Flow, to: Flow): void {
  const exchange = core.state.exchanges.get(from.id)
  if (!exchange) return
  core.state.exchanges.delete(from.id)
  core.state.addExchange({ ...exchange, flow_id: to.id })
}
