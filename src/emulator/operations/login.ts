import { flowJson, newFlow, passing, requireFresh, returnToAfter, saveFlow, uiUrl } from '../flows/flow.js'
import { LOGIN, noStrategy } from '../flows/messages.js'
import { LOGIN_ORDER } from '../flows/order.js'
import type { Flow, FlowType } from '../flows/types.js'
import * as ui from '../flows/ui.js'
import { type Completed, returnUrlAfter, runAfterLogin, runBefore } from '../hooks/run.js'
import {
  type Answer,
  acceptsJson,
  type Exchange,
  flowOrRedirect,
  isJson,
  json,
  problem,
  redirect,
} from '../http/exchange.js'
import { forward } from '../http/failures.js'
import { alreadySignedIn, locationChangeRequired, NoMethod, Problem } from '../http/kratos-errors.js'
import { secureReturnTo } from '../http/return-to.js'
import { activate, issueCookie, maybeSignedIn, secondFactorUrl, sessionJson } from '../identities/sessions.js'
import type { CompletedMethod, SignedIn } from '../identities/types.js'
import { allMethods } from '../methods/registry.js'
import { isLinking, linkWaiting } from '../social/linking.js'
import { handOver } from '../social/token-exchange.js'
import type { Identity, JsonObject } from '../store/model.js'
import { getFlow, submitError, submitFlow } from './flow.js'
import {
  addExchangeCode,
  challengeProblem,
  chooseOrganization,
  chooseSchema,
  isTrue,
  requestedAal,
  requireNoChallenge,
} from './requested.js'

export interface StartLogin {
  /** Who links a provider is known already: all ways to sign in are shown at once. */
  linking?: boolean
  who?: SignedIn | undefined
  /** What another flow has kept for its end. */
  internal?: JsonObject
}

/** A new flow, stored; an answer if a method took it over at once. */
export async function startLogin(
  x: Exchange,
  type: FlowType,
  { linking = false, who = maybeSignedIn(x), internal = {} }: StartLogin = {},
): Promise<{ flow: Flow } | { answer: Answer }> {
  const flow = newFlow(x, 'login', type)
  flow.internal = { ...internal }
  flow.refresh = isTrue(x.query.get('refresh'))
  flow.requested_aal = requestedAal(x)
  if (flow.requested_aal === 'aal1') chooseSchema(x, flow)
  if (!who) startSignedOut(x, flow)
  else if (!flow.refresh && flow.requested_aal <= who.session.authenticator_assurance_level)
    throw alreadySignedIn('login')
  if (!chooseOrganization(x, flow)) populate(x, flow, who, linking)
  if (flow.refresh) ui.setMessage(flow.ui, LOGIN.reauthenticate())
  if (who && flow.requested_aal > who.session.authenticator_assurance_level)
    ui.addMessage(flow.ui, LOGIN.secondFactor())
  ui.sortNodes(flow.ui, LOGIN_ORDER)
  if (type === 'browser') ui.setCsrf(flow.ui, x.csrf.token)
  await runBefore(x, flow)
  saveFlow(x.core, flow)
  const answer = flow.requested_aal === 'aal2' ? shortcut(x, flow, who) : undefined
  return answer ? { answer } : { flow }
}

function startSignedOut(x: Exchange, flow: Flow): void {
  if (flow.type === 'api' && isTrue(x.query.get('return_session_token_exchange_code')))
    addExchangeCode(x, flow)
  if (flow.requested_aal === 'aal2') throw sessionRequired()
  flow.refresh = false
}

const sessionRequired = (): Problem =>
  new Problem(401, {
    id: 'session_aal1_required',
    message: 'aal2 and aal3 can only be requested if a session exists already',
    reason: 'You can not requested a higher AAL (AAL2/AAL3) without an active session.',
  })

function populate(x: Exchange, flow: Flow, who: SignedIn | undefined, linking: boolean): void {
  const identifierFirst = !linking && x.core.config.selfservice.flows.login.style === 'identifier_first'
  for (const { login, enabled } of allMethods()) {
    if (!login || !enabled(x.core)) continue
    if (flow.requested_aal === 'aal2') {
      if (who) login.populateSecond?.(x, flow, who)
    } else if (flow.refresh && who) login.populateRefresh?.(x, flow, who)
    else if (identifierFirst) login.populateIdentification?.(x, flow)
    else login.populateFirst?.(x, flow)
  }
}

function shortcut(x: Exchange, flow: Flow, who: SignedIn | undefined): Answer | undefined {
  for (const { login, enabled } of allMethods()) {
    const answer = enabled(x.core) ? login?.shortcut?.(x, flow, who) : undefined
    if (answer) return answer
  }
  return undefined
}

/** `GET /self-service/login/browser` */
export async function createBrowserLogin(x: Exchange): Promise<Answer> {
  if (x.query.has('login_challenge')) return forward(x, challengeProblem(x.core))
  try {
    const started = await startLogin(x, 'browser')
    if ('answer' in started) return started.answer
    return flowOrRedirect(x, () => flowJson(x.core, started.flow), uiUrl(x.core, started.flow))
  } catch (error) {
    const signedInAlready = error instanceof Problem && error.id === 'session_already_available'
    return signedInAlready ? leave(x, error) : forward(x, error)
  }
}

function leave(x: Exchange, error: Problem): Answer {
  try {
    const to = secureReturnTo(x.core, { source: x.requestUrl })
    return acceptsJson(x) ? problem(error) : redirect(x, to)
  } catch (notAllowed) {
    return forward(x, notAllowed)
  }
}

/** `GET /self-service/login/api` */
export async function createNativeLogin(x: Exchange): Promise<Answer> {
  requireNoChallenge(x)
  const started = await startLogin(x, 'api')
  return 'answer' in started ? started.answer : json(200, flowJson(x.core, started.flow))
}

/** `GET /self-service/login/flows` */
export const getLogin = (x: Exchange): Answer => getFlow(x, 'login')

/** `POST /self-service/login` */
export function submitLogin(x: Exchange): Promise<Answer> {
  return submitFlow(
    x,
    'login',
    flow => take(x, flow),
    (flow, error) =>
      submitError(x, flow, error, { order: LOGIN_ORDER, replacement: () => replacement(x, flow) }),
  )
}

async function replacement(x: Exchange, old: Flow): Promise<Flow> {
  const started = await startLogin(x, old.type)
  if ('answer' in started) throw new NoMethod({ text: noStrategy('login') })
  return started.flow
}

async function take(x: Exchange, flow: Flow): Promise<Answer> {
  const who = maybeSignedIn(x)
  const wanted = flow.requested_aal ?? 'aal1'
  if (who && !flow.refresh && wanted <= who.session.authenticator_assurance_level) {
    if (isJson(x) || flow.type === 'api') throw alreadySignedIn('login')
    return redirect(x, x.core.config.selfservice.default_browser_return_url)
  }
  if (!who && wanted === 'aal2') throw sessionRequired()
  requireFresh(x.core, flow)
  for (const { login } of allMethods()) {
    const level = login?.level(x.core)
    if (!login || (level !== 'any' && level !== wanted)) continue
    const outcome = await login.submit(x, flow, who)
    if (!outcome) continue
    if ('answer' in outcome) return outcome.answer
    return finishLogin(x, flow, outcome.identity, login.completed(x.core), who)
  }
  throw new NoMethod({ text: noStrategy('login') })
}

/** Issues the session, runs the hooks, sends the person on. Other methods, like social sign-in, end here too. */
export async function finishLogin(
  x: Exchange,
  flow: Flow,
  identity: Identity,
  method: CompletedMethod,
  who?: SignedIn,
): Promise<Answer> {
  const { core } = x
  // By whom it was taken stays with the flow, even if this person may not come in.
  saveFlow(core, flow)
  // Signing in as somebody else must not carry over what this session has proved.
  const previous = who?.identity.id === identity.id ? who.session : undefined
  const session = activate(x, identity, [method], previous)
  const stepUp = secondFactorUrl(core, { session, identity }, flow.request_url)
  // Whoever has yet to prove a second factor must not be able to add a way in that needs none.
  if (!stepUp) linkWaiting(core, flow, identity, session)
  saveFlow(core, flow)
  const { after } = core.config.selfservice.flows.login
  const home = core.config.selfservice.default_browser_return_url
  const by = flow.active ?? method.method
  const to = returnToAfter(core, flow, returnUrlAfter(after, by, home))
  if (flow.type === 'browser' && isJson(x))
    passing(flow).continueWith.push({ action: 'redirect_browser_to', redirect_browser_to: to })
  const interrupted = await runAfterLogin(x, { flow, method: by, identity, session })
  if (interrupted) return interrupted
  if (flow.type === 'browser') issueCookie(x, session)
  core.state.putSession(session)
  if (stepUp && flow.type === 'browser' && isLinking(flow))
    return stepUpToLink(x, flow, stepUp, { session, identity })
  return conclude(x, { flow, method: method.method, identity, session }, stepUp, to)
}

/** What waits to be linked goes on in a flow of its own, that asks for the second factor. */
async function stepUpToLink(x: Exchange, from: Flow, stepUp: string, who: SignedIn): Promise<Answer> {
  const started = await startLogin(x.sentTo(stepUp), 'browser', { who, internal: from.internal })
  if ('answer' in started) return started.answer
  return flowOrRedirect(x, () => flowJson(x.core, started.flow), uiUrl(x.core, started.flow))
}

/** A token for a native app, JSON for a script, a redirect for a browser. */
function conclude(
  x: Exchange,
  { flow, method, session }: Completed,
  stepUp: string | undefined,
  to: string,
): Answer {
  const { continueWith, returnToVerification } = passing(flow)
  const shown = {
    session: sessionJson(x.core, session, passing(flow).shownIdentity),
    continue_with: continueWith.length > 0 ? continueWith : null,
  }
  if (flow.type === 'api') {
    const handedOver = handOver(x, flow, method, session)
    if (handedOver) return handedOver
    // Whoever is asked for a second factor might not be the person: nothing about them yet.
    if (stepUp) shown.session['identity'] = null
    return json(200, { session_token: session.token, ...shown })
  }
  if (isJson(x)) return stepUp ? problem(locationChangeRequired(stepUp)) : json(200, shown)
  return redirect(x, stepUp ?? returnToVerification ?? to)
}
