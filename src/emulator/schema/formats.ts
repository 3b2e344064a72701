/** The string formats of Kratos' JSON Schema validator; a format that is not here is not checked, as there. */
import { isIP, isIPv6 } from 'node:net'
import type { Format } from 'ajv'
import { isEmail, isHostname } from './email-address.js'
import { isRegex } from './linear-regex.js'
import { toE164 } from './normalize.js'

const DATE = String.raw`\d{4}-(?:0[1-9]|1[0-2])-\d{2}`
const TIME = String.raw`(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:[.,]\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)`

const isDate = (text: string): boolean => new RegExp(`^${DATE}$`).test(text) && dayExists(text)
const isDateTime = (text: string): boolean =>
  new RegExp(`^${DATE}T${TIME}$`).test(text) && dayExists(text.slice(0, 10))
const isTime = (text: string): boolean => new RegExp(`^${TIME}$`).test(text)
const isIpv4 = (text: string): boolean => isIP(text) === 4
const isReference = (text: string): boolean => URL.canParse(text, 'http://relative.invalid')
const isPointer = (text: string): boolean => /^(?:\/(?:[^/~]|~[01~])*)*$/.test(text)

export const KRATOS_FORMATS: Record<string, Format> = {
  'date-time': isDateTime,
  date: isDate,
  time: isTime,
  hostname: isHostname,
  email: isEmail,
  tel: text => toE164(text) !== undefined,
  'ip-address': isIpv4,
  ipv4: isIpv4,
  ipv6: text => isIPv6(text),
  uri: text => /^[a-z][a-z0-9+.-]*:/i.test(text) && isReference(text),
  iri: text => /^[a-z][a-z0-9+.-]*:/i.test(text) && isReference(text),
  'uri-reference': isReference,
  uriref: isReference,
  'iri-reference': isReference,
  regex: isRegex,
  'json-pointer': isPointer,
  'relative-json-pointer': text => /^\d+(?:#|(?:\/.*)?)$/.test(text),
  'no-validate': true,
}

function dayExists(date: string): boolean {
  const parsed = new Date(`${date}T00:00:00Z`)
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(date)
}
