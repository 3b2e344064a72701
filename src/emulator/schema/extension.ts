/** The `ory.sh/kratos` extension: which traits are identifiers and addresses. */
import { goQuote } from '../go/quote.js'
import type { Channel, Json, JsonObject } from '../store/model.js'
import { isEmail } from './email-address.js'
import type { Failure } from './failures.js'
import { asList, asObject, resolve } from './fields.js'
import { normalizeIdentifier, toE164 } from './normalize.js'

export interface Address {
  value: string
  via: Channel
}

/** What an identity's traits say about how it is found and reached. */
export interface Identifiers {
  password: string[]
  webauthn: string[]
  /** What a passkey is called by the browser that keeps it. */
  passkeyName: string | undefined
  /** Sorted by address, as Kratos keeps them. */
  code: Address[]
  /** What an authenticator app shows; the password identifier where no trait is marked. */
  totpAccountName: string | undefined
  verification: Address[]
  recovery: Address[]
}

interface Marked {
  extension: JsonObject
  schema: JsonObject
  value: Json
  schemaPath: string[]
  instancePath: string[]
}

export function collect(
  root: JsonObject,
  traits: JsonObject,
): { identifiers: Identifiers; failures: Failure[] } {
  const identifiers: Identifiers = {
    password: [],
    webauthn: [],
    passkeyName: undefined,
    code: [],
    totpAccountName: undefined,
    verification: [],
    recovery: [],
  }
  const failures: Failure[] = []
  for (const marked of walk(root, root, { traits }, [], [])) {
    const problem =
      runCredentials(marked, identifiers) ??
      runVerification(marked, identifiers) ??
      runRecovery(marked, identifiers)
    if (problem) failures.push(toFailure(marked, problem))
  }
  identifiers.code.sort((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0))
  return { identifiers, failures }
}

/** What Kratos says, and about which keyword. */
interface Problem {
  message: string
  keyword?: string
  format?: string
}

function runCredentials({ extension, value }: Marked, found: Identifiers): Problem | undefined {
  const credentials = asObject(extension['credentials'])
  const text = String(value)
  if (asObject(credentials['password'])['identifier'] === true)
    addText(found.password, normalizeIdentifier(text))
  if (asObject(credentials['webauthn'])['identifier'] === true) addText(found.webauthn, text.toLowerCase())
  if (asObject(credentials['passkey'])['display_name'] === true) found.passkeyName = text
  if (asObject(credentials['totp'])['account_name'] === true) found.totpAccountName = text
  const code = asObject(credentials['code'])
  if (code['identifier'] !== true) return undefined
  const via = (code['via'] ?? '') as Channel
  if (via !== 'email' && via !== 'sms') {
    return {
      message: `channel type "${via}" must be one of email, sms`,
      keyword: 'ory.sh~/kratos/credentials/code/via',
    }
  }
  const number = via === 'sms' ? toE164(text) : undefined
  if (via === 'sms' && number === undefined) return { message: 'invalid country code' }
  add(found.code, { value: number ?? normalizeIdentifier(text), via })
  return undefined
}

function runVerification({ extension, schema, value }: Marked, found: Identifiers): Problem | undefined {
  const via = asObject(extension['verification'])['via'] as Channel | undefined
  if (!via) return undefined
  const text = String(value)
  const format = (schema['format'] ?? '') as string
  if (format === '' && via !== 'email') {
    return { message: NO_FORMAT, keyword: 'format' }
  }
  if (format === '' && !isEmail(text)) return invalid(text, 'email')
  const isAddress = format === '' || format === 'email'
  add(found.verification, { value: isAddress ? text.trim().toLowerCase() : text.trim(), via })
  return undefined
}

const NO_FORMAT =
  'no format specified. A format is required if verification is enabled. If this was intentional, please set "format" to "no-validate"'

function runRecovery({ extension, value }: Marked, found: Identifiers): Problem | undefined {
  const via = asObject(extension['recovery'])['via'] as Channel | undefined
  if (!via) return undefined
  const text = String(value)
  if (via === 'email' && !isEmail(text)) return invalid(text, 'email')
  if (via === 'sms' && toE164(text) === undefined) return invalid(text, 'tel')
  add(found.recovery, { value: via === 'email' ? text.trim().toLowerCase() : text.trim(), via })
  return undefined
}

const invalid = (text: string, format: string): Problem => ({
  message: `${goQuote(text)} is not valid ${goQuote(format)}`,
  keyword: 'format',
  format,
})

function toFailure({ schemaPath, instancePath, value }: Marked, problem: Problem): Failure {
  return {
    instance: instancePath,
    schema: problem.keyword ? [...schemaPath, problem.keyword] : schemaPath,
    keyword: 'extension',
    message: problem.message,
    params: problem.format ? { value, format: problem.format } : {},
  }
}

function* walk(
  root: JsonObject,
  schema: JsonObject,
  value: Json,
  schemaPath: string[],
  instancePath: string[],
): Generator<Marked> {
  const extension = schema['ory.sh/kratos']
  if (extension !== undefined)
    yield { extension: asObject(extension), schema, value, schemaPath, instancePath }
  const target = resolve(root, schema['$ref'])
  if (target && schemaPath.length < MAX_DEPTH)
    yield* walk(root, target, value, [...schemaPath, '$ref'], instancePath)
  for (const keyword of ['allOf', 'anyOf', 'oneOf']) {
    for (const [i, child] of asList(schema[keyword]).entries()) {
      yield* walk(root, asObject(child), value, [...schemaPath, keyword, String(i)], instancePath)
    }
  }
  for (const keyword of ['then', 'else']) {
    if (keyword in schema)
      yield* walk(root, asObject(schema[keyword]), value, [...schemaPath, keyword], instancePath)
  }
  for (const [name, child] of Object.entries(asObject(schema['properties']))) {
    const inner = asObject(value)[name]
    if (inner !== undefined)
      yield* walk(root, asObject(child), inner, [...schemaPath, 'properties', name], [...instancePath, name])
  }
  const items = schema['items']
  for (const [i, item] of asList(value).entries()) {
    const child = Array.isArray(items) ? items[i] : items
    if (child !== undefined)
      yield* walk(
        root,
        asObject(child),
        item,
        [...schemaPath, 'items', ...(Array.isArray(items) ? [String(i)] : [])],
        [...instancePath, String(i)],
      )
  }
}

/** A schema that refers to itself without end is refused when it is compiled; this only keeps the walk finite. */
const MAX_DEPTH = 200

function add(list: Address[], address: Address): void {
  if (!list.some(known => known.value === address.value && known.via === address.via)) list.push(address)
}

function addText(list: string[], value: string): void {
  if (!list.includes(value)) list.push(value)
}
