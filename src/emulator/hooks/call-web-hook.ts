/** Web hooks at the places where flows call them. */

import { DEFAULT_NAMESPACE, NAMESPACE_HEADER } from '../../common/namespace.js'
import { printable } from '../../log.js'
import { namedUrl } from '../calls/hosts.js'
import type { WebHookConfig } from '../config/model.js'
import type { Core } from '../core.js'
import { flowJson, passing } from '../flows/flow.js'
import type { Flow } from '../flows/types.js'
import { allowedHeaders } from '../http/allowed-headers.js'
import type { Exchange } from '../http/exchange.js'
import { badRequest, Invalid, PlainFailure, Problem } from '../http/kratos-errors.js'
import { identityJson } from '../identities/identities.js'
import { sessionJson } from '../identities/sessions.js'
import { asList, asObject } from '../schema/fields.js'
import { isoTime } from '../store/clock.js'
import type {
  Identity,
  Json,
  JsonObject,
  RecoveryAddress,
  Session,
  VerifiableAddress,
} from '../store/model.js'
import type { RunWebHook, WebHookContext } from './types.js'
import { lineOf, runWebHook, WebHookFailed, type WebHookOutcome, type WebHookRejection } from './web-hook.js'

/** Calls one hook, applies what it says about the identity, and throws what it refuses. */
export const callWebHook: RunWebHook = async (x, config, context) => {
  if (!isDue(config, context)) return
  const outcome = await call(x, config, context)
  if (outcome.kind === 'rejected') throw new Invalid(...outcome.rejections.flatMap(toIssues))
  if (outcome.kind !== 'identity' || !context.identity) return
  apply(x, context.identity, outcome.changes)
  if (context.flow.kind === 'login') passing(context.flow).shownIdentity = context.identity
}

/** Whether its answer counts. */
export const isAsked = ({ can_interrupt, response }: WebHookConfig): boolean =>
  can_interrupt || response.parse

/** Hooks that may say no, or change something, are asked before anything is stored; the others are told after. */
function isDue(config: WebHookConfig, { phase, flow }: WebHookContext): boolean {
  const asked = isAsked(config)
  const stores = flow.kind === 'registration' || flow.kind === 'settings'
  return phase === 'before' || (phase === 'prepersist' ? asked : !stores || !asked)
}

async function call(
  x: Exchange,
  config: WebHookConfig,
  { flow, phase, identity, session }: WebHookContext,
): Promise<WebHookOutcome> {
  const { core } = x
  const shown = (one: Identity): JsonObject => identityJson(core, one)
  const unstored = phase === 'prepersist' && flow.kind === 'registration'
  const before = (identity && core.state.identity(identity.id)) ?? identity
  const context = {
    flow: shownFlow(core, flow, phase),
    request_headers: allowedHeaders(core, x.headers),
    request_method: x.method,
    request_url: x.requestUrl,
    request_cookies: Object.fromEntries(x.cookies.names.map(name => [name, x.cookies.get(name) ?? ''])),
    ...(identity && { identity: unstored ? unstoredJson(shown(identity)) : shown(identity) }),
    ...(session && { session: shownSession(core, session, before) }),
  }
  try {
    return await runWebHook(config, context, {
      log: core.log,
      snippets: core.config.snippets,
      hosts: core.callHosts,
      headers: namespaceHeader(core.namespace),
    })
  } catch (error) {
    if (!(error instanceof WebHookFailed)) throw error
    core.log.error(`web hook ${namedUrl(config.url)} failed: ${printable(lineOf(error))}`)
    // Go's own errors are passed on as they are; those with a reason are Kratos'.
    if (!error.reason) throw new PlainFailure(error.message)
    throw new Problem(error.status, { message: error.message, reason: error.reason })
  }
}

const NIL = '00000000-0000-0000-0000-000000000000'
/** Go's zero time. */
const NEVER = '0001-01-01T00:00:00Z'

/** A flow is called before it is stored, and one of sign-in keeps times of its own. */
function shownFlow(core: Core, flow: Flow, phase: WebHookContext['phase']): JsonObject {
  const json = flowJson(core, flow, identity => identityJson(core, identity))
  const isNew = phase === 'before' && flow.kind === 'login'
  return { ...json, ...(isNew && { created_at: NEVER, updated_at: NEVER }) }
}

/** Whoever signs in has no session yet that is stored. */
function shownSession(core: Core, session: Session, owner: Identity | undefined): JsonObject {
  const json = sessionJson(core, session, owner)
  return core.state.session(session.id) ? json : { ...json, id: NIL }
}

/** Somebody who is not stored yet has no id and no times, and neither have the addresses. */
function unstoredJson(identity: JsonObject): JsonObject {
  const none = { id: NIL, created_at: NEVER, updated_at: NEVER }
  const addresses = (list: Json | undefined): Json[] =>
    asList(list).map(one => ({ ...asObject(one), ...none }))
  const { verifiable_addresses, recovery_addresses } = identity
  return {
    ...identity,
    ...none,
    schema_url: '',
    ...(verifiable_addresses && { verifiable_addresses: addresses(verifiable_addresses) }),
    ...(recovery_addresses && { recovery_addresses: addresses(recovery_addresses) }),
  }
}

/** So that what a hook calls us with is about the same people. */
const namespaceHeader = (name: string): Record<string, string> =>
  name === DEFAULT_NAMESPACE ? {} : { [NAMESPACE_HEADER]: name }

function toIssues({ pointer, messages }: WebHookRejection) {
  const name = pointer.replace(/^#?\//, '').replaceAll('/', '.')
  return messages.map(text => ({ text, ...(name && { name }) }))
}

function apply(x: Exchange, identity: Identity, changes: JsonObject): void {
  const { verifiable_addresses, recovery_addresses, ...rest } = changes
  const { schema_id: schema } = rest
  if (typeof schema === 'string' && !x.core.schema(schema))
    throw badRequest(`Unable to find JSON Schema ID: ${schema}`)
  Object.assign(identity, rest)
  if (Array.isArray(verifiable_addresses))
    identity.verifiable_addresses = verifiable_addresses.map(given => verifiable(x, given as JsonObject))
  if (Array.isArray(recovery_addresses))
    identity.recovery_addresses = recovery_addresses.map(given => recovery(x, given as JsonObject))
}

/** A hook names the address and whether it is proved; the rest is ours. */
function recovery(x: Exchange, given: JsonObject): RecoveryAddress {
  const now = isoTime(x.core.now())
  const { id, value } = given
  return {
    id: typeof id === 'string' ? id : x.core.ids.uuid(),
    value: typeof value === 'string' ? value : '',
    via: given['via'] === 'sms' ? 'sms' : 'email',
    created_at: now,
    updated_at: now,
  }
}
function verifiable(x: Exchange, given: JsonObject): VerifiableAddress {
  const verified = given['verified'] === true
  return {
    ...recovery(x, given),
    verified,
    status: verified ? 'completed' : 'pending',
    ...(verified && { verified_at: isoTime(x.core.now()) }),
  }
}
