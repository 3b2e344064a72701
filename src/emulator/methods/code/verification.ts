/** Prove that an address is one's own: https://www.ory.com/docs/kratos/self-service/flows/verify-email-account-activation */

import type { Core } from '../../core.js'
import { CodeUnknown, mailUnknown, sendVerification, useCode } from '../../flows/codes.js'
import { expiredProblem, flowJson, newFlow, saveFlow, uiUrl } from '../../flows/flow.js'
import { flowExpired, INVALID, LABEL } from '../../flows/messages.js'
import { submit } from '../../flows/nodes.js'
import type { Flow } from '../../flows/types.js'
import * as ui from '../../flows/ui.js'
import { runAfterVerification } from '../../hooks/run.js'
import { fields, str } from '../../http/decode.js'
import {
  type Answer,
  type Exchange,
  isBrowser,
  isJson,
  json,
  problem,
  redirect,
} from '../../http/exchange.js'
import { FlowExpired, Invalid, Problem } from '../../http/kratos-errors.js'
import { verifyAddress } from '../../identities/identities.js'
import { normalizeIdentifier } from '../../schema/identity-schema.js'
import type { JsonObject, UiText } from '../../store/model.js'
import type { VerificationMethod } from '../method.js'
import {
  addressed,
  emailIssues,
  notOneOf,
  payloadOf,
  requireSameBrowser,
  requireValid,
} from '../submission.js'
import { showVerified } from '../verified.js'
import { emailInput, resendTo, showCodeForm } from './nodes.js'
import { codeSwitch } from './switch.js'

export const codeVerification: VerificationMethod = {
  send: (core, flow, identityId, { value, via }) => sendVerification(core, flow, identityId, value, via),

  populate(x, flow) {
    flow.active = 'code'
    if (flow.state === 'sent_email') {
      showCodeForm(x, flow)
      return
    }
    ui.append(flow.ui, emailInput(), submit('method', 'code', 'code', LABEL.continue()))
    if (flow.type === 'browser') ui.setCsrf(flow.ui, x.csrf.token)
  },

  async submit(x, flow) {
    const payload = payloadOf(x, flow, fields('string', 'email', 'code', 'flow'), {
      methods: ['POST', 'GET'],
      query: true,
    })
    requireValid(payload, ...notOneOf(payload, 'method', ['code', 'link']), ...emailIssues(payload))
    const email = str(payload, 'email')
    const method = str(payload, 'method') || (str(payload, 'code') ? 'code' : '')
    if (!addressed(x.core, codeSwitch, method)) {
      mend(x, flow, email)
      return undefined
    }
    if (flow.state === 'passed_challenge') return { answer: retryWith(x, flow, INVALID.verificationDone()) }
    return take(x, flow, payload)
  },
}

function mend(x: Exchange, flow: Flow, email: string): void {
  ui.setCsrf(flow.ui, x.csrf.token)
  ui.upsert(flow.ui, emailInput(email))
}

async function take(
  x: Exchange,
  flow: Flow,
  payload: JsonObject,
): Promise<{ answer: Answer } | { shown: true }> {
  const given = str(payload, 'code')
  if (given) return x.method === 'GET' ? { answer: openLink(x, flow, given) } : takeCode(x, flow, given)
  const email = str(payload, 'email')
  try {
    if (!email) throw new Invalid({ name: 'email', text: INVALID.required('email') })
    requireSameBrowser(x, flow, payload)
  } catch (error) {
    mend(x, flow, email)
    throw error
  }
  x.core.state.deleteCodes(flow.id)
  mailTo(x.core, flow, email)
  flow.state = 'sent_email'
  showCodeForm(x, flow)
  ui.append(flow.ui, resendTo(email))
  saveFlow(x.core, flow)
  return { shown: true }
}

function mailTo(core: Core, flow: Flow, email: string): void {
  const address = normalizeIdentifier(email)
  const identity = core.state.identityByAddress('verifiable', 'email', address)
  if (identity) {
    sendVerification(core, flow, identity.id, address, 'email')
  } else if (core.config.selfservice.flows.verification.notify_unknown_recipients) {
    mailUnknown(core, flow, email)
  }
}

/** The link in the mail fills in the form; sending it stays with the person (mail scanners open links). */
function openLink(x: Exchange, flow: Flow, given: string): Answer {
  ui.setValue(flow.ui, 'code', given)
  flow.csrf_token = x.csrf.regenerate()
  ui.setCsrf(flow.ui, flow.csrf_token)
  saveFlow(x.core, flow)
  return redirect(x, uiUrl(x.core, flow))
}

async function takeCode(
  x: Exchange,
  flow: Flow,
  given: string,
): Promise<{ answer: Answer } | { shown: true }> {
  const { core } = x
  try {
    const used = useCode(core, flow, given)
    if (!verifyAddress(core, used.identity_id ?? '', used.address ?? '')) throw new CodeUnknown()
    showVerified(x, flow, 'code')
    await runAfterVerification(x, flow, used.identity_id ?? '')
    return { shown: true }
  } catch (error) {
    return { answer: error instanceof CodeUnknown ? showWrongCode(x, flow) : retry(x, flow, error) }
  }
}

function showWrongCode(x: Exchange, flow: Flow): Answer {
  ui.setMessage(flow.ui, INVALID.verificationCode())
  saveFlow(x.core, flow)
  return isBrowser(x) ? redirect(x, uiUrl(x.core, flow)) : json(200, flowJson(x.core, flow))
}

const retryWith = (x: Exchange, flow: Flow, message: UiText): Answer =>
  replace(x, flow, new Invalid({ text: message }), 'An error occured, please use the new flow.')
const retry = (x: Exchange, flow: Flow, error: unknown): Answer =>
  replace(x, flow, error, 'An error occured, please retry the flow.')

/** A new flow that says why the old one cannot go on. */
function replace(x: Exchange, old: Flow, error: unknown, reason: string): Answer {
  x.csrf.regenerate()
  const flow = newFlow(x, 'verification', old.type)
  codeVerification.populate(x, flow)
  if (error instanceof FlowExpired)
    ui.addMessage(flow.ui, flowExpired('verification', error.at, x.core.now()))
  else ui.reportError(flow.ui, error)
  saveFlow(x.core, flow)
  if (!isJson(x)) return redirect(x, uiUrl(x.core, flow))
  if (error instanceof FlowExpired) return problem(expiredProblem(x.core, error.at, flow))
  return problem(
    new Problem(410, {
      id: 'self_service_flow_replaced',
      message: 'self-service flow replaced',
      reason,
      beside: { use_flow_id: flow.id },
    }),
  )
}
