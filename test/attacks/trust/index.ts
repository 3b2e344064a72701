import type { TrustAttack } from './_target.js'
import { EMULATOR } from './emulator.js'
import { KEYS } from './keys.js'
import { TOOLS } from './tools.js'

/** Whom a developer's machine trusts; docs/threats.md is made from this list as well. */
export const TRUST: readonly TrustAttack[] = [...TOOLS, ...EMULATOR, ...KEYS]
