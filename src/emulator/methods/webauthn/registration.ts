import { KEY } from '../../flows/key-messages.js'
import { INVALID } from '../../flows/messages.js'
import { input } from '../../flows/nodes.js'
import type { Flow } from '../../flows/types.js'
import * as ui from '../../flows/ui.js'
import { fields, obj, str, traitFields } from '../../http/decode.js'
import type { Exchange } from '../../http/exchange.js'
import { Invalid } from '../../http/kratos-errors.js'
import { deriveFromTraits } from '../../identities/identities.js'
import type { Identity, JsonObject, UiNode, UiText } from '../../store/model.js'
import { flowSchema } from '../identifier.js'
import { forget, onceForFlow, pending, remember } from '../keys/ceremony.js'
import { keepKeys } from '../keys/credentials.js'
import { readNewKey } from '../keys/new-key.js'
import { hidden, scriptNode, trigger } from '../keys/nodes.js'
import { beginCreation } from '../keys/options.js'
import type { RegistrationMethod } from '../method.js'
import { addressed, missing, payloadOf, requireSameBrowser, requireValid } from '../submission.js'
import { isPasswordless, WEBAUTHN } from './switch.js'

/** Its script needs a browser, and a key that comes after a password is nothing to sign up with. */
const takesPart = (x: Exchange, flow: Flow): boolean => flow.type === 'browser' && isPasswordless(x.core)

export const nameNode = (): UiNode =>
  input('webauthn_register_displayname', 'text', 'webauthn', { value: '' }, KEY.name())

/** In the order in which they are put in. */
export function creationNodes(x: Exchange, options: string, label: UiText = KEY.add()): UiNode[] {
  return [
    nameNode(),
    trigger('webauthn', 'webauthn_register_trigger', { call: 'oryWebAuthnRegistration', label, options }),
    scriptNode(x.core),
    hidden('webauthn', 'webauthn_register', ''),
  ]
}

function nodesOf(x: Exchange, flow: Flow): UiNode[] {
  const options = onceForFlow(flow, 'webauthn', () => {
    const handle = Buffer.from(x.core.ids.uuid().replaceAll('-', ''), 'hex')
    return remember(flow, 'webauthn', beginCreation(x.core, 'webauthn', handle))
  })
  return creationNodes(x, options, KEY.signUp())
}

function addNodes(x: Exchange, flow: Flow): void {
  if (!takesPart(x, flow)) return
  ui.setCsrf(flow.ui, x.csrf.token)
  ui.upsert(flow.ui, ...nodesOf(x, flow))
}

export const registration: RegistrationMethod = {
  populateProfile(x, flow) {
    if (!takesPart(x, flow)) return
    ui.setCsrf(flow.ui, x.csrf.token)
    for (const node of nodesOf(x, flow)) ui.removeMatching(flow.ui, node)
  },
  populateCredentials: addNodes,
  populateOneStep: addNodes,

  async submit(x, flow, identity) {
    if (!takesPart(x, flow)) return undefined
    let payload: JsonObject = {}
    try {
      const own = fields('string', 'webauthn_register', 'webauthn_register_displayname', 'identifier')
      payload = payloadOf(x, flow, [...own, ...traitFields(flowSchema(x.core, flow))])
      check(x, flow, payload)
      requireSameBrowser(x, flow, payload)
      if (!payload['webauthn_register']) return undefined
      addressed(x.core, WEBAUTHN, 'webauthn')
      await signUp(x, flow, identity, payload)
      return { registered: { method: 'webauthn', aal: 'aal1' } }
    } catch (error) {
      mend(x, flow, payload)
      throw error
    }
  },
}

/** Kratos asks for a key, or for an identifier and the method, although nothing ever sends those. */
function check(x: Exchange, flow: Flow, payload: JsonObject): void {
  const hasKey = payload['webauthn_register'] !== undefined
  const absent = ['webauthn_register', 'identifier', 'method'].filter(name => payload[name] === undefined)
  const named = payload['identifier'] !== undefined && payload['method'] !== undefined
  requireValid(
    payload,
    ...flowSchema(x.core, flow).validate(payload['traits'] ?? {}),
    ...(hasKey || named ? [] : absent.map(missing)),
  )
}

async function signUp(x: Exchange, flow: Flow, identity: Identity, payload: JsonObject): Promise<void> {
  identity.traits = obj(payload, 'traits')
  const ceremony = pending(flow, 'webauthn')
  const key = await readNewKey(x.core, 'webauthn', str(payload, 'webauthn_register'), ceremony, true)
  key.display_name = str(payload, 'webauthn_register_displayname')
  const handle = Buffer.from(ceremony?.userId ?? '', 'base64url')
  keepKeys(x.core, identity, 'webauthn', { keys: [key], handle })
  deriveFromTraits(x.core, identity)
  if (identity.credentials.webauthn?.identifiers.length === 0)
    throw new Invalid({ text: INVALID.noIdentifier() })
  forget(flow, 'webauthn')
}

function mend(x: Exchange, flow: Flow, payload: JsonObject): void {
  ui.setTraitValues(flow.ui, obj(payload, 'traits'))
  ui.setValue(flow.ui, 'webauthn_register_displayname', str(payload, 'webauthn_register_displayname'))
  ui.setCsrf(flow.ui, x.csrf.token)
}
