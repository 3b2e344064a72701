/** What may stand under `ory.sh/kratos` in an identity schema. */
import type { ValidateFunction } from 'ajv'
import type { Json, JsonObject } from '../store/model.js'
import { validator } from './ajv.js'
import { pointer, unpoint } from './failures.js'

const flag = (name: string): JsonObject => closed({ [name]: { type: 'boolean' } })
const closed = (properties: JsonObject): JsonObject => ({
  type: 'object',
  additionalProperties: false,
  properties,
})
const via: JsonObject = { type: 'string', enum: ['email', 'sms'] }

const EXTENSION: JsonObject = closed({
  credentials: closed({
    password: flag('identifier'),
    webauthn: flag('identifier'),
    passkey: flag('display_name'),
    totp: flag('account_name'),
    code: closed({ identifier: { type: 'boolean' }, via }),
  }),
  verification: closed({ via }),
  recovery: closed({ via }),
  organizations: closed({ matcher: { type: 'string', enum: ['email_domain'] } }),
})

/** Something in a schema that cannot stand there. */
export interface SchemaMistake {
  path: readonly string[]
  text: string
}

let test: ValidateFunction | undefined

/** The first mistake in an extension; undefined if there is none. */
export function checkExtensions(schema: Json, path: readonly string[] = []): SchemaMistake | undefined {
  if (schema === null || typeof schema !== 'object') return undefined
  for (const [key, value] of Object.entries(schema)) {
    const inside = [...path, key]
    const mistake = key === 'ory.sh/kratos' ? checkExtension(value, inside) : checkExtensions(value, inside)
    if (mistake) return mistake
  }
  return undefined
}

function checkExtension(value: Json, path: readonly string[]): SchemaMistake | undefined {
  test ??= validator().compile(EXTENSION)
  if (test(value)) return undefined
  const error = test.errors?.[0]
  const extra = error?.params['additionalProperty']
  const allowed = error?.params['allowedValues'] as string[] | undefined
  const detail = extra ? `: "${extra}"` : allowed ? `: ${allowed.join(', ')}` : ''
  const place = [...path, ...unpoint(error?.instancePath ?? '')]
  return { path: place, text: `${pointer(place)} ${error?.message}${detail}` }
}
