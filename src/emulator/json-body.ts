import { requireBody } from './decode.js'
import type { Exchange } from './http.js'
import { badRequest } from './kratos-errors.js'
import type { JsonObject } from './model.js'

/** A JSON body as the endpoints for programs take it: whole, not as a form. */
export function decodeJsonBody(
  x: Exchange,
  methods: readonly string[] = ['POST', 'PUT', 'PATCH'],
): JsonObject {
  requireBody(x, methods, ['application/json'])
  try {
    const parsed: unknown = JSON.parse(x.body.toString('utf8'))
    if (parsed !== null && typeof parsed === 'object' && !Array.isArray(parsed)) return parsed as JsonObject
    throw new Error('it is not an object')
  } catch (error) {
    throw badRequest(`Unable to decode JSON payload: ${(error as Error).message}`)
  }
}
