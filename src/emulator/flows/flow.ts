/** Flows of all kinds: https://www.ory.com/docs/kratos/self-service */

import { type Core, ownUrl } from '../core.js'
import { csrfProblem } from '../http/csrf.js'
import type { Exchange } from '../http/exchange.js'
import { FlowExpired, notLocated, Problem } from '../http/kratos-errors.js'
import { returnToOf, secureReturnTo } from '../http/return-to.js'
import { withQuery } from '../http/urls.js'
import { isoTime } from '../store/clock.js'
import type { Identity, JsonObject } from '../store/model.js'
import type { Flow, FlowKind, FlowState, FlowType, Passing } from './types.js'

export const passing = (flow: Flow): Passing => {
  flow.passing ??= { continueWith: [] }
  return flow.passing
}

const lifespanOf = (core: Core, kind: FlowKind): number => core.config.selfservice.flows[kind].lifespan

const INITIAL: Record<FlowKind, FlowState> = {
  login: 'choose_method',
  registration: 'choose_method',
  recovery: 'choose_method',
  verification: 'choose_method',
  settings: 'show_form',
}

/** A flow that nobody has stored yet. Refuses a `return_to` that is not allowed. */
export function newFlow(x: Exchange, kind: FlowKind, type: FlowType, lifespan?: number): Flow {
  const { core } = x
  secureReturnTo(core, { source: x.requestUrl })
  const id = core.ids.uuid()
  const now = core.now()
  return {
    id,
    kind,
    type,
    issued_at: isoTime(now),
    expires_at: isoTime(now + (lifespan ?? lifespanOf(core, kind))),
    request_url: x.requestUrl,
    ui: { action: actionUrl(core, kind, id), method: 'POST', nodes: [] },
    state: INITIAL[kind],
    csrf_token: x.csrf.token,
    internal: {},
    submits: 0,
  }
}

export const actionUrl = (core: Core, kind: FlowKind, id: string): string =>
  withQuery(ownUrl(core, `/self-service/${kind}`), { flow: id })

/** The page that shows it. */
export const uiUrl = (core: Core, flow: Flow): string =>
  withQuery(core.config.selfservice.flows[flow.kind].ui_url, { flow: flow.id })

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i
export const isUuid = (text: string): boolean => UUID.test(text)

function findFlow(core: Core, kind: FlowKind, id: string): Flow | undefined {
  const flow = core.state.flow(id.toLowerCase())
  return flow?.kind === kind ? flow : undefined
}

export function loadFlow(core: Core, kind: FlowKind, id: string | null): Flow {
  const flow = findFlow(core, kind, id ?? '')
  if (!flow) throw notLocated()
  return flow
}

/** The flow that a form was submitted to. Where nobody signs in or up, Kratos has words of its own for an unknown one. */
export function submittedFlow(x: Exchange, kind: FlowKind): Flow {
  const id = x.query.get('flow')
  if (!id || !isUuid(id))
    throw new Problem(400, { reason: 'The flow query parameter is missing or malformed.' })
  const flow = findFlow(x.core, kind, id)
  if (flow) return flow
  if (kind === 'login' || kind === 'registration') throw notLocated()
  throw new Problem(404, { reason: `The ${kind} request could not be found. Please restart the flow.` })
}

export function saveFlow(core: Core, flow: Flow): void {
  const { passing: _, ...stored } = flow
  core.state.putFlow(stored)
}

export const isExpired = (core: Core, flow: Flow): boolean => Date.parse(flow.expires_at) < core.now()

export function requireFresh(core: Core, flow: Flow): void {
  if (isExpired(core, flow)) throw new FlowExpired(flow.expires_at)
}

/** Only the browser that made it may see it. */
export function requireOwnBrowser(x: Exchange, flow: Flow): void {
  if (flow.type === 'browser' && !flow.skip_csrf && !x.csrf.verify(flow.csrf_token))
    throw csrfProblem(x, false)
}

const GONE_WITH_ID: readonly FlowKind[] = ['login', 'registration']

/** The 410 of somebody who asks for an expired flow. */
export function goneProblem(core: Core, flow: Flow): Problem {
  const { kind } = flow
  const details = { api: ownUrl(core, `/self-service/${kind}/api`) }
  if (kind === 'recovery' && flow.type === 'api')
    return new Problem(410, { ...expired(core, flow.expires_at), details })
  const init = `${kind} flow init`
  const browser = flow.type === 'browser'
  const todo = browser
    ? `Redirect the user to the ${init} endpoint to initialize a new ${kind} flow.`
    : `Call the ${init} API endpoint to initialize a new ${kind} flow.`
  const browserUrl = ownUrl(core, `/self-service/${kind}/browser`)
  const returnTo = returnToOfFlow(flow)
  return new Problem(410, {
    ...(GONE_WITH_ID.includes(kind) && { id: 'self_service_flow_expired' }),
    reason: `The ${kind} flow has expired. ${todo}`,
    details: browser
      ? {
          redirect_to: returnTo ? withQuery(browserUrl, { return_to: returnTo }) : browserUrl,
          return_to: returnTo,
        }
      : details,
  })
}

const expired = (core: Core, at: string) => ({
  id: 'self_service_flow_expired',
  message: 'self-service flow expired',
  reason: `The self-service flow expired ${((core.now() - Date.parse(at)) / 60_000).toFixed(2)} minutes ago, initialize a new one.`,
})

/** The 410 of somebody who submits to an expired flow; `replacement` is there already. */
export function expiredProblem(core: Core, at: string, replacement: Flow): Problem {
  const ago = core.now() - Date.parse(at)
  return new Problem(410, {
    ...expired(core, at),
    // Go counts in nanoseconds.
    beside: { expired_at: at, since: ago * 1_000_000, use_flow_id: replacement.id },
  })
}

export const returnToOfFlow = (flow: Flow): string => flow.return_to || returnToOf(flow.request_url)

/** Where the browser goes when the flow is done. */
export function returnToAfter(core: Core, flow: Flow, fallback: string): string {
  return secureReturnTo(core, { returnTo: flow.return_to, source: flow.request_url, fallback })
}

/** As the API shows it; keys in Kratos' order. */
export function flowJson(
  core: Core,
  flow: Flow,
  identityJson?: (identity: Identity) => JsonObject,
): JsonObject {
  const { kind } = flow
  const returnTo = returnToOfFlow(flow)
  const { transientPayload, continueWith = [], exchangeCode } = flow.passing ?? {}
  const identity = flow.identity_id ? core.state.identity(flow.identity_id) : undefined
  return {
    id: flow.id,
    ...(kind === 'login' && { organization_id: flow.organization_id ?? null }),
    type: flow.type,
    expires_at: flow.expires_at,
    issued_at: flow.issued_at,
    request_url: flow.request_url,
    ...(returnTo && { return_to: returnTo }),
    ...(flow.active && { active: flow.active }),
    ui: uiJson(flow),
    ...(kind === 'login' && loginJson(core, flow)),
    ...(kind === 'registration' && { organization_id: flow.organization_id ?? null }),
    ...(kind === 'settings' && { identity: identity && identityJson ? identityJson(identity) : null }),
    ...(exchangeCode && { session_token_exchange_code: exchangeCode }),
    state: flow.state,
    ...(kind !== 'login' &&
      kind !== 'registration' &&
      continueWith.length > 0 && { continue_with: continueWith }),
    ...(transientPayload && { transient_payload: transientPayload }),
    ...(flow.identity_schema && { identity_schema: flow.identity_schema }),
  }
}

/** Go writes a list that nothing was ever put into as null. */
function uiJson({ ui }: Flow): JsonObject {
  const json = ui as unknown as JsonObject
  return ui.nodes.length > 0 ? json : { ...json, nodes: null }
}

function loginJson(core: Core, flow: Flow): JsonObject {
  return {
    created_at: flow.issued_at,
    updated_at: isoTime(core.now()),
    refresh: flow.refresh ?? false,
    requested_aal: flow.requested_aal ?? 'aal1',
  }
}
