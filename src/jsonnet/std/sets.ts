/** What sorts, and lists that are sets: sorted, nothing twice. */

import { step } from '../run/budget.js'
import { toFunction } from '../run/expect.js'
import { apply } from '../run/functions.js'
import { compare, equals } from '../run/operators.js'
import type { Thunk, Value } from '../run/values.js'
import { elements, type Library, list } from './define.js'

export const rank = (keyF: Thunk | undefined) => {
  const key = keyF && toFunction(keyF.force())
  return (thunk: Thunk): Value => (key ? apply(key, thunk) : thunk.force())
}
/** Stable, by the key computed once for each. */
function sorted(all: readonly Thunk[], keyF: Thunk | undefined): Thunk[] {
  const keyOf = rank(keyF)
  step(all.length * Math.ceil(Math.log2(all.length + 1)))
  return all
    .map(thunk => ({ thunk, key: keyOf(thunk) }))
    .sort((a, b) => compare(a.key, b.key))
    .map(({ thunk }) => thunk)
}
function unique(all: readonly Thunk[], keyF: Thunk | undefined): Thunk[] {
  const keyOf = rank(keyF)
  return all.filter((thunk, at) => at === 0 || !equals(keyOf(all[at - 1] as Thunk), keyOf(thunk)))
}

export const SETS: Library = {
  sort: ['arr keyF?', (arr, keyF) => sorted(elements(arr), keyF)],
  uniq: ['arr keyF?', (arr, keyF) => unique(elements(arr), keyF)],
  set: ['arr keyF?', (arr, keyF) => unique(sorted(elements(arr), keyF), keyF)],
  setUnion: [
    'a b keyF?',
    (a, b, keyF) => merged(list(a), list(b), keyF, { left: true, both: true, right: true }),
  ],
  setInter: [
    'a b keyF?',
    (a, b, keyF) => merged(list(a), list(b), keyF, { left: false, both: true, right: false }),
  ],
  setDiff: [
    'a b keyF?',
    (a, b, keyF) => merged(list(a), list(b), keyF, { left: true, both: false, right: false }),
  ],
  setMember: [
    'x arr keyF?',
    (x, arr, keyF) => {
      const keyOf = rank(keyF)
      const wanted = keyOf(x)
      return list(arr).some(thunk => compare(keyOf(thunk), wanted) === 0)
    },
  ],
}

/** Two sorted lists side by side. */
function merged(
  a: readonly Thunk[],
  b: readonly Thunk[],
  keyF: Thunk | undefined,
  keep: { left: boolean; both: boolean; right: boolean },
): Thunk[] {
  const keyOf = rank(keyF)
  const result: Thunk[] = []
  let [i, j] = [0, 0]
  while (i < a.length && j < b.length) {
    const [left, right] = [a[i] as Thunk, b[j] as Thunk]
    const order = compare(keyOf(left), keyOf(right))
    if (order <= 0) i++
    if (order >= 0) j++
    if (order === 0 ? keep.both : order < 0 ? keep.left : keep.right) result.push(order <= 0 ? left : right)
  }
  if (keep.left) result.push(...a.slice(i))
  if (keep.right) result.push(...b.slice(j))
  return result
}
