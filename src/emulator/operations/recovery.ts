/** Getting back in: https://www.ory.com/docs/kratos/self-service/flows/account-recovery-password-reset */
import { forward } from '../failures.js'
import {
  type Flow,
  type FlowType,
  flowJson,
  newFlow,
  requireFresh,
  saveFlow,
  submittedFlow,
  uiUrl,
} from '../flows.js'
import { runBefore } from '../hooks.js'
import { type Answer, type Exchange, flowOrRedirect, isJson, json, redirect } from '../http.js'
import { alreadySignedInForRecovery, badRequest, NoMethod, Problem } from '../kratos-errors.js'
import { noStrategy } from '../messages.js'
import { alreadyIn } from '../methods/already-in.js'
import { maybeSignedIn } from '../sessions.js'
import { forwarding, getFlow, requireEnabled, submitError } from './flow.js'

/** A new flow, stored. */
export async function startRecovery(x: Exchange, type: FlowType): Promise<Flow> {
  const { core } = x
  const { use } = core.config.selfservice.flows.recovery
  const method = core.methods.find(m => m.id === use && m.enabled(core))?.recovery
  if (!method)
    throw badRequest(
      `You attempted recovery using ${use}, which is not enabled or does not exist. An administrator needs to enable this recovery method.`,
    )
  const flow = newFlow(x, 'recovery', type)
  method.populate(x, flow)
  await runBefore(x, flow)
  saveFlow(core, flow)
  return flow
}

/** `GET /self-service/recovery/browser` */
export function createBrowserRecovery(x: Exchange): Promise<Answer> {
  return forwarding(x, async () => {
    const signedIn = alreadyIn(x)
    if (signedIn) return signedIn
    requireEnabled(x, 'recovery')
    const flow = await startRecovery(x, 'browser')
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
  return json(200, flowJson(x.core, await startRecovery(x, 'api')))
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
export async function submitRecovery(x: Exchange): Promise<Answer> {
  let flow: Flow
  try {
    flow = submittedFlow(x, 'recovery')
  } catch (error) {
    return forward(x, asRecoveryError(error))
  }
  try {
    return await take(x, flow)
  } catch (error) {
    return submitError(x, flow, error, {
      replacement: () => startRecovery(x, flow.type),
      redirectExpired: true,
      marksActive: true,
    })
  }
}

function asRecoveryError(error: unknown): unknown {
  if (!(error instanceof Problem) || error.code !== 404) return error
  return new Problem(404, { reason: 'The recovery request could not be found. Please restart the flow.' })
}

async function take(x: Exchange, flow: Flow): Promise<Answer> {
  requireFresh(x.core, flow)
  for (const { recovery } of x.core.methods) {
    const outcome = await recovery?.submit(x, flow)
    if (!outcome) continue
    if ('answer' in outcome) return outcome.answer
    if (flow.type === 'browser' && !isJson(x)) return redirect(x, uiUrl(x.core, flow))
    return json(200, flowJson(x.core, flow))
  }
  throw new NoMethod({ text: noStrategy('recovery') })
}
