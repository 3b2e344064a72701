/** The parts of the forms around one-time codes. */

import { actionUrl } from '../../flows/flow.js'
import { LABEL, LOGIN, RECOVERY, REGISTRATION, VERIFICATION } from '../../flows/messages.js'
import { input, nodeId, submit } from '../../flows/nodes.js'
import type { Flow } from '../../flows/types.js'
import * as ui from '../../flows/ui.js'
import type { Exchange } from '../../http/exchange.js'
import type { UiNode, UiText } from '../../store/model.js'

export const sendLoginCode = (): UiNode => submit('method', 'code', 'code', LOGIN.code())
export const sendRegistrationCode = (): UiNode => submit('method', 'code', 'code', REGISTRATION.code())
export const continueButton = (): UiNode => submit('method', 'code', 'code', LABEL.continue())
export const hiddenMethod = (): UiNode => input('method', 'hidden', 'code', { value: 'code' })
export const resendButton = (): UiNode => submit('resend', 'code', 'code', LABEL.resend())
export const resendTo = (address: string): UiNode => submit('email', address, 'code', LABEL.resend())
export const backToCredentials = (): UiNode =>
  submit('screen', 'credential-selection', 'profile', REGISTRATION.back())

export const codeInput = (label?: UiText): UiNode => input('code', 'text', 'code', { required: true }, label)

export const emailInput = (value?: string): UiNode =>
  input('email', 'email', 'code', { required: true, ...(value !== undefined && { value }) }, LABEL.email())

/** Recovery's field wants digits only. */
export const recoveryCodeInput = (): UiNode =>
  input('code', 'text', 'code', { required: true, pattern: '[0-9]+', maxlength: 6 }, LABEL.recoveryCode())

/** The form after a code was sent: what identifies the person stays in hidden, the rest goes. */
export function showCodeForm(x: Exchange, flow: Flow): void {
  ui.resetMessages(flow.ui)
  const before = flow.ui.nodes
  flow.ui = { action: actionUrl(x.core, flow.kind, flow.id), method: 'POST', nodes: [] }
  const { ui: form } = flow
  if (flow.kind === 'login') form.nodes = before.flatMap(identifierOf)
  if (flow.kind === 'registration') form.nodes = before.flatMap(hiddenTrait)
  ui.upsert(form, hiddenMethod(), codeInput(LABELS[flow.kind as keyof typeof LABELS]()))
  ui.append(form, continueButton())
  if (flow.kind === 'login' || flow.kind === 'registration') ui.append(form, resendButton())
  const twoSteps = !x.core.config.selfservice.flows.registration.enable_legacy_one_step
  if (flow.kind === 'registration' && twoSteps) ui.append(form, backToCredentials())
  ui.setMessage(form, SENT[flow.kind as keyof typeof SENT]())
  if (flow.type === 'browser') ui.setCsrf(form, x.csrf.token)
}

const LABELS = {
  login: LABEL.loginCode,
  registration: LABEL.registrationCode,
  recovery: LABEL.recoveryCode,
  verification: LABEL.verificationCode,
}
const SENT = {
  login: LOGIN.codeSent,
  registration: REGISTRATION.codeSent,
  recovery: RECOVERY.codeSent,
  verification: VERIFICATION.codeSent,
}

function identifierOf(node: UiNode): UiNode[] {
  if (!['identifier', 'address'].includes(nodeId(node)) || !('name' in node.attributes)) return []
  return [{ ...node, attributes: { ...node.attributes, name: 'identifier', type: 'hidden' } }]
}

function hiddenTrait(node: UiNode): UiNode[] {
  if (node.group !== 'default' || !('name' in node.attributes) || node.attributes.type === 'submit') return []
  return [{ ...node, attributes: { ...node.attributes, type: 'hidden' } }]
}
