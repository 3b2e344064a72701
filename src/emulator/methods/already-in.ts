import { type Answer, type Exchange, isJson, problem, redirect } from '../http/exchange.js'
import { alreadySignedInForRecovery } from '../http/kratos-errors.js'
import { maybeSignedIn } from '../identities/sessions.js'

/** Who is signed in has nothing to recover. */
export function alreadyIn(x: Exchange): Answer | undefined {
  if (!maybeSignedIn(x)) return undefined
  if (isJson(x)) return problem(alreadySignedInForRecovery())
  return redirect(x, x.core.config.selfservice.default_browser_return_url, 302)
}
