import { requireBody } from './decode.js'
import { decodeJson } from './go-json.js'
import type { Exchange } from './http.js'
import { badRequest } from './kratos-errors.js'
import type { JsonObject } from './model.js'

/** A JSON body as the endpoints for programs take it: whole, not as a form. */
export function decodeJsonBody(
  x: Exchange,
  methods: readonly string[] = ['POST', 'PUT', 'PATCH'],
): JsonObject {
  requireBody(x, methods, ['application/json'])
  const decoded = decodeJson(x.body.toString('utf8'))
  if ('error' in decoded) throw badRequest(`Unable to decode JSON payload: ${decoded.error}`)
  const { value } = decoded
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {}
}
