import type { Core } from '../core.js'
import type { Identity } from '../model.js'

/** Whether a person has set up something that counts as second factor. */
export const hasSecondFactor = (core: Core, identity: Identity): boolean =>
  core.methods.some(method => (method.secondFactors?.(core, identity) ?? 0) > 0)
