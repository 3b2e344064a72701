import { KEY } from '../../flows/key-messages.js'
import { INVALID } from '../../flows/messages.js'
import { input } from '../../flows/nodes.js'
import type { Flow } from '../../flows/types.js'
import * as ui from '../../flows/ui.js'
import { fields, str } from '../../http/decode.js'
import type { Exchange } from '../../http/exchange.js'
import { Invalid } from '../../http/kratos-errors.js'
import { deriveFromTraits } from '../../identities/identities.js'
import type { SignedIn } from '../../identities/types.js'
import type { Identity, JsonObject } from '../../store/model.js'
import { countFirstFactors } from '../factors.js'
import { forget, pending, remember } from '../keys/ceremony.js'
import { hexId, type Key, keepKeys, keysOf } from '../keys/credentials.js'
import { readNewKey } from '../keys/new-key.js'
import { beginCreation } from '../keys/options.js'
import { removeKey, requireTrust } from '../keys/settings.js'
import type { SettingsMethod } from '../method.js'
import { mendForm } from '../password.js'
import { addFactor } from '../second-factor.js'
import { addressed, payloadOf, requireFields } from '../submission.js'
import { creationNodes } from './registration.js'
import { isPasswordless, levelOf, WEBAUTHN } from './switch.js'

/** To an authenticator, a person is the bytes of their id. */
const handleOf = ({ id }: Identity): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex')

export const settings: SettingsMethod = {
  populate(x, flow, identity) {
    if (flow.type !== 'browser') return
    ui.setCsrf(flow.ui, x.csrf.token)
    const ways = countFirstFactors(x.core, identity)
    for (const key of keysOf(identity, 'webauthn'))
      ui.append(flow.ui, removal(key, key.is_passwordless && ways < 2))
    const begun = beginCreation(x.core, 'webauthn', handleOf(identity))
    ui.upsert(flow.ui, ...creationNodes(x, remember(flow, 'webauthn', begun)))
  },

  read(x, flow) {
    if (flow.type !== 'browser') return undefined
    const own = fields('string', ...['webauthn_register', 'webauthn_register_displayname', 'webauthn_remove'])
    const payload = payloadOf(x, flow, own, { methods: ['POST', 'GET'] })
    requireFields(payload, ...(payload['webauthn_register'] ? ['webauthn_register_displayname'] : []))
    if (!payload['webauthn_register'] && !payload['webauthn_remove']) return undefined
    addressed(x.core, WEBAUTHN, 'webauthn')
    return { ...payload, method: 'webauthn' }
  },

  async apply(x, flow, who, payload) {
    requireTrust(x, flow, who, payload)
    if (payload['webauthn_register']) return { update: await add(x, flow, who, payload) }
    return { update: removeKey(x.core, who.identity, 'webauthn', str(payload, 'webauthn_remove')) }
  },
  mend: mendForm,
}

const removal = (key: Key, disabled: boolean) =>
  input(
    'webauthn_remove',
    'submit',
    'webauthn',
    { value: hexId(key), disabled },
    KEY.remove(key.display_name || 'unnamed', key.added_at),
  )

async function add(x: Exchange, flow: Flow, who: SignedIn, payload: JsonObject): Promise<Identity> {
  const { core } = x
  const sent = str(payload, 'webauthn_register')
  const key = await readNewKey(core, 'webauthn', sent, pending(flow, 'webauthn'), isPasswordless(core))
  key.display_name = str(payload, 'webauthn_register_displayname')
  const update = structuredClone(who.identity)
  const keys = [...keysOf(update, 'webauthn'), key]
  keepKeys(core, update, 'webauthn', { keys, handle: handleOf(update) })
  deriveFromTraits(core, update)
  if (update.credentials.webauthn?.identifiers.length === 0)
    throw new Invalid({ text: INVALID.noIdentifier() })
  forget(flow, 'webauthn')
  addFactor(core, who, 'webauthn', levelOf(core))
  return update
}
