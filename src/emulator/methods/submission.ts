/** What all methods check before they look at a submission. */

import type { Core } from '../core.js'
import { passing } from '../flows/flow.js'
import { INVALID } from '../flows/messages.js'
import type { Flow } from '../flows/types.js'
import { goQuote } from '../go/quote.js'
import { csrfProblem } from '../http/csrf.js'
import {
  type DecodeOptions,
  decode,
  fields,
  isObject,
  type PayloadField,
  str,
  unreadable,
} from '../http/decode.js'
import type { Exchange } from '../http/exchange.js'
import { badRequest, Invalid, type Issue, Problem } from '../http/kratos-errors.js'
import { isEmail } from '../schema/email-address.js'
import { jsonType } from '../schema/failures.js'
import type { JsonObject } from '../store/model.js'

export const ANY_METHOD: readonly string[] = ['POST', 'PUT', 'PATCH', 'GET']

/** Which method a form is for, in the words of its `method` field. */
export const methodOf = (x: Exchange): string =>
  str(decode(x, fields('string', 'method'), { methods: ANY_METHOD }), 'method')

/** Whether a submission is for this method. One that is switched off is refused. */
export function addressed(
  core: Core,
  method: { id: string; enabled(core: Core): boolean },
  given: string,
): boolean {
  if (given !== method.id) return false
  if (!method.enabled(core)) throw disabledEndpoint()
  return true
}

export const disabledEndpoint = (): Problem =>
  new Problem(404, {
    reason:
      'This endpoint was disabled by system administrator. Please check your url or contact the system administrator to enable it.',
  })

/** The payload of a method, with the fields that all have. */
export function payloadOf(
  x: Exchange,
  flow: Flow,
  own: readonly PayloadField[],
  options?: DecodeOptions,
): JsonObject {
  const common = [...fields('string', 'method', 'csrf_token'), ...fields('object', 'transient_payload')]
  const payload = decode(x, [...common, ...own], options)
  const transient = payload['transient_payload']
  if (isObject(transient)) passing(flow).transientPayload = transient
  return payload
}

/** A browser must prove that the form is its own, a native app must not look like a browser. */
export function requireSameBrowser(x: Exchange, flow: Flow, payload: JsonObject): void {
  if (flow.type === 'browser') {
    const token = payload['csrf_token']
    if (!x.csrf.verify(token)) throw csrfProblem(x, Boolean(token))
    return
  }
  const browserHeader = x.header('origin')
    ? 'Origin'
    : x.cookies.names.some(name => !/^(__cf|_cf|cf_)/.test(name))
      ? 'Cookie'
      : undefined
  if (browserHeader) throw badRequest(NEEDS_BROWSER_FLOW[browserHeader])
}

const BLOCKED =
  'The flow however was initiated as an API request. To prevent potential misuse and mitigate several attack vectors including CSRF, the request has been blocked. Please consult the documentation.'
const NEEDS_BROWSER_FLOW = {
  Origin: `The HTTP Request Header included the "Origin" key, indicating that this request was made as part of an AJAX request in a Browser. ${BLOCKED}`,
  Cookie: `The HTTP Request Header included the "Cookie" key, indicating that this request was made by a Browser. ${BLOCKED}`,
}

/** What is wrong with an address that was typed. */
export function emailIssues(payload: JsonObject): Issue[] {
  const email = str(payload, 'email')
  return email && !isEmail(email) ? [{ name: 'email', text: INVALID.email(asFound(email)) }] : []
}

/** Kratos takes it out of a message of its validator, which escapes it, and looks for quotes. */
const asFound = (text: string): string => /"([^"]+)" is/.exec(`${goQuote(text)} is`)?.[1] ?? text

export const missing = (name: string): Issue => ({ name, text: INVALID.required(name) })

/** Throws for what is not there, all of it at once. */
export function requireFields(payload: JsonObject, ...names: string[]): void {
  requireValid(payload, ...names.filter(name => payload[name] === undefined).map(missing))
}

/** Throws what is wrong with a payload, and with the fields that all have. */
export function requireValid(payload: JsonObject, ...issues: Issue[]): void {
  const transient = payload['transient_payload']
  if (transient === undefined || isObject(transient)) return throwIssues(issues)
  const text = INVALID.wrongType(['object'], jsonType(transient))
  throwIssues([...issues, { name: 'transient_payload', text }])
}

export function throwIssues(issues: readonly Issue[]): void {
  if (issues.length > 0) throw new Invalid(...issues)
}

/** A value that is not in a list, in the words of Kratos' schema validator. */
export function notOneOf(payload: JsonObject, name: string, allowed: readonly string[]): Issue[] {
  const value = payload[name]
  if (value === undefined || allowed.includes(String(value))) return []
  const listed = allowed.map(a => JSON.stringify(a)).join(', ')
  const rule = allowed.length === 1 ? `value must be ${listed}` : `value must be one of ${listed}`
  return [{ name, text: INVALID.generic(rule) }]
}

/** What must be a yes or a no; `struct` is what Kratos calls the payload when it complains. */
export function requireBooleans(x: Exchange, payload: JsonObject, struct: string, ...names: string[]): void {
  const wrong = names.find(name => payload[name] !== undefined && typeof payload[name] !== 'boolean')
  if (wrong)
    throw unreadable(x, `json: cannot unmarshal string into Go struct field ${struct}.${wrong} of type bool`)
}
