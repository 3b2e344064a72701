/** Proving an address: https://www.ory.com/docs/kratos/self-service/flows/verify-email-account-activation */

import { flowJson, requireFresh, uiUrl } from '../flows/flow.js'
import { noStrategy } from '../flows/messages.js'
import type { Flow } from '../flows/types.js'
import { type Answer, type Exchange, flowOrRedirect, isBrowser, json, redirect } from '../http/exchange.js'
import { NoMethod } from '../http/kratos-errors.js'
import { allMethods } from '../methods/registry.js'
import { forwarding, getFlow, requireEnabled, startWithMethod, submitError, submitFlow } from './flow.js'

/** `GET /self-service/verification/browser` */
export async function createBrowserVerification(x: Exchange): Promise<Answer> {
  if (!x.core.config.selfservice.flows.verification.enabled) return refuse(x)
  const flow = await startWithMethod(x, 'verification', 'browser')
  return flowOrRedirect(x, () => flowJson(x.core, flow), uiUrl(x.core, flow))
}

/** `GET /self-service/verification/api` */
export async function createNativeVerification(x: Exchange): Promise<Answer> {
  if (!x.core.config.selfservice.flows.verification.enabled) return refuse(x)
  return json(200, flowJson(x.core, await startWithMethod(x, 'verification', 'api')))
}

/** `GET /self-service/verification/flows` */
export async function getVerification(x: Exchange): Promise<Answer> {
  return x.core.config.selfservice.flows.verification.enabled ? getFlow(x, 'verification') : refuse(x)
}

const refuse = (x: Exchange): Promise<Answer> =>
  forwarding(x, () => {
    requireEnabled(x, 'verification')
    throw new Error('unreachable')
  })

/** `POST /self-service/verification`; by GET it is the link in a mail. */
export function submitVerification(x: Exchange): Promise<Answer> {
  return submitFlow(
    x,
    'verification',
    flow => take(x, flow),
    (flow, error) =>
      submitError(x, flow, error, {
        replacement: () => {
          x.csrf.regenerate()
          return startWithMethod(x, 'verification', 'browser')
        },
        redirectExpired: true,
        keepMessages: true,
        marksActive: true,
      }),
  )
}

async function take(x: Exchange, flow: Flow): Promise<Answer> {
  requireFresh(x.core, flow)
  for (const { id, verification } of allMethods()) {
    if (flow.active && flow.active !== id) continue
    const outcome = await verification?.submit(x, flow)
    if (!outcome) continue
    if ('answer' in outcome) return outcome.answer
    if (isBrowser(x)) return redirect(x, uiUrl(x.core, flow))
    delete flow.passing
    return json(200, flowJson(x.core, flow))
  }
  throw new NoMethod({ text: noStrategy('verification') })
}
