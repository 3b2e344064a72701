import { createRequire } from 'node:module'
import type { Ajv } from 'ajv'

/**
 * The JSON Schema validator, loaded when a schema is first needed: it takes as long to load as all the
 * rest of the emulator. `require`, as those who need it cannot wait for a promise.
 */
export function loadAjv(): typeof Ajv {
  return (createRequire(import.meta.url)('ajv') as { Ajv: typeof Ajv }).Ajv
}
