/** One-time codes by mail: https://www.ory.com/docs/kratos/passwordless/one-time-code */
import { codeAddresses, codeLogin } from './code-login.js'
import { codeRecovery } from './code-recovery.js'
import { codeRegistration } from './code-registration.js'
import { codeSwitch } from './code-switch.js'
import { codeVerification } from './code-verification.js'
import type { Method } from './method.js'

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
