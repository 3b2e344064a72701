/** Getting back in: https://www.ory.com/docs/kratos/self-service/flows/account-recovery-password-reset */

import { flowJson, requireFresh, uiUrl } from '../flows/flow.js'
import { noStrategy } from '../flows/messages.js'
import type { Flow, FlowType } from '../flows/types.js'
import { type Answer, type Exchange, flowOrRedirect, isJson, json, redirect } from '../http/exchange.js'
import { forward } from '../http/failures.js'
import { alreadySignedInForRecovery, NoMethod } from '../http/kratos-errors.js'
import { maybeSignedIn } from '../identities/sessions.js'
import { alreadyIn } from '../methods/already-in.js'
import { allMethods } from '../methods/registry.js'
import { forwarding, getFlow, requireEnabled, startWithMethod, submitError, submitFlow } from './flow.js'

/** `GET /self-service/recovery/browser` */
export function createBrowserRecovery(x: Exchange): Promise<Answer> {
  return forwarding(x, async () => {
    const signedIn = alreadyIn(x)
    if (signedIn) return signedIn
    requireEnabled(x, 'recovery')
    const flow = await startWithMethod(x, 'recovery', 'browser')
    return flowOrRedirect(x, () => flowJson(x.core, flow), uiUrl(x.core, flow))
  })
}

/** `GET /self-service/recovery/api` */
export async function createNativeRecovery(x: Exchange): Promise<Answer> {
  if (maybeSignedIn(x)) throw alreadySignedInForRecovery()
  try {
    requireEnabled(x, 'recovery')
  } catch (error) {
    return forward(x, error)
  }
  return json(200, flowJson(x.core, await startWithMethod(x, 'recovery', 'api')))
}

/** `GET /self-service/recovery/flows` */
export function getRecovery(x: Exchange): Answer {
  try {
    requireEnabled(x, 'recovery')
  } catch (error) {
    return forward(x, error)
  }
  return getFlow(x, 'recovery')
}

/** `POST /self-service/recovery` */
export function submitRecovery(x: Exchange): Promise<Answer> {
  return submitFlow(
    x,
    'recovery',
    flow => take(x, flow),
    (flow, error) => {
      const type = replacementType(flow)
      return submitError(x, flow, error, {
        replacement: () => startWithMethod(x, 'recovery', type),
        redirectExpired: type === 'browser' || !x.core.config.feature_flags.use_continue_with_transitions,
        marksActive: true,
      })
    },
  )
}

/** A link is opened in a browser, whoever asked for it: https://github.com/ory/kratos/issues/2049 */
const replacementType = ({ type, active }: Flow): FlowType => (active === 'link' ? 'browser' : type)

async function take(x: Exchange, flow: Flow): Promise<Answer> {
  requireFresh(x.core, flow)
  for (const { recovery } of allMethods()) {
    const outcome = await recovery?.submit(x, flow)
    if (!outcome) continue
    if ('answer' in outcome) return outcome.answer
    if (flow.type === 'browser' && !isJson(x)) return redirect(x, uiUrl(x.core, flow))
    return json(200, flowJson(x.core, flow))
  }
  throw new NoMethod({ text: noStrategy('recovery') })
}
