/** Adding and removing keys, which both kinds do in the same way. */

import type { Core } from '../../core.js'
import { INVALID } from '../../flows/messages.js'
import type { Flow } from '../../flows/types.js'
import type { Exchange } from '../../http/exchange.js'
import { badRequest, Invalid, NeedsRefresh } from '../../http/kratos-errors.js'
import { isPrivileged } from '../../identities/sessions.js'
import type { SignedIn } from '../../identities/types.js'
import type { Identity, JsonObject } from '../../store/model.js'
import { countFirstFactors } from '../factors.js'
import { requireSameBrowser } from '../submission.js'
import { hexId, type KeyType, keepKeys, keysOf, userHandleOf } from './credentials.js'

/** Only its own browser, and whoever has just signed in. */
export function requireTrust(x: Exchange, flow: Flow, who: SignedIn, payload: JsonObject): void {
  requireSameBrowser(x, flow, payload)
  if (!isPrivileged(x.core, who.session)) throw new NeedsRefresh()
}

const LOCKED_OUT = 'unable to remove this security key because it would lock you out of your account'

/** @param id in hexadecimal */
export function removeKey(core: Core, identity: Identity, type: KeyType, id: string): Identity {
  if (!identity.credentials[type])
    throw badRequest('You tried to remove a WebAuthn but you have no WebAuthn set up.')
  const keys = keysOf(identity, type)
  const left = keys.filter(key => hexId(key) !== id)
  if (left.length === keys.length) {
    const what = type === 'passkey' ? 'passkey' : 'WebAuthn credential'
    throw badRequest(`You tried to remove a ${what} which does not exist.`)
  }
  const signsIn = type === 'passkey' || keys.some(key => hexId(key) === id && key.is_passwordless)
  // Kratos says it at this field, whichever kind of key it is.
  if (signsIn && countFirstFactors(core, identity) < 2)
    throw new Invalid({ name: 'webauthn_remove', text: INVALID.generic(LOCKED_OUT) })
  const update = structuredClone(identity)
  if (left.length === 0) delete update.credentials[type]
  else keepKeys(core, update, type, { keys: left, handle: userHandleOf(identity, type) })
  return update
}
