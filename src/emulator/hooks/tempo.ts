/** How many calls of one hook a minute may have: a test run stays far below, a hook that sets itself off does not. */
const MOST_A_MINUTE = 1000
const MINUTE = 60_000

/** A hook that nobody waits for has no end by itself when it causes what calls it: the calls of a minute are counted. */
export function createTempo(now: () => number = Date.now): { allows(url: string): boolean } {
  const minutes = new Map<string, { readonly from: number; count: number }>()
  return {
    allows(url) {
      const known = minutes.get(url)
      const minute = known && now() - known.from < MINUTE ? known : { from: now(), count: 0 }
      minutes.set(url, minute)
      return ++minute.count <= MOST_A_MINUTE
    },
  }
}
