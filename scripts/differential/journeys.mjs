// Ways that reach what single steps at random seldom do: second factors, spent codes, flows of somebody else, answers
// page by page, bodies that are no form.
import { chooseAddress, links } from './addresses.mjs'
import { administration } from './administration.mjs'
import { bodies } from './bodies.mjs'
import { adminRecovery, codes, mails, passwordless } from './codes.mjs'
import { secondFactor } from './factors.mjs'
import { keys } from './keys.mjs'
import { sessions } from './many-sessions.mjs'
import { returns, strangers } from './strangers.mjs'

/** With `[weight, way]`, each a function of chance and configuration to steps. */
const JOURNEYS = [
  [4, secondFactor],
  [1, keys],
  [1, links],
  [0.5, chooseAddress],
  [3, codes],
  [3, strangers],
  [3, bodies],
  [3, sessions],
  [4, administration],
  [2, adminRecovery],
  [1, mails],
  [3, returns],
  [3, passwordless],
]

/** What a configuration has that most have not is what is asked of it most. */
export const journeysOf = about => [
  ...JOURNEYS,
  ...(about.keys ? [[40, keys]] : []),
  ...(about.links ? [[40, links]] : []),
  ...(about.choose ? [[40, chooseAddress]] : []),
]
