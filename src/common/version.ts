import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

let version: string | undefined

/** Of this package. */
export function ownVersion(): string {
  version ??= (createRequire(import.meta.url)('../../package.json') as { version: string }).version
  return version
}

/** Where a file of this package lies, like `docs/errors.md`. */
export const ownFile = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
