import type { Core } from '../../core.js'
import type { Aal } from '../../store/model.js'

export const WEBAUTHN = {
  id: 'webauthn',
  enabled: (core: Core): boolean => core.config.selfservice.methods.webauthn.enabled,
} as const

/** Whether keys are instead of a password; otherwise they come after it. */
export const isPasswordless = (core: Core): boolean =>
  core.config.selfservice.methods.webauthn.config.passwordless

export const levelOf = (core: Core): Aal => (isPasswordless(core) ? 'aal1' : 'aal2')
