import { createRequire } from 'node:module'

let version: string | undefined

/** Of this package. */
export function ownVersion(): string {
  version ??= (createRequire(import.meta.url)('../../package.json') as { version: string }).version
  return version
}
