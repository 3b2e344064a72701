/** What of sprig mails use, without what depends on time, chance or the machine: Kratos takes that away as well. */
import type { Functions } from '../functions.js'
import { FLOW } from './flow.js'
import { COLLECTIONS } from './lists.js'
import { NUMBERS } from './numbers.js'
import { REGEX } from './regex.js'
import { TEXTS } from './texts.js'

export const SPRIG: Functions = { ...TEXTS, ...COLLECTIONS, ...NUMBERS, ...FLOW, ...REGEX }
