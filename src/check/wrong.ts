/** How a question is answered with no. */

/** A no, and what came instead; never a secret. */
export class Wrong extends Error {
  override readonly name = 'Wrong'
}

/** Says no where something does not hold. */
export function holds(condition: boolean, instead: string): asserts condition {
  if (!condition) throw new Wrong(instead)
}
