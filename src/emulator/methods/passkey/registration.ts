import { PASSKEY } from '../../flows/key-messages.js'
import type { Flow } from '../../flows/types.js'
import * as ui from '../../flows/ui.js'
import { fields, obj, str, traitFields } from '../../http/decode.js'
import type { Exchange } from '../../http/exchange.js'
import { deriveFromTraits } from '../../identities/identities.js'
import type { Identity, JsonObject, UiNode } from '../../store/model.js'
import { flowSchema } from '../identifier.js'
import { onceForFlow, pending, remember } from '../keys/ceremony.js'
import { keepKeys } from '../keys/credentials.js'
import { readNewKey } from '../keys/new-key.js'
import { hidden, scriptNode, trigger } from '../keys/nodes.js'
import { beginCreation } from '../keys/options.js'
import type { RegistrationMethod } from '../method.js'
import { addressed, payloadOf, requireSameBrowser, requireValid } from '../submission.js'
import { nameField, newHandle } from './names.js'
import { PASSKEY_METHOD } from './switch.js'

/** With the field whose value our script names the passkey by. */
function createData({ core }: Exchange, flow: Flow): string {
  return onceForFlow(flow, 'passkey', () => {
    const field = nameField(flowSchema(core, flow))
    const options = remember(flow, 'passkey', beginCreation(core, 'passkey', newHandle(core)))
    return `{"credentialOptions":${options},"displayNameFieldName":${JSON.stringify(field)}}`
  })
}

function nodesOf(x: Exchange, flow: Flow): UiNode[] {
  const inBrowser = flow.type === 'browser'
  const button = { call: 'oryPasskeyRegistration', label: PASSKEY.signUp(), inBrowser }
  return [
    hidden('passkey', 'passkey_create_data', createData(x, flow)),
    trigger('passkey', 'passkey_register_trigger', button),
    ...(inBrowser ? [scriptNode(x.core)] : []),
    hidden('passkey', 'passkey_register'),
  ]
}

function addNodes(x: Exchange, flow: Flow): void {
  ui.setCsrf(flow.ui, x.csrf.token)
  ui.upsert(flow.ui, ...nodesOf(x, flow))
}

export const registration: RegistrationMethod = {
  populateProfile(x, flow) {
    ui.setCsrf(flow.ui, x.csrf.token)
    for (const node of nodesOf(x, flow)) ui.removeMatching(flow.ui, node)
  },
  populateCredentials: addNodes,
  populateOneStep: addNodes,

  async submit(x, flow, identity) {
    const schema = flowSchema(x.core, flow)
    let payload: JsonObject = {}
    try {
      payload = payloadOf(x, flow, [...fields('string', 'passkey_register'), ...traitFields(schema)])
      requireValid(payload, ...schema.validate(payload['traits'] ?? {}))
      const sent = str(payload, 'passkey_register')
      // Ory's React components send "true" where nothing was filled in.
      if (!sent || sent === 'true') return undefined
      requireSameBrowser(x, flow, payload)
      addressed(x.core, PASSKEY_METHOD, 'passkey')
      identity.traits = obj(payload, 'traits')
      await signUp(x, flow, identity, sent)
      return { registered: { method: 'passkey', aal: 'aal1' } }
    } catch (error) {
      ui.setTraitValues(flow.ui, obj(payload, 'traits'))
      if (flow.type === 'browser') ui.setCsrf(flow.ui, x.csrf.token)
      throw error
    }
  },
}

async function signUp({ core }: Exchange, flow: Flow, identity: Identity, sent: string): Promise<void> {
  const ceremony = pending(flow, 'passkey')
  const key = await readNewKey(core, 'passkey', sent, ceremony, true)
  const handle = Buffer.from(ceremony?.userId ?? '', 'base64url')
  keepKeys(core, identity, 'passkey', { keys: [key], handle, identifiers: [handle.toString()] })
  deriveFromTraits(core, identity)
}
