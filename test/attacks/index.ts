import type { Attack } from './_attack.js'
import { FRAMING } from './framing.js'
import { IDENTITY } from './identity.js'
import { ORIGINS } from './origins.js'
import { ROUTING } from './routing.js'
import { SESSIONS } from './sessions.js'

/** All of them; docs/threats.md is made from this list. */
export const THREATS: readonly Attack[] = [...IDENTITY, ...SESSIONS, ...ORIGINS, ...ROUTING, ...FRAMING]
