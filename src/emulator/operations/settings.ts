/** Changing one's own account: https://www.ory.com/docs/kratos/self-service/flows/user-settings */

import { ownUrl, schemaOf } from '../core.js'
import { abort, pause, resume } from '../flows/continuations.js'
import {
  flowJson,
  goneProblem,
  isExpired,
  loadFlow,
  newFlow,
  passing,
  requireFresh,
  returnToAfter,
  saveFlow,
  uiUrl,
} from '../flows/flow.js'
import { noStrategy, SETTINGS } from '../flows/messages.js'
import { settingsOrder } from '../flows/order.js'
import type { Flow, FlowType } from '../flows/types.js'
import * as ui from '../flows/ui.js'
import { returnUrlAfter, runAfterSettings, runBefore, runBeforePersist } from '../hooks/run.js'
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
import { AalNotSatisfied, NeedsRefresh, NoMethod, NoSession, Problem } from '../http/kratos-errors.js'
import { withQuery } from '../http/urls.js'
import { identityJson, replaceIdentity } from '../identities/identities.js'
import { isPrivileged, issueCookie, maybeSignedIn, requireAal } from '../identities/sessions.js'
import type { SignedIn } from '../identities/types.js'
import type { Method } from '../methods/method.js'
import { allMethods } from '../methods/registry.js'
import type { Identity, JsonObject } from '../store/model.js'
import { forwarding, submitError, submitFlow } from './flow.js'

const settingsJson = (x: Exchange, flow: Flow): JsonObject =>
  flowJson(x.core, flow, identity => identityJson(x.core, identity))
const orderFor = (x: Exchange, identity: Identity) => settingsOrder(schemaOf(x.core, identity.schema_id))
const requiredAal = (x: Exchange) => x.core.config.selfservice.flows.settings.required_aal
const continuationOf = (method: Method): string => `ory_kratos_settings_${method.id}`

/** A new flow, stored. */
export async function startSettings(
  x: Exchange,
  { identity, session }: SignedIn,
  type: FlowType,
): Promise<Flow> {
  const { core } = x
  const flow = newFlow(x, 'settings', type)
  flow.identity_id = identity.id
  await runBefore(x, flow, session)
  for (const method of allMethods()) {
    if (!method.settings || !method.enabled(core)) continue
    abort(x, continuationOf(method))
    await method.settings.populate(x, flow, identity)
  }
  ui.sortNodes(flow.ui, orderFor(x, identity))
  saveFlow(core, flow)
  return flow
}

/** `GET /self-service/settings/browser` */
export async function createBrowserSettings(x: Exchange): Promise<Answer> {
  const who = maybeSignedIn(x)
  if (!who) {
    if (isJson(x)) return problem(new NoSession(undefined, { CredentialsMissing: false }))
    const login = ownUrl(x.core, '/self-service/login/browser')
    const returnTo = x.query.get('return_to')
    return redirect(x, returnTo ? withQuery(login, { return_to: returnTo }) : login)
  }
  try {
    requireAal(x.core, who, requiredAal(x), x.query.get('return_to') ? x.requestUrl : undefined)
  } catch (error) {
    return stepUp(x, undefined, error)
  }
  return forwarding(x, async () => {
    const flow = await startSettings(x, who, 'browser')
    return flowOrRedirect(x, () => settingsJson(x, flow), uiUrl(x.core, flow))
  })
}

function stepUp(x: Exchange, flow: Flow | undefined, error: unknown): Answer {
  if (!(error instanceof AalNotSatisfied)) return forward(x, error)
  return isJson(x) || flow?.type === 'api' ? problem(error) : redirect(x, error.redirectTo)
}

/** `GET /self-service/settings/api` */
export async function createNativeSettings(x: Exchange): Promise<Answer> {
  const who = maybeSignedIn(x)
  if (!who)
    throw new NoSession(
      'This endpoint can only be accessed with a valid session. Please log in and try again.',
    )
  requireAal(x.core, who, requiredAal(x))
  return json(200, settingsJson(x, await startSettings(x, who, 'api')))
}

function signInFirst(x: Exchange): Answer {
  if (isJson(x))
    return problem(
      new Problem(401, { reason: 'A valid Ory Session Cookie or Ory Session Token is missing.' }),
    )
  return redirect(x, x.core.config.selfservice.flows.login.ui_url, 302)
}

/** `GET /self-service/settings/flows` */
export function getSettings(x: Exchange): Answer {
  const who = maybeSignedIn(x)
  if (!who) return signInFirst(x)
  const flow = loadFlow(x.core, 'settings', x.query.get('id'))
  if (flow.identity_id !== who.identity.id)
    throw new Problem(403, {
      id: 'security_identity_mismatch',
      reason: 'The request was made for another identity and has been blocked for security reasons.',
    })
  requireAal(x.core, who, requiredAal(x), uiUrl(x.core, flow))
  if (isExpired(x.core, flow)) return problem(goneProblem(x.core, flow))
  return json(200, settingsJson(x, flow))
}

/** `POST /self-service/settings` */
export function submitSettings(x: Exchange): Answer | Promise<Answer> {
  const who = maybeSignedIn(x)
  if (!who) return signInFirst(x)
  return submitFlow(
    x,
    'settings',
    flow => take(x, flow, who),
    (flow, error) => refuseSettings(x, flow, who, error),
  )
}

/** Shows the form with what was wrong, or sends whoever must sign in afresh to do so. */
export async function refuseSettings(
  x: Exchange,
  flow: Flow,
  who: SignedIn,
  error: unknown,
): Promise<Answer> {
  if (error instanceof NeedsRefresh) return reauthenticate(x, flow)
  return submitError(x, flow, error, {
    order: orderFor(x, who.identity),
    replacement: () => startSettings(x, who, flow.type),
    keepMessages: true,
    show: shown => settingsJson(x, shown),
  })
}

function reauthenticate(x: Exchange, flow: Flow): Answer {
  const to = withQuery(ownUrl(x.core, '/self-service/login/browser'), {
    refresh: 'true',
    return_to: x.requestUrl,
  })
  return flow.type === 'api' || isJson(x) ? problem(new NeedsRefresh(to)) : redirect(x, to)
}

async function take(x: Exchange, flow: Flow, who: SignedIn): Promise<Answer> {
  try {
    requireAal(x.core, who, requiredAal(x), x.requestUrl)
  } catch (error) {
    return stepUp(x, flow, error)
  }
  requireFresh(x.core, flow)
  if (flow.identity_id !== who.identity.id) throw notYours()
  for (const method of allMethods()) {
    const answer = method.settings && (await tryMethod(x, flow, who, method))
    if (answer) return answer
  }
  throw new NoMethod({ text: noStrategy('settings') })
}

/** The flow is another identity's. */
export const notYours = (): Problem =>
  new Problem(403, {
    id: 'security_identity_mismatch',
    reason:
      'The request was initiated by someone else and has been blocked for security reasons. Please go back and try again.',
  })

async function tryMethod(
  x: Exchange,
  flow: Flow,
  who: SignedIn,
  method: Method,
): Promise<Answer | undefined> {
  const { settings } = method
  if (!settings) return undefined
  const paused = resumed(x, flow, who, method)
  let payload = paused
  try {
    payload ??= settings.read(x, flow, who)
    if (!payload) {
      // Kratos prepares the form for an error in every method it asks; only profile leaves old messages.
      if (method.id !== 'profile') settings.mend(x, flow, {})
      return undefined
    }
    const outcome = await settings.apply(x, flow, who, payload)
    if (!outcome) return undefined
    if ('answer' in outcome) return outcome.answer
    return 'show' in outcome ? show(x, flow) : await finishSettings(x, flow, who, method.id, outcome.update)
  } catch (error) {
    if (paused) throw error
    // Native apps have no cookies to find it again by; Kratos' profile does not look.
    const keeps = flow.type === 'browser' || method.id === 'profile'
    if (error instanceof NeedsRefresh && keeps && payload)
      pause(x, continuationOf(method), who.identity.id, { ...payload, flow: flow.id })
    settings.mend(x, flow, payload ?? {})
    throw error
  }
}

/** What this browser sent before it had to sign in afresh. */
function resumed(x: Exchange, flow: Flow, who: SignedIn, method: Method): JsonObject | undefined {
  if (flow.type === 'api' || isJson(x)) return undefined
  const payload = resume(x, continuationOf(method), who.identity.id)
  return payload?.['flow'] === flow.id ? payload : undefined
}

function show(x: Exchange, flow: Flow): Answer {
  saveFlow(x.core, flow)
  return flow.type === 'api' || isJson(x)
    ? json(200, settingsJson(x, flow))
    : redirect(x, uiUrl(x.core, flow))
}

/** Stores the change, shows the form anew. Other methods, like linking a provider, end here too. */
export async function finishSettings(
  x: Exchange,
  flow: Flow,
  who: SignedIn,
  method: string,
  update: Identity,
): Promise<Answer> {
  const { core } = x
  const { after } = core.config.selfservice.flows.settings
  const to = returnToAfter(core, flow, returnUrlAfter(after, method, uiUrl(core, flow)))
  await runBeforePersist(x, flow, method, update, who.session)
  replaceIdentity(core, update, isPrivileged(core, who.session))
  const fresh = await startSettings(x, { identity: update, session: who.session }, flow.type)
  flow.state = 'success'
  flow.ui = fresh.ui
  flow.internal = fresh.internal
  delete flow.passing
  ui.resetMessages(flow.ui)
  ui.addMessage(flow.ui, SETTINGS.saved())
  saveFlow(core, flow)
  await runAfterSettings(x, { flow, method, identity: update, session: who.session })
  if (flow.type === 'api') return json(200, settingsJson(x, flow))
  issueCookie(x, who.session)
  if (!isJson(x)) return redirect(x, to)
  passing(flow).continueWith.push({ action: 'redirect_browser_to', redirect_browser_to: to })
  return json(200, settingsJson(x, flow))
}
