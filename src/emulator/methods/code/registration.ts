/** Sign up with a code sent by mail instead of a password. */

import { schemaOf } from '../../core.js'
import { CodeUnknown, createCode, mailCode, useCode } from '../../flows/codes.js'
import { flowJson, saveFlow, uiUrl } from '../../flows/flow.js'
import { INVALID, noStrategy } from '../../flows/messages.js'
import { nodeValue } from '../../flows/nodes.js'
import type { Flow } from '../../flows/types.js'
import * as ui from '../../flows/ui.js'
import { fields, obj, str, traitFields } from '../../http/decode.js'
import { type Answer, type Exchange, isJson, json, redirect } from '../../http/exchange.js'
import { Invalid } from '../../http/kratos-errors.js'
import { deriveFromTraits } from '../../identities/identities.js'
import { isoTime } from '../../store/clock.js'
import type { Identity, JsonObject } from '../../store/model.js'
import type { RegistrationMethod } from '../method.js'
import { addressed, methodOf, notOneOf, payloadOf, requireSameBrowser, requireValid } from '../submission.js'
import { codeAddresses } from './login.js'
import {
  backToCredentials,
  codeInput,
  continueButton,
  hiddenMethod,
  resendButton,
  sendRegistrationCode,
  showCodeForm,
} from './nodes.js'
import { codeSwitch } from './switch.js'

function removeCodeForm(flow: Flow): void {
  for (const node of [resendButton(), backToCredentials(), continueButton(), hiddenMethod(), codeInput()])
    ui.removeMatching(flow.ui, node)
}

const isOn = (x: Exchange): boolean => x.core.config.selfservice.methods.code.passwordless_enabled

export const codeRegistration: RegistrationMethod = {
  populateProfile(x, flow) {
    if (!isOn(x)) return
    ui.removeMatching(flow.ui, sendRegistrationCode())
    removeCodeForm(flow)
    ui.setCsrf(flow.ui, x.csrf.token)
  },
  populateCredentials(x, flow) {
    if (!isOn(x)) return
    removeCodeForm(flow)
    ui.append(flow.ui, sendRegistrationCode())
    ui.setCsrf(flow.ui, x.csrf.token)
  },
  populateOneStep(x, flow) {
    if (!isOn(x)) return
    ui.append(flow.ui, sendRegistrationCode())
    ui.setCsrf(flow.ui, x.csrf.token)
  },

  async submit(x, flow, identity) {
    if (!addressed(x.core, codeSwitch, methodOf(x))) return undefined
    let payload: JsonObject = {}
    try {
      const schema = schemaOf(x.core, identity.schema_id)
      payload = payloadOf(x, flow, [...fields('string', 'code', 'resend'), ...traitFields(schema)])
      requireValid(
        payload,
        ...notOneOf(payload, 'resend', ['code']),
        ...schema.validate(payload['traits'] ?? {}),
      )
      requireSameBrowser(x, flow, payload)
      if (str(payload, 'resend')) flow.state = 'choose_method'
      return take(x, flow, identity, payload)
    } catch (error) {
      ui.setTraitValues(flow.ui, obj(payload, 'traits'))
      ui.setCsrf(flow.ui, x.csrf.token)
      throw error
    }
  },
}

function take(x: Exchange, flow: Flow, identity: Identity, payload: JsonObject) {
  if (flow.state === 'passed_challenge') throw new Invalid({ text: noStrategy('registration') })
  if (flow.state === 'choose_method') return { answer: send(x, flow, identity, payload) }
  verify(x, flow, identity, payload)
  return { registered: { method: 'code' as const, aal: 'aal1' as const } }
}

function useTraits(x: Exchange, identity: Identity, payload: JsonObject): void {
  identity.traits = obj(payload, 'traits')
  deriveFromTraits(x.core, identity)
  if ((identity.credentials.code?.identifiers.length ?? 0) === 0)
    throw new Invalid({ text: INVALID.noIdentifier() })
}

function send(x: Exchange, flow: Flow, identity: Identity, payload: JsonObject): Answer {
  const { core } = x
  useTraits(x, identity, payload)
  core.state.deleteCodes(flow.id)
  for (const { value, via } of codeAddresses(identity))
    mailCode(core, flow, value, via, createCode(core, flow, { address: value, via }), identity.traits)
  flow.state = 'sent_email'
  // Kratos sends codes even where nobody may sign up with one; only the form stays as it was.
  if (isOn(x)) showCodeForm(x, flow)
  ui.setTraitValues(flow.ui, identity.traits)
  flow.active = 'code'
  saveFlow(core, flow)
  return isJson(x) ? json(400, flowJson(core, flow)) : redirect(x, uiUrl(core, flow))
}

function verify(x: Exchange, flow: Flow, identity: Identity, payload: JsonObject): void {
  const given = str(payload, 'code')
  if (!given) throw new Invalid({ name: 'code', text: INVALID.required('code') })
  useTraits(x, identity, payload)
  for (const [path, value] of ui.flatten(identity.traits)) {
    const node = ui.find(flow.ui, `traits.${path}`)
    if (node && nodeValue(node) !== value) throw new Invalid({ text: INVALID.traitsMismatch() })
  }
  const used = tryCode(x, flow, given)
  const address = identity.verifiable_addresses.find(a => a.value === used.address && a.via === used.via)
  const now = isoTime(x.core.now())
  if (address) Object.assign(address, { verified: true, verified_at: now, status: 'completed' })
  flow.state = 'passed_challenge'
  saveFlow(x.core, flow)
}

function tryCode(x: Exchange, flow: Flow, given: string) {
  try {
    return useCode(x.core, flow, given)
  } catch (error) {
    if (error instanceof CodeUnknown) throw new Invalid({ text: INVALID.registrationCode() })
    throw error
  }
}
