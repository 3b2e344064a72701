import { distance } from 'fastest-levenshtein'
import { OryProxyError } from './errors.js'

/** A misspelt option that is silently ignored is a setting somebody believes in. */
export function rejectUnknown(given: object, known: readonly string[], prefix: string): void {
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue
    throw new OryProxyError(
      'ORY_PROXY_BAD_OPTION',
      `There is no option "${prefix}${name}". Did you mean "${prefix}${nearest(name, known)}"?`,
    )
  }
}

/** The known word that is the fewest keystrokes away. */
function nearest(word: string, known: readonly string[]): string {
  return known.reduce((best, next) => (distance(word, next) < distance(word, best) ? next : best))
}
