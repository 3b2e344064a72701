import type { Core } from '../../core.js'

/** Which submissions are for codes, and whether codes are switched on. */
export const codeSwitch = {
  id: 'code',
  enabled: (core: Core): boolean => core.config.selfservice.methods.code.enabled,
}
