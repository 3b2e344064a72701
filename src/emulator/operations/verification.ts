/** Proving an address: https://www.ory.com/docs/kratos/self-service/flows/verify-email-account-activation */
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
import { type Answer, type Exchange, flowOrRedirect, isBrowser, json, redirect } from '../http.js'
import { badRequest, NoMethod, Problem } from '../kratos-errors.js'
import { noStrategy } from '../messages.js'
import { forwarding, getFlow, requireEnabled, submitError } from './flow.js'

/** A new flow, stored. */
export async function startVerification(x: Exchange, type: FlowType): Promise<Flow> {
  const { core } = x
  const { use } = core.config.selfservice.flows.verification
  const method = core.methods.find(m => m.id === use && m.enabled(core))?.verification
  if (!method)
    throw badRequest(
      `You attempted verification using ${use}, which is not enabled or does not exist. An administrator needs to enable this verification method.`,
    )
  const flow = newFlow(x, 'verification', type)
  method.populate(x, flow)
  await runBefore(x, flow)
  saveFlow(core, flow)
  return flow
}

/** `GET /self-service/verification/browser` */
export async function createBrowserVerification(x: Exchange): Promise<Answer> {
  if (!x.core.config.selfservice.flows.verification.enabled) return refuse(x)
  const flow = await startVerification(x, 'browser')
  return flowOrRedirect(x, () => flowJson(x.core, flow), uiUrl(x.core, flow))
}

/** `GET /self-service/verification/api` */
export async function createNativeVerification(x: Exchange): Promise<Answer> {
  if (!x.core.config.selfservice.flows.verification.enabled) return refuse(x)
  return json(200, flowJson(x.core, await startVerification(x, 'api')))
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
export async function submitVerification(x: Exchange): Promise<Answer> {
  let flow: Flow
  try {
    flow = submittedFlow(x, 'verification')
  } catch (error) {
    return forward(x, asVerificationError(error))
  }
  try {
    return await take(x, flow)
  } catch (error) {
    return submitError(x, flow, error, {
      replacement: () => {
        x.csrf.regenerate()
        return startVerification(x, 'browser')
      },
      redirectExpired: true,
      keepMessages: true,
      marksActive: true,
    })
  }
}

function asVerificationError(error: unknown): unknown {
  if (!(error instanceof Problem) || error.code !== 404) return error
  return new Problem(404, { reason: 'The verification request could not be found. Please restart the flow.' })
}

async function take(x: Exchange, flow: Flow): Promise<Answer> {
  requireFresh(x.core, flow)
  for (const { id, verification } of x.core.methods) {
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
