import { decodeJson } from '../go/json.js'
import type { Json, JsonObject } from '../store/model.js'
import { requireBody } from './decode.js'
import type { Exchange } from './exchange.js'
import { badRequest, type Problem } from './kratos-errors.js'

/** A JSON object as the endpoints for programs take it: whole, not as a form. */
export function decodeJsonBody(x: Exchange, methods: readonly string[], goType: string): JsonObject {
  requireBody(x, methods, ['application/json'])
  const decoded = decodeJson(x.body.toString('utf8'))
  if ('error' in decoded) throw undecodable(decoded.error)
  const { value } = decoded
  if (value === null) return {}
  if (typeof value !== 'object' || Array.isArray(value)) throw wrongType(value, `value of type ${goType}`)
  return value
}

/** @param place what Go calls the place that wants another type */
export function wrongType(value: Json, place: string): Problem {
  const type = typeof value === 'boolean' ? 'bool' : Array.isArray(value) ? 'array' : typeof value
  return undecodable(`json: cannot unmarshal ${type} into Go ${place}`)
}

const undecodable = (error: string): Problem => badRequest(`Unable to decode JSON payload: ${error}`)
