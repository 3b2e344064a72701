/** Links by mail: https://www.ory.com/docs/kratos/self-service/flows/account-recovery-password-reset */
import { linkRecovery } from './link-recovery.js'
import { linkSwitch } from './link-switch.js'
import { linkVerification } from './link-verification.js'
import type { Method } from './method.js'

export const link: Method = {
  ...linkSwitch,
  group: 'link',
  recovery: linkRecovery,
  verification: linkVerification,
}
