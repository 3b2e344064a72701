/** Two pages to sign in: who are you, then how. Set by `selfservice.flows.login.style: identifier_first`. */

import type { Core } from '../core.js'
import { flowJson, saveFlow, uiUrl } from '../flows/flow.js'
import { INVALID, LABEL } from '../flows/messages.js'
import { input, nodeId, submit } from '../flows/nodes.js'
import type { Flow } from '../flows/types.js'
import * as ui from '../flows/ui.js'
import { fields, str } from '../http/decode.js'
import { type Answer, type Exchange, isJson, json, redirect } from '../http/exchange.js'
import { Invalid } from '../http/kratos-errors.js'
import type { SignedIn } from '../identities/types.js'
import { normalizeIdentifier } from '../schema/identity-schema.js'
import type { CredentialsType, Identity, JsonObject } from '../store/model.js'
import { identifierLabel } from './identifier.js'
import type { LoginMethod, Method } from './method.js'
import { allMethods } from './registry.js'
import { payloadOf, requireSameBrowser, requireValid } from './submission.js'

const continueButton = () => submit('method', 'identifier_first', 'identifier_first', LABEL.continue())
const isOn = (core: Core): boolean => core.config.selfservice.flows.login.style === 'identifier_first'

const login: LoginMethod = {
  level: core => (isOn(core) ? 'aal1' : undefined),
  completed: () => ({ method: 'password', aal: 'aal1' }),

  populateIdentification(x, flow) {
    ui.setCsrf(flow.ui, x.csrf.token)
    const options = { value: '', required: true, autocomplete: 'username webauthn' }
    ui.upsert(
      flow.ui,
      input('identifier', 'text', 'identifier_first', options, identifierLabel(x.core, flow)),
    )
    ui.append(flow.ui, continueButton())
  },

  /** The last method in the list: whatever no other took is about who it is. */
  async submit(x, flow, who) {
    let payload: JsonObject = {}
    try {
      payload = payloadOf(x, flow, fields('string', 'identifier'))
      requireValid(payload)
      requireSameBrowser(x, flow, payload)
      return { answer: showCredentials(x, flow, who, str(payload, 'identifier')) }
    } catch (error) {
      ui.setValue(flow.ui, 'identifier', str(payload, 'identifier'))
      if (flow.type === 'browser') ui.setCsrf(flow.ui, x.csrf.token)
      throw error
    }
  },
}

const IDENTIFYING: readonly CredentialsType[] = ['password', 'code', 'oidc']

export function findPerson(core: Core, identifier: string): Identity | undefined {
  const normalized = normalizeIdentifier(identifier)
  for (const type of IDENTIFYING) {
    const found = core.state.identityByIdentifier(type, normalized)
    if (found) return found
  }
  return undefined
}

function showCredentials(x: Exchange, flow: Flow, who: SignedIn | undefined, identifier: string): Answer {
  const { core } = x
  ui.resetMessages(flow.ui)
  ui.setValue(flow.ui, 'identifier', identifier)
  const person = findPerson(core, identifier)
  let offered = false
  for (const method of allMethods()) {
    if (flow.organization_id || !method.enabled(core)) continue
    if (!method.login?.populateCredentials?.(x, flow, person)) continue
    offered = true
    const answer = method.login.shortcut?.(x, flow, who)
    if (answer) return answer
  }
  if (!offered && !core.config.security.account_enumeration.mitigate)
    throw new Invalid({ name: 'identifier', text: INVALID.accountNotFound() })
  return showNodes(x, flow)
}

function showNodes(x: Exchange, flow: Flow): Answer {
  ui.removeMatching(flow.ui, continueButton())
  for (const node of flow.ui.nodes)
    if (nodeId(node) === 'identifier' && 'name' in node.attributes)
      node.attributes = { ...node.attributes, type: 'hidden', autocomplete: 'username webauthn' }
  flow.active = 'identifier_first'
  saveFlow(x.core, flow)
  return isJson(x) ? json(400, flowJson(x.core, flow)) : redirect(x, uiUrl(x.core, flow))
}

export const identifierFirst: Method = {
  id: 'identifier_first',
  group: 'identifier_first',
  enabled: isOn,
  login,
}
