/**
 * Jsonnet, as claims mappers and web-hook bodies use it (https://jsonnet.org/ref/spec.html): the whole
 * expression language and the common part of `std`. Not here: `import`, native functions, tail calls. No
 * interpreter on the registry works without a compiler or a build, and a mapper is a few lines.
 */
import type { Json } from '../model.js'
import { evaluate } from './evaluate.js'
import { parseJsonnet } from './parser.js'
import { standardLibrary } from './std.js'
import { JsonnetError } from './syntax.js'
import { fromJson, JsonnetFunction, Thunk, toJson, type Value } from './values.js'

export { JsonnetError } from './syntax.js'

export interface JsonnetInput {
  /** What `std.extVar(name)` gives. */
  variables?: Record<string, Json>
  /** Arguments by name, when the program is a function: `function(ctx) …`. */
  arguments?: Record<string, Json>
}

/**
 * Runs a program.
 *
 * @throws {JsonnetError} when it cannot be read or run
 */
export function evaluateJsonnet(source: string, input: JsonnetInput = {}): Json {
  try {
    const names = new Map([['std', standardLibrary(input.variables ?? {})]])
    const value = evaluate(parseJsonnet(source), { names })
    return toJson(value instanceof JsonnetFunction ? applied(value, input.arguments ?? {}) : value)
  } catch (error) {
    if (error instanceof RangeError)
      throw new JsonnetError('the program does not come to an end', { cause: error })
    if (error instanceof SyntaxError) throw new JsonnetError(error.message, { cause: error })
    throw error
  }
}

function applied(program: JsonnetFunction, values: Record<string, Json>): Value {
  const named = Object.entries(values).map(([name, value]) => [name, Thunk.of(fromJson(value))] as const)
  return program.call({ positional: [], named: new Map(named) })
}
