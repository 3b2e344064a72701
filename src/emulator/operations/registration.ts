import { flowJson, newFlow, passing, requireFresh, returnToAfter, saveFlow, uiUrl } from '../flows/flow.js'
import { noStrategy } from '../flows/messages.js'
import { registrationOrder } from '../flows/order.js'
import type { Flow, FlowType } from '../flows/types.js'
import * as ui from '../flows/ui.js'
import {
  type Completed,
  returnUrlAfter,
  runAfterRegistration,
  runBefore,
  runBeforePersist,
} from '../hooks/run.js'
import {
  type Answer,
  type Exchange,
  flowOrRedirect,
  isJson,
  json,
  problem,
  redirect,
} from '../http/exchange.js'
import { forward } from '../http/failures.js'
import { alreadySignedIn, NoMethod, Problem } from '../http/kratos-errors.js'
import { secureReturnTo } from '../http/return-to.js'
import { deriveFromTraits, identityJson, insertIdentity, newIdentity } from '../identities/identities.js'
import { activate, maybeSignedIn } from '../identities/sessions.js'
import type { CompletedMethod } from '../identities/types.js'
import { flowSchema } from '../methods/identifier.js'
import { allMethods } from '../methods/registry.js'
import { handOver } from '../social/token-exchange.js'
import type { Identity } from '../store/model.js'
import { forwarding, getFlow, submitError, submitFlow } from './flow.js'
import { addExchangeCode, chooseOrganization, chooseSchema, requireNoChallenge } from './requested.js'

export const registrationDisabled = (): Problem =>
  new Problem(400, {
    id: 'self_service_flow_disabled',
    message: 'registration flow disabled',
    reason: 'Registration is not allowed because it was disabled.',
  })

/** A new flow, stored. */
export async function startRegistration(x: Exchange, type: FlowType): Promise<Flow> {
  const { core } = x
  const { enabled, enable_legacy_one_step } = core.config.selfservice.flows.registration
  if (!enabled) throw registrationDisabled()
  const flow = newFlow(x, 'registration', type)
  requireNoChallenge(x)
  chooseSchema(x, flow)
  if (type === 'api' && x.query.get('return_session_token_exchange_code') === 'true') addExchangeCode(x, flow)
  const organization = chooseOrganization(x, flow)
  for (const method of allMethods()) {
    if (organization || !method.registration || !(method.enabled(core) || method.id === 'profile')) continue
    if (enable_legacy_one_step) method.registration.populateOneStep(x, flow)
    else method.registration.populateProfile(x, flow)
  }
  ui.sortNodes(flow.ui, registrationOrder(flowSchema(core, flow)))
  await runBefore(x, flow)
  saveFlow(core, flow)
  return flow
}

/** `GET /self-service/registration/browser` */
export function createBrowserRegistration(x: Exchange): Promise<Answer> {
  return forwarding(x, async () => {
    const flow = await startRegistration(x, 'browser')
    if (!maybeSignedIn(x)) return flowOrRedirect(x, () => flowJson(x.core, flow), uiUrl(x.core, flow))
    if (isJson(x)) return problem(alreadySignedIn('registration'))
    return redirect(x, secureReturnTo(x.core, { source: x.requestUrl }))
  })
}

/** `GET /self-service/registration/api` */
export async function createNativeRegistration(x: Exchange): Promise<Answer> {
  if (maybeSignedIn(x)) throw alreadySignedIn('registration')
  return json(200, flowJson(x.core, await startRegistration(x, 'api')))
}

/** `GET /self-service/registration/flows` */
export function getRegistration(x: Exchange): Answer {
  return x.core.config.selfservice.flows.registration.enabled
    ? getFlow(x, 'registration')
    : forward(x, registrationDisabled())
}

/** `POST /self-service/registration` */
export function submitRegistration(x: Exchange): Answer | Promise<Answer> {
  if (maybeSignedIn(x)) return leave(x)
  return submitFlow(
    x,
    'registration',
    flow => take(x, flow),
    (flow, error) =>
      submitError(x, flow, error, {
        order: registrationOrder(flowSchema(x.core, flow)),
        replacement: () => startRegistration(x, flow.type),
        status: 302,
      }),
  )
}

function leave(x: Exchange): Answer {
  if (isJson(x)) return problem(alreadySignedIn('registration'))
  return redirect(x, x.core.config.selfservice.default_browser_return_url, 302)
}

async function take(x: Exchange, flow: Flow): Promise<Answer> {
  requireFresh(x.core, flow)
  const identity = newIdentity(x.core, flowSchema(x.core, flow).id, {})
  for (const { registration } of allMethods()) {
    const outcome = await registration?.submit(x, flow, identity)
    if (!outcome) continue
    if ('answer' in outcome) return outcome.answer
    return finishRegistration(x, flow, identity, outcome.registered)
  }
  throw new NoMethod({ text: noStrategy('registration') })
}

/** Stores the new person, runs the hooks. Other methods, like social sign-in, end here too. */
export async function finishRegistration(
  x: Exchange,
  flow: Flow,
  identity: Identity,
  method: CompletedMethod,
): Promise<Answer> {
  const { core } = x
  try {
    await runBeforePersist(x, flow, method.method, identity)
  } catch (error) {
    ui.setTraitValues(flow.ui, identity.traits)
    throw error
  }
  deriveFromTraits(core, identity)
  insertIdentity(core, identity)
  const { after } = core.config.selfservice.flows.registration
  const home = core.config.selfservice.default_browser_return_url
  const to = returnToAfter(core, flow, returnUrlAfter(after, method.method, home))
  if (flow.type === 'browser' && isJson(x))
    passing(flow).continueWith.push({ action: 'redirect_browser_to', redirect_browser_to: to })
  const session = activate(x, identity, [method])
  core.state.putSession(session)
  return conclude(x, { flow, method: method.method, identity, session }, to)
}

async function conclude(x: Exchange, done: Completed, to: string): Promise<Answer> {
  const { flow, method, identity, session } = done
  try {
    const answer = await runAfterRegistration(x, done)
    if (answer) return answer
  } catch (error) {
    ui.setTraitValues(flow.ui, identity.traits)
    if (flow.type === 'browser') ui.setCsrf(flow.ui, x.csrf.token)
    throw error
  }
  const handedOver = handOver(x, flow, method, session)
  if (handedOver) return handedOver
  const { continueWith, returnToVerification } = passing(flow)
  if (flow.type === 'browser' && !isJson(x)) return redirect(x, returnToVerification ?? to)
  return json(200, {
    identity: identityJson(x.core, x.core.state.identity(identity.id) ?? identity),
    continue_with: continueWith.length > 0 ? continueWith : null,
  })
}
