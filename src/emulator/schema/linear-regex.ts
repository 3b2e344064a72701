/**
 * Regular expressions of a configuration, in the syntax and with the guarantees of the engine that Kratos has: RE2.
 * JavaScript's own engine tries again and again: one pattern of a schema and a name of 49 letters stop the process,
 * and the dev server with it, for good (CWE-1333).
 */
import { createRequire } from 'node:module'
import type { RE2JS } from 're2js'

interface Matcher {
  test(text: string): boolean
  toString(): string
}

/** @throws {Error} when RE2 refuses it, as it does look-arounds and references back */
export function compileRegex(source: string): Matcher {
  const expression = engine().compile(source)
  // ajv keeps one of each name.
  return { test: text => expression.matcher(text).find(), toString: () => source }
}

/** Why RE2 refuses it; undefined where it does not. */
export function refusalOf(source: string): string | undefined {
  try {
    compileRegex(source)
    return undefined
  } catch (error) {
    return (error as Error).message.replace('error parsing regexp: ', '')
  }
}

export const isRegex = (text: string): boolean => refusalOf(text) === undefined

let loaded: typeof RE2JS | undefined

/** Loaded with the first pattern: most schemas have none. `require`, as those who need it cannot wait for a promise. */
function engine(): typeof RE2JS {
  loaded ??= (createRequire(import.meta.url)('re2js') as { RE2JS: typeof RE2JS }).RE2JS
  return loaded
}
