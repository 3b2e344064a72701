/** The way to the provider. */

import { saveFlow } from '../flows/flow.js'
import type { Flow } from '../flows/types.js'
import { type DecodeOptions, fields, obj, type PayloadField, str, traitFields } from '../http/decode.js'
import { type Answer, type Exchange, isJson, problem, redirect } from '../http/exchange.js'
import { locationChangeRequired } from '../http/kratos-errors.js'
import type { CompiledSchema } from '../schema/identity-schema.js'
import type { JsonObject } from '../store/model.js'
import { newState, remember } from './pending.js'
import { socialProvider } from './providers.js'

/** What a form may pass on to the provider. */
const UPSTREAM = ['login_hint', 'hd', 'prompt', 'auth_type', 'acr_values']

/** What a form for social sign-in may hold. */
export const startFields = (schema: CompiledSchema): PayloadField[] => [
  ...fields('object', 'upstream_parameters'),
  ...fields('string', ...UPSTREAM.map(name => `upstream_parameters.${name}`)),
  ...traitFields(schema),
]
export const START_OPTIONS: DecodeOptions = { methods: ['POST', 'GET'], query: true }

/** Sends the person to the provider. */
export async function startSignIn(x: Exchange, flow: Flow, id: string, payload: JsonObject): Promise<Answer> {
  const provider = socialProvider(x.core, id)
  const state = newState(x)
  const { url, ...ticket } = await provider.client.start(
    state,
    provider.config.scope,
    upstreamOf(flow, payload),
  )
  remember(x, flow, {
    state,
    provider: id,
    flow: flow.id,
    kind: flow.kind,
    traits: obj(payload, 'traits'),
    transientPayload: obj(payload, 'transient_payload'),
    ticket,
  })
  if (flow.kind === 'login') flow.active = 'oidc'
  if (flow.kind !== 'settings') saveFlow(x.core, flow)
  return isJson(x) ? problem(locationChangeRequired(url)) : redirect(x, url)
}

function upstreamOf(flow: Flow, payload: JsonObject): Record<string, string> {
  const given = obj(payload, 'upstream_parameters')
  const asked = UPSTREAM.map(name => [name, str(given, name)] as const).filter(([, value]) => value !== '')
  // Signing in afresh means proving it to the provider afresh, unless the form says otherwise.
  return { ...(flow.refresh && { prompt: 'login' }), ...Object.fromEntries(asked) }
}
