import type { Core } from '../core.js'
import type { Identity } from '../store/model.js'
import { allMethods } from './registry.js'

/** Whether a person has set up something that counts as second factor. */
export const hasSecondFactor = (core: Core, identity: Identity): boolean =>
  allMethods().some(method => (method.secondFactors?.(core, identity) ?? 0) > 0)

/** In how many ways a person can sign in; the last one must not be taken away. */
export const countFirstFactors = (core: Core, identity: Identity): number =>
  allMethods().reduce((sum, method) => sum + (method.firstFactors?.(core, identity) ?? 0), 0)
