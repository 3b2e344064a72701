// One seed, one sequence.
/** Mulberry32: small, and the same everywhere. */
export function random(seed) {
  let state = (seed * 2654435761) >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const r = {
    below: n => Math.floor(next() * n),
    chance: p => next() < p,
    pick: list => list[Math.floor(next() * list.length)],
    weighted(table) {
      const total = table.reduce((sum, [weight]) => sum + weight, 0)
      let at = next() * total
      for (const [weight, value] of table) {
        at -= weight
        if (at < 0) return value
      }
      return table[0][1]
    },
  }
  return r
}
