/** Web hooks at the places where flows call them. */

import { DEFAULT_NAMESPACE, NAMESPACE_HEADER } from '../../common/namespace.js'
import { printable } from '../../log.js'
import type { WebHookConfig } from '../config/model.js'
import { flowJson } from '../flows/flow.js'
import { allowedHeaders } from '../http/allowed-headers.js'
import type { Exchange } from '../http/exchange.js'
import { Invalid, Problem } from '../http/kratos-errors.js'
import { identityJson } from '../identities/identities.js'
import { sessionJson } from '../identities/sessions.js'
import { isoTime } from '../store/clock.js'
import type { Identity, JsonObject, RecoveryAddress, VerifiableAddress } from '../store/model.js'
import type { RunWebHook, WebHookContext } from './types.js'
import { runWebHook, WebHookFailed, type WebHookOutcome, type WebHookRejection } from './web-hook.js'

/** Calls one hook, applies what it says about the identity, and throws what it refuses. */
export const callWebHook: RunWebHook = async (x, config, context) => {
  if (!isDue(config, context)) return
  const outcome = await call(x, config, context)
  if (outcome.kind === 'rejected') throw new Invalid(...outcome.rejections.flatMap(toIssues))
  if (outcome.kind === 'identity' && context.identity) apply(x, context.identity, outcome.changes)
}

/** Hooks that may say no, or change something, are asked before anything is stored; the others are told after. */
function isDue({ can_interrupt, response }: WebHookConfig, { phase, flow }: WebHookContext): boolean {
  const asked = can_interrupt || response.parse
  const stores = flow.kind === 'registration' || flow.kind === 'settings'
  return phase === 'before' || (phase === 'prepersist' ? asked : !stores || !asked)
}

async function call(
  x: Exchange,
  config: WebHookConfig,
  { flow, identity, session }: WebHookContext,
): Promise<WebHookOutcome> {
  const { core } = x
  const context = {
    flow: flowJson(core, flow),
    request_headers: allowedHeaders(core, x.headers),
    request_method: x.method,
    request_url: x.requestUrl,
    request_cookies: Object.fromEntries(x.cookies.names.map(name => [name, x.cookies.get(name) ?? ''])),
    ...(identity && { identity: identityJson(core, identity) }),
    ...(session && { session: sessionJson(core, session, identity ?? null) }),
  }
  try {
    return await runWebHook(config, context, { log: core.log, headers: namespaceHeader(core.namespace) })
  } catch (error) {
    if (!(error instanceof WebHookFailed)) throw error
    core.log.error(`web hook failed: ${printable(error.message)}`)
    throw new Problem(error.status, { message: error.message, ...(error.reason && { reason: error.reason }) })
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
