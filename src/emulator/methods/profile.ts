/** Traits: the first step of signing up, and a part of the settings. */

import { type Core, schemaOf } from '../core.js'
import { flowJson, passing, saveFlow, uiUrl } from '../flows/flow.js'
import { LABEL, noStrategy, REGISTRATION } from '../flows/messages.js'
import { input, submit } from '../flows/nodes.js'
import { registrationOrder } from '../flows/order.js'
import type { Flow } from '../flows/types.js'
import * as ui from '../flows/ui.js'
import { fields, obj, str, traitFields } from '../http/decode.js'
import { type Answer, type Exchange, isJson, json, redirect } from '../http/exchange.js'
import { Invalid, NeedsRefresh } from '../http/kratos-errors.js'
import { deriveFromTraits, touchesSignIn } from '../identities/identities.js'
import { isPrivileged } from '../identities/sessions.js'
import type { CompiledSchema } from '../schema/identity-schema.js'
import type { Identity, JsonObject, UiNode, UiNodeGroup } from '../store/model.js'
import { flowSchema } from './identifier.js'
import type { Method, RegistrationMethod, SettingsMethod } from './method.js'
import { allMethods } from './registry.js'
import { addressed, methodOf, notOneOf, payloadOf, requireSameBrowser, requireValid } from './submission.js'

/** A field for every trait. */
export function traitNodes(schema: CompiledSchema, group: UiNodeGroup): UiNode[] {
  return schema.fields.map(({ name, type, title, required, autocomplete, pattern }) =>
    input(
      name,
      type,
      group,
      {
        required,
        ...(autocomplete && { autocomplete }),
        ...(pattern && { pattern }),
      },
      title ? LABEL.trait(title, name) : undefined,
    ),
  )
}

const previous = () => submit('screen', 'previous', 'profile', REGISTRATION.back())
const next = () => submit('method', 'profile', 'profile', REGISTRATION.signUp())

const registration: RegistrationMethod = {
  populateProfile(x, flow) {
    ui.removeMatching(flow.ui, previous())
    ui.setCsrf(flow.ui, x.csrf.token)
    ui.upsert(flow.ui, ...traitNodes(flowSchema(x.core, flow), 'default'))
    ui.append(flow.ui, next())
  },
  populateCredentials(_x, flow) {
    ui.append(flow.ui, previous())
    ui.removeMatching(flow.ui, next())
    for (const node of flow.ui.nodes)
      if (node.group === 'default' && 'name' in node.attributes) node.attributes.type = 'hidden'
    ui.addMessage(flow.ui, REGISTRATION.chooseCredentials())
  },
  populateOneStep(x, flow) {
    ui.setCsrf(flow.ui, x.csrf.token)
    ui.upsert(flow.ui, ...traitNodes(flowSchema(x.core, flow), 'default'))
  },

  async submit(x, flow, identity) {
    if (x.core.config.selfservice.flows.registration.enable_legacy_one_step) return undefined
    let payload: JsonObject = {}
    try {
      const asked = payloadOf(x, flow, fields('string', 'screen'))
      const method = str(asked, 'method')
      if (method !== 'profile' && method !== 'profile:back' && !asked['screen']) {
        // Kratos puts the field in for native apps as well, when it looks whether this is for it.
        ui.setCsrf(flow.ui, x.csrf.token)
        return undefined
      }
      const schema = schemaOf(x.core, identity.schema_id)
      payload = payloadOf(x, flow, [...fields('string', 'screen'), ...traitFields(schema)])
      requireValid(
        payload,
        ...notOneOf(payload, 'screen', ['credential-selection', 'previous']),
        ...schema.validate(payload['traits'] ?? {}),
      )
      const back = payload['screen'] === 'previous' || method === 'profile:back'
      return { answer: back ? showProfile(x, flow, payload) : showCredentials(x, flow, identity, payload) }
    } catch (error) {
      ui.setTraitValues(flow.ui, obj(payload, 'traits'))
      ui.setCsrf(flow.ui, x.csrf.token)
      throw error
    }
  },
}

/** All methods have their say, this one first. */
function hydrate(x: Exchange, flow: Flow, step: 'populateProfile' | 'populateCredentials'): number {
  const methods = allMethods().filter(method => method.registration && method.enabled(x.core))
  for (const method of methods) method.registration?.[step](x, flow)
  return methods.length
}

function showProfile(x: Exchange, flow: Flow, payload: JsonObject): Answer {
  ui.resetMessages(flow.ui)
  delete passing(flow).transientPayload
  const traits = obj(payload, 'traits')
  hydrate(x, flow, 'populateProfile')
  ui.updateTraitNodes(flow.ui, traits, 'default')
  return show(x, flow)
}

function showCredentials(x: Exchange, flow: Flow, identity: Identity, payload: JsonObject): Answer {
  delete flow.active
  flow.state = 'choose_method'
  ui.resetMessages(flow.ui)
  requireSameBrowser(x, flow, payload)
  identity.traits = obj(payload, 'traits')
  deriveFromTraits(x.core, identity)
  if (hydrate(x, flow, 'populateCredentials') === 0) throw new Invalid({ text: noStrategy('registration') })
  ui.updateTraitNodes(flow.ui, identity.traits, 'default')
  return show(x, flow)
}

function show(x: Exchange, flow: Flow): Answer {
  ui.sortNodes(flow.ui, registrationOrder(flowSchema(x.core, flow)))
  saveFlow(x.core, flow)
  return isJson(x) ? json(400, flowJson(x.core, flow)) : redirect(x, uiUrl(x.core, flow))
}

const settings: SettingsMethod = {
  populate(x, flow, identity) {
    ui.upsert(flow.ui, ...traitNodes(schemaOf(x.core, identity.schema_id), 'profile'))
    ui.setCsrf(flow.ui, x.csrf.token)
    ui.updateTraitNodes(flow.ui, identity.traits, 'profile')
    ui.append(flow.ui, submit('method', 'profile', 'profile', LABEL.save()))
  },
  read(x, flow, { identity }) {
    if (!addressed(x.core, profile, methodOf(x))) return undefined
    const known = traitFields(schemaOf(x.core, identity.schema_id))
    return payloadOf(x, flow, known, { methods: ['POST', 'GET'] })
  },
  async apply(x, flow, { session, identity }, payload) {
    const traits = obj(payload, 'traits')
    requireValid(payload, ...schemaOf(x.core, identity.schema_id).validate(payload['traits'] ?? {}))
    requireSameBrowser(x, flow, payload)
    hydrateSettings(x, flow, payload)
    const update: Identity = { ...structuredClone(identity), traits }
    // Kratos loses this date when it copies an identity to change its traits.
    delete update.state_changed_at
    deriveFromTraits(x.core, update)
    if (!isPrivileged(x.core, session) && touchesSignIn(identity, update)) throw new NeedsRefresh()
    return { update }
  },
  mend: hydrateSettings,
}

function hydrateSettings(x: Exchange, flow: Flow, payload: JsonObject): void {
  if (payload['traits'] !== undefined) {
    ui.resetNodes(flow.ui, id => id.startsWith('traits.'))
    ui.updateTraitNodes(flow.ui, obj(payload, 'traits'), 'profile')
  }
  ui.setCsrf(flow.ui, x.csrf.token)
}

export const profile: Method = {
  id: 'profile',
  group: 'profile',
  enabled: (core: Core) => core.config.selfservice.methods.profile.enabled,
  registration,
  settings,
}
