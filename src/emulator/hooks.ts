/** What happens around flows: https://www.ory.com/docs/kratos/hooks/configure-hooks */
import { sendVerification } from './codes.js'
import type { After, AfterMethod, Hook, WebHookConfig } from './config-model.js'
import { type Core, withQuery } from './core.js'
import { type Flow, newFlow, passing, saveFlow, uiUrl } from './flows.js'
import { type Answer, type Exchange, isBrowser, isJson, json, problem, redirect } from './http.js'
import { identityJson } from './identities.js'
import { badRequest, Problem } from './kratos-errors.js'
import { LABEL, VERIFICATION } from './messages.js'
import type { Identity, JsonObject, Session } from './model.js'
import { submit } from './nodes.js'
import { issueCookie, sessionJson } from './sessions.js'
import { handOver } from './social/token-exchange.js'
import * as ui from './ui.js'

/** What a web hook is told. It refuses by throwing. */
export interface WebHookContext {
  flow: Flow
  /** `before` the flow is shown, before (`prepersist`) or `after` its result is stored. */
  phase: 'before' | 'prepersist' | 'after'
  identity?: Identity
  session?: Session
}
export type RunWebHook = (x: Exchange, config: WebHookConfig, context: WebHookContext) => Promise<void>

type AfterFlow = 'login' | 'registration' | 'settings' | 'recovery' | 'verification'

/** The method's own hooks; without any, those of the flow. The session is always issued last. */
function hooksAfter(core: Core, flow: AfterFlow, method: string): Hook[] {
  const after = core.config.selfservice.flows[flow].after
  const own = (
    (after as unknown as Record<string, AfterMethod | undefined>)[method] as AfterMethod | undefined
  )?.hooks
  const hooks = own && own.length > 0 ? own : after.hooks
  return [...hooks.filter(h => h.hook !== 'session'), ...hooks.filter(h => h.hook === 'session')]
}

/** Where `after` sends the browser: by method, then for the flow, then as a whole. */
export function returnUrlAfter(after: After, method: string, fallback: string): string {
  const own = (after as unknown as Record<string, AfterMethod | undefined>)[method]
  return own?.default_browser_return_url ?? after.default_browser_return_url ?? fallback
}

async function webHooks(x: Exchange, hooks: readonly Hook[], context: WebHookContext): Promise<void> {
  for (const hook of hooks) if (hook.hook === 'web_hook') await x.core.webHook?.(x, hook.config, context)
}

export const runBefore = (x: Exchange, flow: Flow): Promise<void> =>
  webHooks(x, x.core.config.selfservice.flows[flow.kind].before.hooks, { flow, phase: 'before' })

/** Before a new or changed identity is stored. */
export const runBeforePersist = (
  x: Exchange,
  flow: Flow,
  method: string,
  identity: Identity,
  session?: Session,
): Promise<void> =>
  webHooks(x, hooksAfter(x.core, flow.kind, method), {
    flow,
    phase: 'prepersist',
    identity,
    ...(session && { session }),
  })

export interface Completed {
  flow: Flow
  method: string
  identity: Identity
  session: Session
}

/** After signing up. An answer ends the flow. */
export async function runAfterRegistration(x: Exchange, done: Completed): Promise<Answer | undefined> {
  const { flow, identity } = done
  if (x.core.config.selfservice.flows.verification.enabled) startVerification(x, flow, identity)
  return runAll(x, 'registration', done)
}

/** After signing in. */
export const runAfterLogin = (x: Exchange, done: Completed): Promise<Answer | undefined> =>
  runAll(x, 'login', done)

/** After a change of settings. */
export async function runAfterSettings(x: Exchange, done: Completed): Promise<void> {
  if (x.core.config.selfservice.flows.verification.enabled) startVerification(x, done.flow, done.identity)
  await runAll(x, 'settings', done)
}

export async function runAfterRecovery(x: Exchange, done: Completed): Promise<void> {
  await runAll(x, 'recovery', done)
}

export async function runAfterVerification(x: Exchange, flow: Flow, identityId: string): Promise<void> {
  const identity = x.core.state.identity(identityId)
  const hooks = x.core.config.selfservice.flows.verification.after.hooks
  if (identity) await webHooks(x, hooks, { flow, phase: 'after', identity })
}

async function runAll(x: Exchange, kind: AfterFlow, done: Completed): Promise<Answer | undefined> {
  for (const hook of hooksAfter(x.core, kind, done.method)) {
    const answer = await runOne(x, kind, hook, done)
    if (answer) return answer
  }
  return undefined
}

async function runOne(
  x: Exchange,
  kind: AfterFlow,
  hook: Hook,
  done: Completed,
): Promise<Answer | undefined> {
  const { flow, identity, session } = done
  switch (hook.hook) {
    case 'session':
      return kind === 'registration' ? issueSession(x, done) : undefined
    case 'show_verification_ui':
      showVerification(x, flow)
      return undefined
    case 'verification':
      if (kind !== 'login' || flow.requested_aal === 'aal1') startVerification(x, flow, identity)
      return undefined
    case 'require_verified_address':
      return kind === 'login' ? requireVerified(x, flow, identity) : undefined
    case 'revoke_active_sessions':
      if (kind !== 'registration') revokeOthers(x.core, session)
      return undefined
    case 'web_hook':
      await x.core.webHook?.(x, hook.config, { flow, phase: 'after', identity, session })
      return undefined
  }
}

/** Hands out the session of whoever has just signed up. */
function issueSession(x: Exchange, { flow, method, session, identity }: Completed): Answer | undefined {
  const { continueWith } = passing(flow)
  const body = (): JsonObject => ({
    session: sessionJson(x.core, session),
    identity: identityJson(x.core, x.core.state.identity(identity.id) ?? identity),
    continue_with: continueWith,
  })
  if (flow.type === 'api') {
    const handedOver = handOver(x, flow, method, session)
    if (handedOver) return handedOver
    continueWith.push({ action: 'set_ory_session_token', ory_session_token: session.token })
    return json(200, { session_token: session.token, ...body() })
  }
  issueCookie(x, session)
  return isJson(x) ? json(200, body()) : undefined
}

const NOTE = 'registration_verification_flow_continue_with'

/** A verification flow as it stands after its code was sent. */
function sentVerificationFlow(
  x: Exchange,
  original: Flow,
  address: { via: string; value: string },
  csrf: string,
): Flow {
  const flow = newFlow(x, 'verification', original.type)
  flow.request_url = afterVerification(original.request_url)
  flow.csrf_token = csrf
  flow.state = 'sent_email'
  for (const method of x.core.methods) if (method.enabled(x.core)) method.verification?.populate(x, flow)
  ui.setMessage(flow.ui, VERIFICATION.codeSent())
  ui.append(flow.ui, submit(address.via, address.value, 'code', LABEL.resend()))
  return flow
}

/** `after_verification_return_to` of the first flow is `return_to` of the second. */
function afterVerification(url: string): string {
  const [path = '', query = ''] = url.split('?', 2)
  const params = new URLSearchParams(query)
  const target = params.get('after_verification_return_to')
  params.delete('after_verification_return_to')
  if (target) params.set('return_to', target)
  params.sort()
  return params.size > 0 ? `${path}?${params}` : path
}

/** Sends a code to the first address that nobody has proved yet. */
function startVerification(x: Exchange, flow: Flow, identity: Identity): void {
  const atSignIn = flow.kind !== 'settings'
  const address = identity.verifiable_addresses.find(
    a => a.value !== '' && (atSignIn ? !a.verified : a.status === 'pending'),
  )
  if (!address) return
  const csrf = flow.type !== 'browser' ? '' : atSignIn ? x.csrf.regenerate() : x.csrf.token
  const started = sentVerificationFlow(x, flow, address, csrf)
  saveFlow(x.core, started)
  sendVerification(x.core, started, identity.id, address.value, address.via)
  flow.internal[NOTE] = verificationNote(x.core, started, address.value)
}

const verificationNote = (core: Core, flow: Flow, address: string): JsonObject => ({
  id: flow.id,
  verifiable_address: address,
  ...(flow.type === 'browser' && { url: uiUrl(core, flow) }),
})

function showVerification(x: Exchange, flow: Flow): void {
  const note = flow.internal[NOTE] as JsonObject | undefined
  if (!note) return
  passing(flow).continueWith.push({ action: 'show_verification_ui', flow: note })
  const { ui_url } = x.core.config.selfservice.flows.verification
  if (isBrowser(x)) passing(flow).returnToVerification = withQuery(ui_url, { flow: String(note['id']) })
}

/** Nobody gets in with an address that was never proved; a code is sent instead. */
function requireVerified(x: Exchange, flow: Flow, identity: Identity): Answer | undefined {
  const addresses = identity.verifiable_addresses
  if (addresses.length === 0)
    throw new Problem(500, {
      id: 'invalid_configuration',
      message: 'Invalid configuration',
      reason:
        'A misconfiguration prevents login. Expected to find a verification address but this identity does not have one assigned.',
    })
  if (addresses.some(a => a.verified)) return undefined
  const address = addresses.find(a => a.value !== '')
  if (!address) throw badRequest(NOT_VERIFIED.reason)
  const started = sentVerificationFlow(x, flow, address, x.csrf.token)
  saveFlow(x.core, started)
  sendVerification(x.core, started, identity.id, address.value, address.via)
  const url = uiUrl(x.core, started)
  if (!isJson(x)) return redirect(x, url)
  const note = { id: started.id, verifiable_address: address.value, url }
  const continue_with = [{ action: 'show_verification_ui', flow: note }]
  return problem(new Problem(400, { ...NOT_VERIFIED, details: { continue_with } }), 403)
}

const NOT_VERIFIED = {
  id: 'session_verified_address_required',
  message: 'your email or phone address is not yet verified',
  reason:
    "Your account's email or phone address are not verified yet. Please check your email or phone inbox or re-request verification.",
}

/** Ends all sessions of the person but this one; those that had ended are counted as well. */
export function revokeOthers(core: Core, session: Session): number {
  const others = core.state.sessionsOf(session.identity_id).filter(s => s.id !== session.id)
  for (const other of others) core.state.putSession({ ...other, active: false })
  return others.length
}
