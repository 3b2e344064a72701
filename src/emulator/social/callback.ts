/** The way back from the provider: `GET /self-service/methods/oidc/callback/{provider}`. */

import type { Core } from '../core.js'
import { isExpired, loadFlow, passing } from '../flows/flow.js'
import { INVALID, REGISTRATION } from '../flows/messages.js'
import { submit } from '../flows/nodes.js'
import { LOGIN_ORDER, registrationOrder } from '../flows/order.js'
import type { Flow } from '../flows/types.js'
import * as ui from '../flows/ui.js'
import { type Answer, type Exchange, redirect } from '../http/exchange.js'
import { forward } from '../http/failures.js'
import { badRequest, NeedsRefresh, PlainFailure, Problem } from '../http/kratos-errors.js'
import { Duplicate, deriveFromTraits, newIdentity } from '../identities/identities.js'
import { aalOf, completedAt, isPrivileged, maybeSignedIn, signedIn } from '../identities/sessions.js'
import type { SignedIn } from '../identities/types.js'
import { flowSchema } from '../methods/identifier.js'
import { requireLinkable } from '../methods/oidc.js'
import { traitNodes } from '../methods/profile.js'
import { disabledEndpoint } from '../methods/submission.js'
import { submitError } from '../operations/flow.js'
import { finishLogin, startLogin } from '../operations/login.js'
import { finishRegistration, registrationDisabled, startRegistration } from '../operations/registration.js'
import { finishSettings, notYours, refuseSettings } from '../operations/settings.js'
import { ProviderAnswerError } from '../provider/index.js'
import { isoTime } from '../store/clock.js'
import type { JsonObject } from '../store/model.js'
import { mergeTraits } from './claims.js'
import { addAccount, type LinkedAccount, ownerOf, signedInWith } from './credential.js'
import { offerLinking } from './linking.js'
import { type Mapped, mapped, verify } from './mapper.js'
import { type Pending, pendingByState, requireSameVisitor } from './pending.js'
import { profileOf } from './profile.js'
import { isNamed, type SocialProvider, socialProvider } from './providers.js'
import { handBack, handOverTo, moveExchange } from './token-exchange.js'

/** Somebody the provider has vouched for. */
interface Arrival {
  pending: Pending
  account: LinkedAccount
  claims: JsonObject
}

const UNABLE = 'Unable to complete OpenID Connect flow'

/** Some providers, like Apple, post the form to us: a POST from elsewhere has no cookies, a GET has. */
export function repeatAsGet(x: Exchange): Answer {
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(x.header('content-type'))
  const posted = new URLSearchParams(isForm ? x.body.toString() : '')
  // Of what is said twice, the last counts, and what the address says comes after the form.
  const query = new URLSearchParams(Object.fromEntries([...posted, ...x.query]))
  query.sort()
  return redirect(x, `${x.core.base}${x.path}${query.size > 0 ? `?${query}` : ''}`, 302)
}

export async function finishSignIn(x: Exchange): Promise<Answer> {
  if (!x.core.config.selfservice.methods.oidc.enabled) throw disabledEndpoint()
  let pending: Pending
  let flow: Flow
  try {
    pending = pendingOf(x)
    flow = liveFlow(x, pending)
    requireSameVisitor(x, flow, pending)
  } catch (error) {
    return forward(x, error)
  }
  try {
    requireCode(x.query)
  } catch (error) {
    return refuse(x, flow, error, pending.provider)
  }
  const leaving = alreadySignedIn(x, flow)
  return leaving ?? arrive(x, flow, pending)
}

function pendingOf(x: Exchange): Pending {
  const state = x.query.get('state')
  if (!state)
    throw badRequest(`${UNABLE} because the OpenID Provider did not return the state query parameter.`)
  const pending = pendingByState(x, state)
  if (!pending) throw badRequest(`${UNABLE} because the state parameter is invalid.`)
  const named = x.params['provider']
  if (named !== undefined && !isNamed(named, pending.provider))
    throw badRequest(`${UNABLE}: provider mismatch between internal state and URL.`)
  return pending
}

function liveFlow(x: Exchange, pending: Pending): Flow {
  const flow = loadFlow(x.core, pending.kind, pending.flow)
  if (!isExpired(x.core, flow)) return flow
  const minutes = (x.core.now() - Date.parse(flow.expires_at)) / 60_000
  throw new Problem(410, {
    id: 'self_service_flow_expired',
    message: 'self-service flow expired',
    reason: `The self-service flow expired ${minutes.toFixed(2)} minutes ago, initialize a new one.`,
  })
}

function requireCode(query: URLSearchParams): void {
  const error = query.get('error')
  if (error)
    throw badRequest(
      `${UNABLE} because the OpenID Provider returned error "${error}": ${query.get('error_description') ?? ''}`,
    )
  if (!query.get('code'))
    throw badRequest(`${UNABLE} because the OpenID Provider did not return the code query parameter.`)
}

function alreadySignedIn(x: Exchange, flow: Flow): Answer | undefined {
  const who = flow.kind === 'settings' || flow.refresh ? undefined : maybeSignedIn(x)
  return who && handOverTo(x, flow, who.session)
}

async function arrive(x: Exchange, flow: Flow, pending: Pending): Promise<Answer> {
  let arrival: Arrival
  try {
    const provider = socialProvider(x.core, pending.provider)
    const claims = await claimsOf(x, provider, pending)
    arrival = { pending, claims, account: { provider: pending.provider, subject: String(claims['sub']) } }
  } catch (error) {
    return refuse(x, flow, error, pending.provider)
  }
  flow.active = 'oidc'
  passing(flow).transientPayload = pending.transientPayload
  if (flow.kind === 'login') return signIn(x, flow, arrival)
  return flow.kind === 'registration' ? signUp(x, flow, arrival) : link(x, flow, arrival)
}

async function claimsOf(
  x: Exchange,
  { client, config }: SocialProvider,
  pending: Pending,
): Promise<JsonObject> {
  try {
    return profileOf(config, await client.finish(x.query, pending.state, pending.ticket), x.query)
  } catch (error) {
    if (!(error instanceof ProviderAnswerError)) throw error
    throw new Problem(500, { reason: `${UNABLE}: ${error.message}` })
  }
}

async function signIn(x: Exchange, flow: Flow, arrival: Arrival): Promise<Answer> {
  const { account } = arrival
  const owner = ownerOf(x.core, account)
  try {
    if (owner) return await finishLogin(x, flow, owner, signedInWith(account))
    if (!x.core.config.selfservice.flows.registration.enabled) throw registrationDisabled()
    return await signUp(x, await continueAs('registration', x, flow), arrival)
  } catch (error) {
    return refuse(x, flow, error, account.provider)
  }
}

/** The other kind of flow, with all that the person has been through so far. */
async function continueAs(kind: 'login' | 'registration', x: Exchange, from: Flow): Promise<Flow> {
  const flow = kind === 'login' ? await newLogin(x, from) : await startRegistration(x, from.type)
  moveExchange(x.core, from, flow)
  flow.request_url = from.request_url
  flow.active = 'oidc'
  if (from.return_to) flow.return_to = from.return_to
  if (from.identity_schema) flow.identity_schema = from.identity_schema
  const { transientPayload } = passing(from)
  if (transientPayload) passing(flow).transientPayload = transientPayload
  return flow
}

async function newLogin(x: Exchange, from: Flow): Promise<Flow> {
  const started = await startLogin(x, from.type, { linking: true })
  if ('answer' in started) throw new Problem(500, { reason: 'the new login flow asks for a second factor' })
  return started.flow
}

async function signUp(x: Exchange, flow: Flow, arrival: Arrival): Promise<Answer> {
  const { core } = x
  const { account, claims, pending } = arrival
  if (ownerOf(core, account)) return signIn(x, await continueAs('login', x, flow), arrival)
  const schema = flowSchema(core, flow)
  let person: Mapped
  try {
    person = await mapped(core, socialProvider(core, account.provider).config, claims, schema)
  } catch (error) {
    return refuse(x, flow, error, account.provider)
  }
  const traits = mergeTraits(pending.traits, person.traits)
  const { metadata_public, metadata_admin } = person
  const identity = { ...newIdentity(core, schema.id, traits), metadata_public, metadata_admin }
  try {
    deriveFromTraits(core, identity)
    verify(core, identity, person)
    addAccount(core, identity, account)
    return await finishRegistration(x, flow, identity, signedInWith(account))
  } catch (error) {
    const taken = error instanceof Duplicate ? core.state.conflict(identity) : undefined
    if (!(error instanceof Duplicate) || !taken) return refuse(x, flow, error, account.provider, traits)
    return offerLinking(x, await continueAs('login', x, flow), account, { error, identifier: taken.value })
  }
}

async function link(x: Exchange, flow: Flow, { account }: Arrival): Promise<Answer> {
  let who: SignedIn
  try {
    who = signedIn(x)
  } catch {
    return redirect(x, `${x.core.base}/self-service/login/browser`)
  }
  try {
    if (flow.identity_id !== who.identity.id) throw notYours()
    if (!isPrivileged(x.core, who.session)) throw new NeedsRefresh()
    requireLinkable(x, who, account.provider)
    const update = structuredClone(who.identity)
    addAccount(x.core, update, account)
    prove(x.core, who, account)
    if (x.core.state.conflict(update)) throw new Duplicate({ text: INVALID.duplicate() })
    return await finishSettings(x, flow, who, 'oidc', update)
  } catch (error) {
    ui.resetMessages(flow.ui)
    return refuseSettings(x, flow, who, error)
  }
}

/** Whoever has just been at the provider has signed in with it, too. */
function prove(core: Core, { session }: SignedIn, account: LinkedAccount): void {
  const now = isoTime(core.now())
  session.authentication_methods.push(completedAt(signedInWith(account), now))
  session.authenticated_at = now
  session.authenticator_assurance_level = aalOf(session.authentication_methods)
  core.state.putSession(session)
}

/** Shows the form again. Signing up shrinks it to what is still missing, to be sent with the same provider. */
async function refuse(
  x: Exchange,
  flow: Flow,
  error: unknown,
  provider: string,
  traits?: JsonObject,
): Promise<Answer> {
  if (flow.kind === 'settings') {
    const who = maybeSignedIn(x)
    return who
      ? refuseSettings(x, flow, who, error)
      : redirect(x, `${x.core.base}/self-service/login/browser`)
  }
  const signingUp = flow.kind === 'registration'
  if (signingUp) shrink(x, flow, provider, traits)
  const answer = await submitError(x, flow, error, {
    order: signingUp ? registrationOrder(flowSchema(x.core, flow)) : LOGIN_ORDER,
    // Its expiry was looked at before.
    replacement: () => Promise.reject(error),
    ...(signingUp && { status: 302 }),
  })
  const isForm = answer.status === 400 && !(error instanceof PlainFailure)
  return (isForm && handBack(x, flow)) || answer
}

function shrink(x: Exchange, flow: Flow, provider: string, traits?: JsonObject): void {
  flow.ui.nodes = []
  ui.setCsrf(flow.ui, x.csrf.token)
  ui.append(flow.ui, submit('provider', provider, 'oidc', REGISTRATION.continue()))
  if (!traits) return
  ui.append(flow.ui, ...traitNodes(flowSchema(x.core, flow), 'default'))
  ui.updateTraitNodes(flow.ui, traits, 'default')
}
