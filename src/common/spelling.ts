import { distance } from 'fastest-levenshtein'
import { OryProxyError } from '../errors.js'

/** A misspelt option that is silently ignored is a setting somebody believes in. */
export function rejectUnknown(given: object, known: readonly string[], prefix: string): void {
  // From JavaScript anything may come.
  if (typeof given !== 'object' || given === null) {
    const type = given === null ? 'null' : typeof given
    throw new OryProxyError('ORY_PROXY_BAD_OPTION', `The options must be an object, not ${type}.`)
  }
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue
    const near = nearest(name, known)
    const meant = near === undefined ? '' : ` Did you mean "${prefix}${near}"?`
    throw new OryProxyError('ORY_PROXY_BAD_OPTION', `There is no option "${prefix}${name}".${meant}`)
  }
}

/** The known word that is the fewest keystrokes away, unless that is nearly another word. */
function nearest(word: string, known: readonly string[]): string | undefined {
  const best = known.reduce((a, b) => (distance(word, b) < distance(word, a) ? b : a))
  return distance(word, best) <= word.length / 2 ? best : undefined
}
