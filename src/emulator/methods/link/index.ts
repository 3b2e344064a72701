/** Links by mail: https://www.ory.com/docs/kratos/self-service/flows/account-recovery-password-reset */

import type { Method } from '../method.js'
import { linkRecovery } from './recovery.js'
import { linkSwitch } from './switch.js'
import { linkVerification } from './verification.js'

export const link: Method = {
  ...linkSwitch,
  group: 'link',
  recovery: linkRecovery,
  verification: linkVerification,
}
