/** Native apps that sign in through a browser: https://www.ory.com/docs/kratos/social-signin/native-apps */
import { type Core, withQuery } from '../core.js'
import { type Flow, returnToAfter } from '../flows.js'
import { type Answer, type Exchange, redirect } from '../http.js'
import type { Session } from '../model.js'

/** The app's address with the second half of its code; nothing if it has asked for none. */
function appUrl(x: Exchange, flow: Flow, add: Record<string, string> = {}): string | undefined {
  const { core } = x
  const exchange = flow.type === 'api' ? core.state.exchanges.get(flow.id) : undefined
  if (!exchange) return undefined
  const home = core.config.selfservice.default_browser_return_url
  return withQuery(returnToAfter(core, flow, home), { code: exchange.return_to_code, ...add })
}

/** Back to the app, which gets the session for both halves. */
export function handOver(x: Exchange, flow: Flow, method: string, session: Session): Answer | undefined {
  const url = method === 'oidc' ? appUrl(x, flow) : undefined
  const exchange = x.core.state.exchanges.get(flow.id)
  if (!url || !exchange) return undefined
  x.core.state.addExchange({ ...exchange, session_id: session.id })
  return redirect(x, url)
}

/** Back to the app, which finds in the flow what went wrong. */
export function handBack(x: Exchange, flow: Flow): Answer | undefined {
  const url = appUrl(x, flow, flow.kind === 'registration' ? { flow: flow.id } : {})
  return url === undefined ? undefined : redirect(x, url)
}

/** A sign-in that becomes a sign-up, or the other way round, goes on with the same code. */
export function moveExchange(core: Core, from: Flow, to: Flow): void {
  const exchange = core.state.exchanges.get(from.id)
  if (!exchange) return
  core.state.exchanges.delete(from.id)
  core.state.addExchange({ ...exchange, flow_id: to.id })
}
