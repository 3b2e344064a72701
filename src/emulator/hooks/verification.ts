/** Hooks that have people prove their address: https://www.ory.com/docs/kratos/self-service/flows/verify-email-account-activation */

import type { Core } from '../core.js'
import { newFlow, passing, saveFlow, uiUrl } from '../flows/flow.js'
import { INVALID, LABEL } from '../flows/messages.js'
import { submit } from '../flows/nodes.js'
import type { Flow } from '../flows/types.js'
import * as ui from '../flows/ui.js'
import { type Answer, type Exchange, isBrowser, isJson, problem, redirect } from '../http/exchange.js'
import { badRequest, Invalid, Problem } from '../http/kratos-errors.js'
import { withQuery } from '../http/urls.js'
import { methodInUse } from '../methods/in-use.js'
import type { Identity, JsonObject, VerifiableAddress } from '../store/model.js'

const NOTE = 'registration_verification_flow_continue_with'

/** Sends a code or a link to an address; the verification flow that waits for it. */
function send(
  x: Exchange,
  original: Flow,
  identity: Identity,
  address: VerifiableAddress,
  csrf: string,
): Flow {
  const flow = newFlow(x, 'verification', original.type)
  flow.request_url = afterVerification(original.request_url)
  flow.csrf_token = csrf
  flow.state = 'sent_email'
  const { transientPayload } = passing(original)
  if (transientPayload) passing(flow).transientPayload = transientPayload
  const method = methodInUse(x.core, 'verification')
  method.populate(x, flow)
  ui.append(flow.ui, submit(address.via, address.value, 'code', LABEL.resend()))
  saveFlow(x.core, flow)
  method.send(x.core, flow, identity.id, address)
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

/**
 * Sends a code to the first address that nobody has proved yet, as a browser can be led to one flow only; with
 * `legacy_continue_with_verification_ui` to all of them, and each is named to the script that asked.
 */
export function startVerification(x: Exchange, flow: Flow, identity: Identity): void {
  const { legacy_continue_with_verification_ui: legacy } = x.core.config.feature_flags
  const unproved = identity.verifiable_addresses.filter(address => isUnproved(flow, address))
  for (const address of legacy ? unproved : unproved.slice(0, 1)) {
    const started = send(x, flow, identity, address, csrfOf(x, flow))
    const note = verificationNote(x.core, started, address.value)
    flow.internal[NOTE] = note
    if (legacy) passing(flow).continueWith.push(showing(note))
  }
}

/** After settings only those that have just been changed. */
const isUnproved = (flow: Flow, { value, verified, status }: VerifiableAddress): boolean =>
  value !== '' && (flow.kind === 'settings' ? status === 'pending' : !verified)

function csrfOf(x: Exchange, flow: Flow): string {
  if (flow.type !== 'browser') return ''
  return flow.kind === 'settings' ? x.csrf.token : x.csrf.regenerate()
}

const showing = (note: JsonObject): JsonObject => ({ action: 'show_verification_ui', flow: note })

const verificationNote = (core: Core, flow: Flow, address: string): JsonObject => ({
  id: flow.id,
  verifiable_address: address,
  ...(flow.type === 'browser' && { url: uiUrl(core, flow) }),
})

/** `show_verification_ui`: tells a script of the flow that waits for the code, sends a browser to it. */
export function showVerification(x: Exchange, flow: Flow): void {
  const note = flow.internal[NOTE] as JsonObject | undefined
  if (!note) return
  passing(flow).continueWith.push(showing(note))
  const { ui_url } = x.core.config.selfservice.flows.verification
  if (isBrowser(x)) passing(flow).returnToVerification = withQuery(ui_url, { flow: String(note['id']) })
}

/** Nobody gets in with an address that was never proved; a code is sent instead. */
export function requireVerified(x: Exchange, flow: Flow, identity: Identity): Answer | undefined {
  const legacy = x.core.config.feature_flags.legacy_require_verified_login_error
  if (legacy && flow.active !== 'password') return undefined
  const addresses = identity.verifiable_addresses
  if (addresses.length === 0)
    throw new Problem(500, {
      id: 'invalid_configuration',
      message: 'Invalid configuration',
      reason:
        'A misconfiguration prevents login. Expected to find a verification address but this identity does not have one assigned.',
    })
  if (addresses.some(a => a.verified)) return undefined
  if (legacy) throw new Invalid({ text: INVALID.notVerified() })
  const address = addresses.find(a => a.value !== '')
  if (!address) throw badRequest(NOT_VERIFIED.reason)
  const started = send(x, flow, identity, address, x.csrf.token)
  const url = uiUrl(x.core, started)
  if (!isJson(x)) return redirect(x, url)
  const note = { id: started.id, verifiable_address: address.value, url }
  const continue_with = [showing(note)]
  return problem(new Problem(400, { ...NOT_VERIFIED, details: { continue_with } }), 403)
}

const NOT_VERIFIED = {
  id: 'session_verified_address_required',
  message: 'your email or phone address is not yet verified',
  reason:
    "Your account's email or phone address are not verified yet. Please check your email or phone inbox or re-request verification.",
}
