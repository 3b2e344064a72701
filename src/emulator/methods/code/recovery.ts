/** Get back in with a code sent by mail: https://www.ory.com/docs/kratos/self-service/flows/account-recovery-password-reset */

import { type Core, ownUrl } from '../../core.js'
import { CodeUnknown, createCode, mailCode, mailUnknown, useCode } from '../../flows/codes.js'
import { actionUrl, flowJson, newFlow, saveFlow, uiUrl } from '../../flows/flow.js'
import { INVALID, LABEL, RECOVERY } from '../../flows/messages.js'
import { submit } from '../../flows/nodes.js'
import type { Flow } from '../../flows/types.js'
import * as ui from '../../flows/ui.js'
import { fields, str } from '../../http/decode.js'
import { type Answer, type Exchange, isJson, json, problem, redirect } from '../../http/exchange.js'
import { Invalid, notLocated, Problem } from '../../http/kratos-errors.js'
import { withQuery } from '../../http/urls.js'
import { verifyAddress } from '../../identities/identities.js'
import { finishRecovery } from '../../operations/recovered.js'
import { normalizeIdentifier } from '../../schema/identity-schema.js'
import type { JsonObject, UiText } from '../../store/model.js'
import { alreadyIn } from '../already-in.js'
import type { ChallengeMethod } from '../method.js'
import { addressed, emailIssues, payloadOf, requireSameBrowser, requireValid } from '../submission.js'
import { askForAnyAddress, choosesAddress, goBack, takeStep } from './choose-address.js'
import { emailInput, hiddenMethod, recoveryCodeInput, resendTo } from './nodes.js'
import { codeSwitch } from './switch.js'

const continueButton = () => submit('method', 'code', 'code', LABEL.continue())
const KNOWN = fields(
  'string',
  ...['email', 'code', 'flow', 'screen'],
  ...['recovery_address', 'recovery_select_address', 'recovery_confirm_address'],
)

export const codeRecovery: ChallengeMethod = {
  populate(x, flow) {
    flow.active = 'code'
    if (x.core.config.feature_flags.choose_recovery_address) return askForAnyAddress(x, flow)
    ui.setCsrf(flow.ui, x.csrf.token)
    ui.upsert(flow.ui, emailInput())
    ui.append(flow.ui, continueButton())
  },

  async submit(x, flow) {
    if (flow.active !== 'code') return undefined
    const payload = payloadOf(x, flow, KNOWN, { methods: ['POST'], query: true })
    const email = str(payload, 'email')
    requireValid(payload, ...emailIssues(payload))
    const refused = csrfMistake(x, flow, payload)
    if (refused) return { answer: retry(x, 'browser', refused) }
    ui.resetMessages(flow.ui)
    const inSteps = choosesAddress(flow)
    if (!inSteps && flow.state !== 'choose_method' && !email) {
      addressed(x.core, codeSwitch, 'code')
      return { answer: await takeCode(x, flow, str(payload, 'code')) }
    }
    const signedIn = alreadyIn(x)
    if (signedIn) return { answer: signedIn }
    if (!inSteps && !addressed(x.core, codeSwitch, str(payload, 'method'))) return undefined
    if (str(payload, 'flow') !== flow.id) throw notLocated()
    if (str(payload, 'screen') === 'previous') {
      goBack(x, flow, payload, { mail: mailTo, takeCode })
      return { shown: true }
    }
    if (inSteps) return takeStep(x, flow, payload, { mail: mailTo, takeCode })
    if (flow.state === 'passed_challenge') return { answer: retryWith(x, flow, INVALID.recoveryDone()) }
    requireEmail(email)
    // Also of a flow that an administrator started: only its code may come from another browser.
    requireSameBrowser(x, flow, payload)
    sendTo(x, flow, email)
    return { shown: true }
  },
}

function csrfMistake(x: Exchange, flow: Flow, payload: JsonObject): unknown {
  if (flow.skip_csrf) return undefined
  try {
    requireSameBrowser(x, flow, payload)
    return undefined
  } catch (error) {
    return error
  }
}

function requireEmail(email: string): void {
  if (!email) throw new Invalid({ name: 'email', text: INVALID.required('email') })
}

function sendTo(x: Exchange, flow: Flow, email: string): void {
  const { core } = x
  core.state.deleteCodes(flow.id)
  mailTo(core, flow, email)
  flow.ui = { action: actionUrl(core, 'recovery', flow.id), method: 'POST', nodes: [] }
  ui.setCsrf(flow.ui, x.csrf.token)
  flow.active = 'code'
  flow.state = 'sent_email'
  ui.setMessage(flow.ui, RECOVERY.codeSent())
  ui.append(flow.ui, recoveryCodeInput(), hiddenMethod(), continueButton(), resendTo(email))
  saveFlow(core, flow)
}

/** Whether somebody has the address is not for the asking: the answer is the same. */
function mailTo(core: Core, flow: Flow, email: string): void {
  const address = normalizeIdentifier(email)
  const via = address.includes('@') ? 'email' : 'sms'
  const identity = core.state.identityByAddress('recovery', via, address)
  if (identity) {
    const sent = createCode(core, flow, { identityId: identity.id, address, via })
    mailCode(core, flow, address, via, sent)
  } else if (via === 'email' && core.config.selfservice.flows.recovery.notify_unknown_recipients) {
    mailUnknown(core, flow, email)
  }
}

async function takeCode(x: Exchange, flow: Flow, given: string): Promise<Answer> {
  const { core } = x
  let used: ReturnType<typeof useCode>
  try {
    used = useCode(core, flow, given)
  } catch (error) {
    return error instanceof CodeUnknown ? showWrongCode(x, flow) : retry(x, flow.type, error)
  }
  const identityId = used.identity_id ?? ''
  // Whoever reads the mail owns the address; an administrator's code proves nothing about it.
  if (!used.by_admin && used.address) verifyAddress(core, identityId, used.address)
  const identity = core.state.identity(identityId)
  if (!identity) return retry(x, flow.type, new CodeUnknown())
  try {
    return await finishRecovery(x, flow, identity)
  } catch (error) {
    return retry(x, flow.type, error)
  }
}

function showWrongCode(x: Exchange, flow: Flow): Answer {
  ui.setMessage(flow.ui, INVALID.recoveryCode())
  saveFlow(x.core, flow)
  if (flow.type === 'browser' && !isJson(x)) return redirect(x, uiUrl(x.core, flow))
  return json(200, flowJson(x.core, flow))
}

const retryWith = (x: Exchange, flow: Flow, message: UiText): Answer =>
  retry(x, flow.type, new Invalid({ text: message }))

/** A new flow that says why the old one cannot go on. */
function retry(x: Exchange, type: Flow['type'], error: unknown): Answer {
  x.csrf.regenerate()
  const flow = newFlow(x, 'recovery', type)
  codeRecovery.populate(x, flow)
  ui.reportError(flow.ui, error)
  saveFlow(x.core, flow)
  if (!isJson(x)) return redirect(x, uiUrl(x.core, flow))
  if (x.core.config.feature_flags.use_continue_with_transitions && error instanceof Problem)
    return problem(showingRecovery(error, flow))
  return redirect(x, withQuery(ownUrl(x.core, '/self-service/recovery/flows'), { id: flow.id }))
}

const showingRecovery = ({ code, init }: Problem, { id }: Flow): Problem =>
  new Problem(code, {
    ...init,
    details: { ...init.details, continue_with: [{ action: 'show_recovery_ui', flow: { id } }] },
  })
