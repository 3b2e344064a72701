/** Security keys, as second factor or instead of a password: https://www.ory.com/docs/kratos/mfa/webauthn-fido-yubikey */

import { countKeys } from '../keys/credentials.js'
import type { Method } from '../method.js'
import { login } from './login.js'
import { registration } from './registration.js'
import { settings } from './settings.js'
import { WEBAUTHN } from './switch.js'

export const webauthn: Method = {
  ...WEBAUTHN,
  group: 'webauthn',
  login,
  registration,
  settings,
  firstFactors: (_core, identity) => countKeys(identity, 'webauthn', true),
  secondFactors: (_core, identity) => countKeys(identity, 'webauthn', false),
}
