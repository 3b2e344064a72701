/** The form that asks where a link is to be sent, and what comes back with it. */

import { ownUrl } from '../../core.js'
import { newFlow, saveFlow, uiUrl } from '../../flows/flow.js'
import { flowExpired, INVALID, LABEL } from '../../flows/messages.js'
import { input, submit } from '../../flows/nodes.js'
import type { Flow } from '../../flows/types.js'
import * as ui from '../../flows/ui.js'
import { fields, str } from '../../http/decode.js'
import { type Answer, type Exchange, redirect } from '../../http/exchange.js'
import { FlowExpired, Invalid } from '../../http/kratos-errors.js'
import { withQuery } from '../../http/urls.js'
import type { JsonObject, UiNode, UiText } from '../../store/model.js'
import { emailIssues, payloadOf, requireValid } from '../submission.js'

const emailInput = (value?: string): UiNode =>
  input('email', 'email', 'link', { required: true, ...(value !== undefined && { value }) }, LABEL.email())

export function askForAddress(x: Exchange, flow: Flow): void {
  flow.active = 'link'
  showAddress(x, flow)
  ui.append(flow.ui, submit('method', 'link', 'link', LABEL.continue()))
}

export function showAddress(x: Exchange, flow: Flow, email?: string): void {
  ui.setCsrf(flow.ui, x.csrf.token)
  ui.upsert(flow.ui, emailInput(email))
}

export function linkPayload(x: Exchange, flow: Flow): JsonObject {
  const known = fields('string', 'email', 'token', 'flow')
  const payload = payloadOf(x, flow, known, { methods: ['POST', 'GET'], query: true })
  requireValid(payload, ...emailIssues(payload))
  return payload
}

export function requireEmail(payload: JsonObject): string {
  const email = str(payload, 'email')
  if (email) return email
  throw new Invalid({ name: 'email', text: INVALID.required('email') })
}

export function showSent(x: Exchange, flow: Flow, email: string, message: UiText): void {
  showAddress(x, flow, email)
  flow.active = 'link'
  flow.state = 'sent_email'
  ui.setMessage(flow.ui, message)
  saveFlow(x.core, flow)
}

/** A new flow that says why the old one cannot go on. A link is opened in a browser, whoever asked for it. */
export function startOver(
  x: Exchange,
  kind: 'recovery' | 'verification',
  error: unknown,
  type: Flow['type'] = 'browser',
): Answer {
  x.csrf.regenerate()
  const flow = newFlow(x, kind, type)
  askForAddress(x, flow)
  if (error instanceof FlowExpired) ui.addMessage(flow.ui, flowExpired(kind, error.at, x.core.now()))
  else ui.reportError(flow.ui, error)
  saveFlow(x.core, flow)
  if (type === 'browser') return redirect(x, uiUrl(x.core, flow))
  return redirect(x, withQuery(ownUrl(x.core, `/self-service/${kind}/flows`), { id: flow.id }))
}
