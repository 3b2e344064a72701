import type { Core } from '../../core.js'

export const PASSKEY_METHOD = {
  id: 'passkey',
  enabled: (core: Core): boolean => core.config.selfservice.methods.passkey.enabled,
} as const
