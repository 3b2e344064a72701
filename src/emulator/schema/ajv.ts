import { createRequire } from 'node:module'
import type { Ajv } from 'ajv'
import { KRATOS_FORMATS } from './formats.js'
import { compileRegex } from './linear-regex.js'

let shared: Ajv | undefined

/** One validator for all schemas: making one costs more than compiling a schema. */
export function validator(): Ajv {
  shared ??= new (loadAjv())({
    strict: false,
    allErrors: true,
    verbose: true,
    logger: false,
    addUsedSchema: false,
    validateSchema: false, // whoever compiles does, and can say where the mistake is
    formats: KRATOS_FORMATS,
    code: { regExp: Object.assign(compileRegex, { code: 'compileRegex' }) },
  })
  return shared
}

/**
 * Loaded when a schema is first needed: it takes as long to load as all the rest of the emulator.
 * `require`, as those who need it cannot wait for a promise.
 */
function loadAjv(): typeof Ajv {
  return (createRequire(import.meta.url)('ajv') as { Ajv: typeof Ajv }).Ajv
}
