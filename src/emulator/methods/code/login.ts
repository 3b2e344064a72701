/** Sign in with a code sent by mail, as only or as second factor. */

import type { Core } from '../../core.js'
import { CodeUnknown, createCode, mailCode, useCode } from '../../flows/codes.js'
import { flowJson, saveFlow, uiUrl } from '../../flows/flow.js'
import { INVALID, LOGIN, noStrategy } from '../../flows/messages.js'
import { input, submit } from '../../flows/nodes.js'
import type { Flow } from '../../flows/types.js'
import * as ui from '../../flows/ui.js'
import { decode, fields, str } from '../../http/decode.js'
import { type Answer, type Exchange, isJson, json, redirect } from '../../http/exchange.js'
import { badRequest, Invalid } from '../../http/kratos-errors.js'
import { verifyAddress } from '../../identities/identities.js'
import type { SignedIn } from '../../identities/types.js'
import { normalizeCodeAddress } from '../../schema/identity-schema.js'
import type { Channel, Identity, JsonObject } from '../../store/model.js'
import { identifierLabel } from '../identifier.js'
import { findPerson } from '../identifier-first.js'
import type { LoginMethod, Method } from '../method.js'
import { allMethods } from '../registry.js'
import {
  ANY_METHOD,
  addressed,
  methodOf,
  notOneOf,
  payloadOf,
  requireSameBrowser,
  requireValid,
} from '../submission.js'
import { sendLoginCode, showCodeForm } from './nodes.js'
import { codeSwitch } from './switch.js'

interface Address {
  value: string
  via: Channel
}

const configOf = (core: Core) => core.config.selfservice.methods.code
const noCodeUser = (): Invalid => new Invalid({ text: INVALID.noCodeUser() })

export function codeAddresses(identity: Identity): Address[] {
  const addresses = identity.credentials.code?.config['addresses']
  if (!Array.isArray(addresses)) return []
  return (addresses as JsonObject[]).map(a => ({
    value: str(a, 'address'),
    via: str(a, 'channel') as Channel,
  }))
}

export const codeLogin: LoginMethod = {
  level: core =>
    configOf(core).passwordless_enabled ? 'aal1' : configOf(core).mfa_enabled ? 'aal2' : undefined,
  completed: core => ({ method: 'code', aal: configOf(core).mfa_enabled ? 'aal2' : 'aal1' }),

  populateFirst,
  populateRefresh: (x, flow) => populateFirst(x, flow),
  populateCredentials(x, flow, person) {
    if (!configOf(x.core).passwordless_enabled) return false
    if (!person && !x.core.config.security.account_enumeration.mitigate) return false
    ui.append(flow.ui, sendLoginCode())
    return true
  },

  populateSecond(x, flow, { identity }) {
    if (!configOf(x.core).mfa_enabled) return
    ui.resetMessages(flow.ui)
    for (const { value, via } of secondFactorAddresses(x, identity))
      ui.append(flow.ui, submit('address', value, 'code', LOGIN.codeTo(via, value)))
    if (flow.type === 'browser') ui.setCsrf(flow.ui, x.csrf.token)
  },

  shortcut(x, flow, who) {
    return flow.requested_aal === 'aal2' ? shortcutSecond(x, flow, who) : shortcutFirst(x, flow)
  },

  async submit(x, flow, who) {
    if (!isFor(x)) return undefined
    let payload: JsonObject = {}
    let hidden = false
    try {
      payload = payloadOf(x, flow, fields('string', 'code', 'identifier', 'address', 'resend'), {
        methods: ['POST'],
      })
      requireValid(payload, ...notOneOf(payload, 'resend', ['code']))
      requireSameBrowser(x, flow, payload)
      if (str(payload, 'resend')) flow.state = 'choose_method'
      hidden = flow.state === 'sent_email'
      return take(x, flow, who, payload)
    } catch (error) {
      mend(x, flow, payload, hidden)
      throw error
    }
  },
}

function populateFirst(x: Exchange, flow: Flow): void {
  if (!configOf(x.core).passwordless_enabled) return
  ui.resetMessages(flow.ui)
  const label = identifierLabel(x.core, flow)
  ui.upsert(flow.ui, input('identifier', 'text', 'default', { value: '', required: true }, label))
  ui.append(flow.ui, sendLoginCode())
  if (flow.type === 'browser') ui.setCsrf(flow.ui, x.csrf.token)
}

/** A button with an address on it counts as this method as well. */
function isFor(x: Exchange): boolean {
  if (addressed(x.core, codeSwitch, methodOf(x))) return true
  return (
    configOf(x.core).mfa_enabled &&
    str(decode(x, fields('string', 'address'), { methods: ANY_METHOD }), 'address') !== ''
  )
}

function mend(x: Exchange, flow: Flow, payload: JsonObject, hidden: boolean): void {
  const identifier = str(payload, 'address') || str(payload, 'identifier')
  ui.setCsrf(flow.ui, x.csrf.token)
  if (hidden) ui.upsert(flow.ui, input('identifier', 'hidden', 'default', { value: identifier }))
  ui.setValue(flow.ui, 'identifier', identifier)
}

function take(
  x: Exchange,
  flow: Flow,
  who: SignedIn | undefined,
  payload: JsonObject,
): { answer: Answer } | { identity: Identity } {
  if (flow.state === 'choose_method') {
    const given = lowerEmail(str(payload, 'identifier') || str(payload, 'address'))
    const { identity, addresses } = findRecipient(x.core, flow, who, given)
    return { answer: send(x, flow, identity, given, addresses) }
  }
  if (flow.state === 'sent_email') return { identity: verify(x.core, flow, who, payload) }
  throw new Invalid({ text: noStrategy('login') })
}

/** Phones like to write the first letter large. */
const lowerEmail = (given: string): string => (given.includes('@') ? given.toLowerCase() : given)

function findRecipient(
  core: Core,
  flow: Flow,
  who: SignedIn | undefined,
  given: string,
): { identity: Identity; addresses: Address[] } {
  if (!given) throw new Invalid({ name: 'identifier', text: INVALID.required('identifier') })
  const identifier = normalizeCodeAddress(given)
  const withCode = core.state.identityByIdentifier('code', identifier)
  if (withCode) return { identity: withCode, addresses: codeAddresses(withCode) }
  const fallback = configOf(core).config.missing_credential_fallback_enabled
  if (!fallback) throw noCodeUser()
  const person = findPerson(core, identifier)
  if (person) return { identity: person, addresses: [{ value: identifier, via: 'email' }] }
  if (flow.requested_aal !== 'aal2' || !who) throw noCodeUser()
  const address = who.identity.verifiable_addresses.find(a => a.value === identifier)
  if (!address) throw new Invalid({ text: INVALID.unknownAddress() })
  return { identity: who.identity, addresses: [address] }
}

function send(
  x: Exchange,
  flow: Flow,
  identity: Identity,
  given: string,
  addresses: readonly Address[],
  status = 400,
): Answer {
  const { core } = x
  const exact = addresses.filter(a => a.value === normalizeCodeAddress(given))
  core.state.deleteCodes(flow.id)
  for (const { value, via } of exact.length > 0 ? exact : addresses)
    mailCode(core, flow, value, via, createCode(core, flow, { identityId: identity.id, address: value, via }))
  flow.state = 'sent_email'
  showCodeForm(x, flow)
  ui.setValue(flow.ui, 'identifier', given)
  flow.active = 'code'
  saveFlow(core, flow)
  return isJson(x) ? json(status, flowJson(core, flow)) : redirect(x, uiUrl(core, flow))
}

function verify(core: Core, flow: Flow, who: SignedIn | undefined, payload: JsonObject): Identity {
  const given = str(payload, 'code')
  if (!given) throw new Invalid({ name: 'code', text: INVALID.required('code') })
  const identifier = lowerEmail(str(payload, 'address') || str(payload, 'identifier'))
  const expected =
    flow.requested_aal === 'aal2' && who ? who.identity : findRecipient(core, flow, who, identifier).identity
  const used = tryCode(core, flow, given, expected.id)
  flow.active = 'code'
  flow.state = 'passed_challenge'
  if (used.address) verifyAddress(core, expected.id, used.address)
  return core.state.identity(expected.id) ?? expected
}

function tryCode(core: Core, flow: Flow, given: string, identityId: string) {
  try {
    return useCode(core, flow, given, identityId)
  } catch (error) {
    if (error instanceof CodeUnknown) throw new Invalid({ text: INVALID.loginCode() })
    throw error
  }
}

/** Where a second factor can be sent to; the deprecated `via` picks a trait. */
function secondFactorAddresses(x: Exchange, identity: Identity): Address[] {
  const fallback = configOf(x.core).config.missing_credential_fallback_enabled
  const own = codeAddresses(identity)
  const all =
    own.length > 0
      ? own
      : fallback
        ? identity.verifiable_addresses.map(({ value, via }) => ({ value, via }))
        : []
  const via = x.query.get('via')
  if (!via) return all.sort((a, b) => (a.value < b.value ? -1 : 1))
  const trait = identity.traits[via]
  if (typeof trait !== 'string' || trait === '')
    throw badRequest(`No value found for trait ${via} in the current identity.`)
  const match = all.find(a => a.value === normalizeCodeAddress(trait))
  if (all.length > 0 && !match)
    throw badRequest(
      'You can only reference a trait that matches a verification email address in the via parameter, or a registered credential.',
    )
  return match ? [match] : []
}

const othersWithCredentials = ({ core }: Exchange): Method[] =>
  allMethods().filter(m => m.id !== 'code' && m.enabled(core) && (m.firstFactors ?? m.secondFactors))

const othersHave = (x: Exchange, identity: Identity, kind: 'firstFactors' | 'secondFactors'): boolean =>
  othersWithCredentials(x).some(method => (method[kind]?.(x.core, identity) ?? 0) > 0)

/** Nothing but a code is possible: it is sent at once. */
function shortcutFirst(x: Exchange, flow: Flow): Answer | undefined {
  if (!configOf(x.core).passwordless_enabled || flow.state !== 'choose_method') return undefined
  const given = str(payloadOf(x, flow, fields('string', 'identifier')), 'identifier')
  const { identity, addresses } = findRecipient(x.core, flow, undefined, given)
  // With other methods it would tell who has none of them.
  const telling = x.core.config.security.account_enumeration.mitigate && othersWithCredentials(x).length > 0
  if (telling || othersHave(x, identity, 'firstFactors')) return undefined
  return send(x, flow, identity, given, addresses)
}

function shortcutSecond(x: Exchange, flow: Flow, who: SignedIn | undefined): Answer | undefined {
  if (!configOf(x.core).mfa_enabled || flow.state !== 'choose_method' || !who) return undefined
  const [only, ...others] = secondFactorAddresses(x, who.identity)
  if (!only || others.length > 0 || othersHave(x, who.identity, 'secondFactors')) return undefined
  return send(x, flow, who.identity, only.value, [only], 200)
}
