/** What happens around flows: https://www.ory.com/docs/kratos/hooks/configure-hooks */

import { namedUrl, warnOnce } from '../calls/hosts.js'
import type { After, AfterMethod, Hook } from '../config/model.js'
import type { Core } from '../core.js'
import { passing } from '../flows/flow.js'
import type { Flow } from '../flows/types.js'
import { type Answer, type Exchange, isJson, json } from '../http/exchange.js'
import { Invalid, notLocated, Problem } from '../http/kratos-errors.js'
import { identityJson } from '../identities/identities.js'
import { issueCookie, revokeOthers, sessionJson } from '../identities/sessions.js'
import { handOver } from '../social/token-exchange.js'
import type { Identity, JsonObject, Session } from '../store/model.js'
import { callWebHook, isAsked } from './call-web-hook.js'
import type { WebHookContext } from './types.js'
import { requireVerified, showVerification, startVerification } from './verification.js'

type AfterFlow = 'login' | 'registration' | 'settings' | 'recovery' | 'verification'

/** What is configured for one method; not every method has something. */
const ofMethod = (after: After, method: string): AfterMethod | undefined =>
  (after as unknown as Record<string, AfterMethod | undefined>)[method]

/** The method's own hooks; without any, those of the flow. The session is always issued last. */
function hooksAfter(core: Core, flow: AfterFlow, method: string): Hook[] {
  const after = core.config.selfservice.flows[flow].after
  const own = ofMethod(after, method)?.hooks
  const hooks = own && own.length > 0 ? own : after.hooks
  return [...hooks.filter(h => h.hook !== 'session'), ...hooks.filter(h => h.hook === 'session')]
}

/** Where `after` sends the browser: by method, then for the flow, then as a whole. */
export function returnUrlAfter(after: After, method: string, fallback: string): string {
  const own = ofMethod(after, method)
  return own?.default_browser_return_url ?? after.default_browser_return_url ?? fallback
}

async function webHooks(x: Exchange, hooks: readonly Hook[], context: WebHookContext): Promise<void> {
  for (const hook of hooks) if (hook.hook === 'web_hook') await callWebHook(x, hook.config, context)
}

/** @param session of whom the settings are */
export async function runBefore(x: Exchange, flow: Flow, session?: Session): Promise<void> {
  const { hooks } = x.core.config.selfservice.flows[flow.kind].before
  try {
    await webHooks(x, hooks, { flow, phase: 'before', ...(session && { session }) })
  } catch (error) {
    if (!(error instanceof Invalid)) throw error
    // Kratos has no form yet that could show what the hook says.
    throw flow.kind === 'login' ? notLocated() : new Problem(500)
  }
}

/** Before a new or changed identity is stored: the method's own hooks alone, as in Kratos. */
export function runBeforePersist(
  x: Exchange,
  flow: Flow,
  method: string,
  identity: Identity,
  session?: Session,
): Promise<void> {
  const after = x.core.config.selfservice.flows[flow.kind].after
  for (const hook of after.hooks)
    if (hook.hook === 'web_hook' && isAsked(hook.config))
      warnOnce(
        x.core.log,
        `web hook ${namedUrl(hook.config.url)} is never called, as in Kratos: one that is asked before somebody is stored (response.parse, can_interrupt) stands below a method, like ${flow.kind}.after.${method}.hooks`,
      )
  const own = ofMethod(after, method)?.hooks ?? []
  return webHooks(x, own, { flow, phase: 'prepersist', identity, ...(session && { session }) })
}

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
      await callWebHook(x, hook.config, {
        flow,
        phase: 'after',
        // What a hook says of somebody who signs in counts for this answer alone.
        identity: kind === 'login' ? identity : (x.core.state.identity(identity.id) ?? identity),
        ...((kind === 'login' || kind === 'settings') && { session }),
      })
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
