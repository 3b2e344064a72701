import { fc } from './_fast-check.js'

/** For 20 seconds: how many cases that are is the machine's to say. */
export const FOR_A_WHILE = {
  numRuns: Number.MAX_SAFE_INTEGER,
  interruptAfterTimeLimit: 20_000,
  endOnFailure: true,
} as const

/** What parsers stumble over. */
export const PIECES: readonly string[] = [
  ...['\r\n', '\r', '\n', ' ', '\t', ':', '\0', '\x7f', '\x80', '\xff'],
  ...['%00', '..', '//', '\\', ',', ';', '0'],
]

interface Change {
  readonly at: number
  readonly remove: number
  readonly insert: string
}

/** Messages that were right before something was taken out or put in; one character is one byte. */
export function changed(seeds: readonly string[], pieces: readonly string[]): fc.Arbitrary<string> {
  const change: fc.Arbitrary<Change> = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.oneof(fc.constant(0), fc.nat(3), fc.nat(60)),
    insert: fc.oneof(fc.constantFrom('', ...pieces), fc.string({ unit: 'binary', maxLength: 3 })),
  })
  return fc
    .tuple(fc.constantFrom(...seeds), fc.array(change, { minLength: 1, maxLength: 4 }))
    .map(([seed, changes]) =>
      changes.reduce((text, { at, remove, insert }) => {
        const place = Math.floor(at * text.length)
        return text.slice(0, place) + insert + text.slice(place + remove)
      }, seed),
    )
}
