// Random sequences of requests, near to what browsers, apps and administrators send, and now and then far from it.
import { admin } from './admin.mjs'
import { AGEING } from './ageing.mjs'
import { beginning, fetchFlow, start } from './begin.mjs'
import { journeysOf } from './journeys.mjs'
import { random } from './random.mjs'
import { submit } from './submit.mjs'
import { followLink, followRecovery, misc, session } from './visits.mjs'

/**
 * @param {number} seed the same seed is the same sequence
 * @param {{ traits: string[], social: boolean, codeLogin: boolean, brief: boolean, keys: boolean, links: boolean, choose: boolean, other: boolean }} about the configuration
 * @returns {object[]} steps, as `Side` takes them
 */
export function sequence(seed, about) {
  const r = random(seed)
  if (about.brief) return r.weighted(AGEING)(r, about)
  if (r.chance(0.5)) return r.weighted(journeysOf(about))(r, about)
  const steps = []
  const length = 3 + r.below(10)
  if (r.chance(0.55)) steps.push(...beginning(r, about))
  while (steps.length < length) steps.push(...r.weighted(WAYS)(r, about))
  return steps
}

const WAYS = [
  [9, submit],
  [3, start],
  [1, r => [fetchFlow(r)]],
  [2.5, session],
  [3, admin],
  [0.7, misc],
  [0.4, followLink],
  [0.4, followRecovery],
]
