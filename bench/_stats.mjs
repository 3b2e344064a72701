/** The middle of a list; of an even one, the mean of the two in the middle. */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** The value that this share of a list does not exceed. */
export function percentile(values, share) {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]
}

/** Median and spread (lowest, highest) of one figure over all rounds. */
export function summary(values) {
  return { median: median(values), low: Math.min(...values), high: Math.max(...values) }
}

/**
 * Lets the sides take turns, so that a slow moment of the machine hits all of them; every other round runs
 * backwards, so that nobody always comes after the same neighbour.
 *
 * @returns per side, one measurement a round
 */
export async function inTurns(rounds, sides, measure) {
  const results = Object.fromEntries(Object.keys(sides).map(name => [name, []]))
  for (let round = 0; round < rounds; round++) {
    const names = Object.keys(sides)
    if (round % 2) names.reverse()
    for (const name of names) results[name].push(await measure(sides[name], name, round))
  }
  return results
}

/** `1,234 (1,100–1,400)`: median and spread, as the tables have it. */
export function shown(values, digits = 0) {
  const text = value =>
    value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
  const { median: middle, low, high } = summary(values)
  return `${text(middle)} (${text(low)}–${text(high)})`
}

/** A promise and what was measured; `goal` reads like `>= 0.9`. */
export function promise(what, goal, value, unit = '') {
  const [, sign, limit] = /^(<=|>=|<|=) ([\d.]+)$/.exec(goal)
  const met = {
    '<=': value <= limit,
    '>=': value >= limit,
    '<': value < limit,
    '=': value === Number(limit),
  }[sign]
  return { what, goal, value, unit, met }
}
