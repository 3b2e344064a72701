/** What templates see: structs of Go, whose fields are named otherwise than in JSON. */
import { fromJson, Struct, type Value } from '../../gotemplate/value.js'
import type { Message } from './message.js'

const ABBREVIATED: Record<string, string> = { url: 'URL' }

/** `recovery_code` is `RecoveryCode`. */
const goName = (name: string): string =>
  name
    .split('_')
    .map(word => ABBREVIATED[word] ?? `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join('')

export function dataOf({ type, via, data, headers }: Message): Struct {
  const fields = new Map<string, Value>()
  for (const [name, value] of Object.entries(data)) {
    // Kratos names it so in the JSON of an SMS, and not in its template.
    const isCode = type === 'recovery_code_valid' && name === 'verification_code'
    const whole = name === 'expires_in_minutes'
    fields.set(isCode ? 'RecoveryCode' : goName(name), whole ? BigInt(value as number) : fromJson(value))
  }
  if (headers) fields.set('UserRequestHeaders', fromJson(headers))
  return new Struct(`*${via}.${goName(type)}Model`, fields)
}
