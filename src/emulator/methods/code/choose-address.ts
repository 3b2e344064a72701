/**
 * Recovery in more steps, `feature_flags.choose_recovery_address`: people name any address of theirs, choose
 * among all of them, masked, and prove that they know the chosen one in full before a code goes there.
 */

import { createHash, timingSafeEqual } from 'node:crypto'
import type { Core } from '../../core.js'
import { actionUrl, saveFlow } from '../../flows/flow.js'
import { INVALID, LABEL, RECOVERY } from '../../flows/messages.js'
import { input, submit } from '../../flows/nodes.js'
import type { Flow } from '../../flows/types.js'
import * as ui from '../../flows/ui.js'
import { str } from '../../http/decode.js'
import type { Answer, Exchange } from '../../http/exchange.js'
import { badRequest, Invalid, PlainFailure } from '../../http/kratos-errors.js'
import { normalizeIdentifier } from '../../schema/identity-schema.js'
import type { JsonObject, RecoveryAddress, UiNode } from '../../store/model.js'
import { continueButton, hiddenMethod, recoveryCodeInput } from './nodes.js'

/** Once begun in one way, a flow goes on in that way, whatever the configuration says by then. */
export const choosesAddress = (flow: Flow): boolean => flow.state.startsWith('recovery_')

/** What the steps leave to the method they belong to. */
export interface Sending {
  /** Sends a code, if there is such an address. */
  mail(core: Core, flow: Flow, address: string): void
  takeCode(x: Exchange, flow: Flow, code: string): Promise<Answer>
}

/** The first step. */
export function askForAnyAddress(x: Exchange, flow: Flow): void {
  flow.state = 'recovery_awaiting_address'
  clear(x, flow, x.csrf.token)
  const label = LABEL.recoveryAddress()
  ui.append(flow.ui, input('recovery_address', 'text', 'code', { required: true }, label), continueButton())
}

export async function takeStep(
  x: Exchange,
  flow: Flow,
  payload: JsonObject,
  sending: Sending,
): Promise<{ answer: Answer } | { shown: true }> {
  switch (flow.state) {
    case 'recovery_awaiting_address':
      takeAnyAddress(x, flow, payload, sending)
      break
    case 'recovery_awaiting_address_choice':
      takeChoice(x, flow, payload, sending)
      break
    case 'recovery_awaiting_code':
      if (str(payload, 'code')) {
        // Kratos has read the flow anew by then, with what it said before and without what came with the form.
        delete flow.passing
        flow.ui = x.core.state.flow(flow.id)?.ui ?? flow.ui
        return { answer: await sending.takeCode(x, flow, str(payload, 'code')) }
      }
      sendCode(x, flow, payload, sending)
      break
    default:
      sendCode(x, flow, payload, sending)
  }
  return { shown: true }
}

/** The button that leads back: to the choice, where there is one. */
export function goBack(x: Exchange, flow: Flow, payload: JsonObject, sending: Sending): void {
  const some = addressesBeside(x.core, str(payload, 'recovery_address')).length > 1
  const late = flow.state === 'recovery_confirming_address' || flow.state === 'recovery_awaiting_code'
  if (some && late) return takeAnyAddress(x, flow, payload, sending)
  if (some && flow.state === 'recovery_awaiting_address_choice')
    throw new PlainFailure(`unreachable state: ${flow.state}`)
  if (some) {
    // Nowhere to go back to: the form stays as it was.
    flow.ui = x.core.state.flow(flow.id)?.ui ?? flow.ui
    return
  }
  askForAnyAddress(x, flow)
  saveFlow(x.core, flow)
}

function takeAnyAddress(x: Exchange, flow: Flow, payload: JsonObject, sending: Sending): void {
  const given = required(payload, 'recovery_address')
  const known = addressesBeside(x.core, given)
  // That nobody has it must not show.
  const choice = known.length > 0 ? known.map(({ value }) => value).sort() : [given]
  if (choice.length === 1 && choice[0] === given) return sendCode(x, flow, full(payload, given), sending)
  clear(x, flow)
  flow.state = 'recovery_awaiting_address_choice'
  ui.setMessage(flow.ui, RECOVERY.choose())
  ui.append(flow.ui, ...choice.map(choiceButton), hiddenMethod(), hiddenAddress(given))
  saveFlow(x.core, flow)
}

function takeChoice(x: Exchange, flow: Flow, payload: JsonObject, sending: Sending): void {
  const chosen = required(payload, 'recovery_select_address')
  const given = required(payload, 'recovery_address')
  if (isSame(digest(given), chosen)) return sendCode(x, flow, full(payload, given), sending)
  const address = addressesBeside(x.core, given).find(({ value }) => isSame(digest(value), chosen))
  if (!address) throw badRequest('The selected recovery address is not valid.')
  clear(x, flow)
  flow.state = 'recovery_confirming_address'
  ui.setMessage(flow.ui, RECOVERY.askInFull())
  ui.append(flow.ui, fullAddress(address, str(payload, 'recovery_confirm_address')), hiddenAddress(given))
  ui.append(flow.ui, continueButton(), hiddenMethod(), backButton())
  saveFlow(x.core, flow)
}

/** To whatever address the person has given in full: a wrong one gets nothing, and nobody is told. */
function sendCode(x: Exchange, flow: Flow, payload: JsonObject, sending: Sending): void {
  const address = required(payload, 'recovery_confirm_address')
  x.core.state.deleteCodes(flow.id)
  sending.mail(x.core, flow, address)
  clear(x, flow)
  flow.state = 'recovery_awaiting_code'
  ui.setMessage(flow.ui, RECOVERY.codeSentTo(masked(address)))
  const resend = submit('recovery_confirm_address', address, 'code', LABEL.resend())
  ui.append(flow.ui, recoveryCodeInput(), continueButton(), hiddenMethod(), resend)
  ui.append(flow.ui, hiddenAddress(str(payload, 'recovery_address')), backButton())
  saveFlow(x.core, flow)
}

const full = (payload: JsonObject, address: string): JsonObject => ({
  ...payload,
  recovery_confirm_address: address,
})

function required(payload: JsonObject, name: string): string {
  const value = str(payload, name)
  if (value) return value
  throw new Invalid({ name, text: INVALID.required(name) })
}

function clear(x: Exchange, flow: Flow, csrf: string = flow.csrf_token): void {
  flow.ui = { action: actionUrl(x.core, 'recovery', flow.id), method: 'POST', nodes: [] }
  ui.setCsrf(flow.ui, csrf)
}

/** All addresses of whoever has this one. */
function addressesBeside(core: Core, given: string): RecoveryAddress[] {
  const address = normalizeIdentifier(given)
  const via = ['email', 'sms'].map(channel => core.state.identityByAddress('recovery', channel, address))
  return via.find(identity => identity !== undefined)?.recovery_addresses ?? []
}

const digest = (address: string): string => createHash('sha256').update(address).digest('base64')
const isSame = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))

function masked(address: string): string {
  const [name = '', domain] = address.split(/@(.*)/s)
  if (domain !== undefined) return name.length < 2 ? address : `${name.slice(0, 2)}****@${domain}`
  return address.length < 6 ? address : `${address.slice(0, 3)}****${address.slice(-2)}`
}

const choiceButton = (address: string): UiNode =>
  submit('recovery_select_address', digest(address), 'code', LABEL.plain(masked(address)))

function fullAddress({ via }: RecoveryAddress, typed: string): UiNode {
  const type = via === 'email' ? 'email' : 'tel'
  const label = via === 'email' ? LABEL.email() : LABEL.phone()
  return input('recovery_confirm_address', type, 'code', { value: typed, required: true }, label)
}

const hiddenAddress = (value: string): UiNode => input('recovery_address', 'hidden', 'code', { value })
const backButton = (): UiNode => submit('screen', 'previous', 'code', RECOVERY.back())
