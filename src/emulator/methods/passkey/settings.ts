import { PASSKEY } from '../../flows/key-messages.js'
import { INVALID } from '../../flows/messages.js'
import { input } from '../../flows/nodes.js'
import type { Flow } from '../../flows/types.js'
import * as ui from '../../flows/ui.js'
import { decode, fields, str } from '../../http/decode.js'
import type { Exchange } from '../../http/exchange.js'
import { deriveFromTraits } from '../../identities/identities.js'
import type { SignedIn } from '../../identities/types.js'
import type { Identity } from '../../store/model.js'
import { countFirstFactors } from '../factors.js'
import { forget, pending, remember } from '../keys/ceremony.js'
import { hexId, type Key, keepKeys, keysOf } from '../keys/credentials.js'
import { readNewKey } from '../keys/new-key.js'
import { hidden, scriptNode, trigger } from '../keys/nodes.js'
import { beginCreation } from '../keys/options.js'
import { removeKey, requireTrust } from '../keys/settings.js'
import type { SettingsMethod } from '../method.js'
import { mendForm } from '../password.js'
import { addFactor } from '../second-factor.js'
import { addressed } from '../submission.js'
import { nameOf, newHandle } from './names.js'
import { PASSKEY_METHOD } from './switch.js'

export const settings: SettingsMethod = {
  populate(x, flow, identity) {
    const { core } = x
    ui.setCsrf(flow.ui, x.csrf.token)
    const disabled = countFirstFactors(core, identity) < 2
    for (const key of keysOf(identity, 'passkey')) ui.append(flow.ui, removal(key, disabled))
    const name = nameOf(core, identity)
    if (!name) {
      ui.addMessage(flow.ui, INVALID.noIdentifier())
      return
    }
    const inBrowser = flow.type === 'browser'
    const button = {
      call: 'oryPasskeySettingsRegistration',
      label: PASSKEY.add(),
      inBrowser,
      value: '',
    }
    const begun = beginCreation(core, 'passkey', newHandle(core), name)
    ui.upsert(
      flow.ui,
      ...(inBrowser ? [scriptNode(core)] : []),
      trigger('passkey', 'passkey_register_trigger', button),
      hidden('passkey', 'passkey_settings_register'),
      hidden('passkey', 'passkey_create_data', remember(flow, 'passkey', begun)),
    )
  },

  read(x) {
    const own = fields('string', 'passkey_settings_register', 'passkey_remove', 'csrf_token', 'method')
    const payload = decode(x, own, { methods: ['POST', 'GET'] })
    if (!payload['passkey_settings_register'] && !payload['passkey_remove']) return undefined
    addressed(x.core, PASSKEY_METHOD, 'passkey')
    return { ...payload, method: 'passkey' }
  },

  async apply(x, flow, who, payload) {
    requireTrust(x, flow, who, payload)
    const gone = str(payload, 'passkey_remove')
    if (gone) return { update: removeKey(x.core, who.identity, 'passkey', gone) }
    return { update: await add(x, flow, who, str(payload, 'passkey_settings_register')) }
  },
  mend: mendForm,
}

const removal = (key: Key, disabled: boolean) =>
  input(
    'passkey_remove',
    'submit',
    'passkey',
    { value: hexId(key), disabled },
    PASSKEY.remove(key.display_name || 'unnamed', key.added_at),
  )

async function add({ core }: Exchange, flow: Flow, who: SignedIn, sent: string): Promise<Identity> {
  const ceremony = pending(flow, 'passkey')
  const key = await readNewKey(core, 'passkey', sent, ceremony, true)
  const update = structuredClone(who.identity)
  const handle = Buffer.from(ceremony?.userId ?? '', 'base64url')
  const identifiers = [...(update.credentials.passkey?.identifiers ?? []), handle.toString()]
  keepKeys(core, update, 'passkey', { keys: [...keysOf(update, 'passkey'), key], handle, identifiers })
  deriveFromTraits(core, update)
  forget(flow, 'passkey')
  addFactor(core, who, 'passkey', 'aal1')
  return update
}
