/** Keys that know whose they are: https://www.ory.com/docs/kratos/passwordless/passkeys */

import { countKeys } from '../keys/credentials.js'
import type { Method } from '../method.js'
import { login } from './login.js'
import { registration } from './registration.js'
import { settings } from './settings.js'
import { PASSKEY_METHOD } from './switch.js'

export const passkey: Method = {
  ...PASSKEY_METHOD,
  group: 'passkey',
  login,
  registration,
  settings,
  firstFactors: (_core, identity) => countKeys(identity, 'passkey', true),
}
