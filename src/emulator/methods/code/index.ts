/** One-time codes by mail: https://www.ory.com/docs/kratos/passwordless/one-time-code */

import type { Method } from '../method.js'
import { codeAddresses, codeLogin } from './login.js'
import { codeRecovery } from './recovery.js'
import { codeRegistration } from './registration.js'
import { codeSwitch } from './switch.js'
import { codeVerification } from './verification.js'

export const code: Method = {
  ...codeSwitch,
  group: 'code',
  login: codeLogin,
  registration: codeRegistration,
  recovery: codeRecovery,
  verification: codeVerification,
  firstFactors: core => (core.config.selfservice.methods.code.passwordless_enabled ? 1 : 0),
  secondFactors: (core, identity) =>
    core.config.selfservice.methods.code.mfa_enabled ? codeAddresses(identity).length : 0,
}
