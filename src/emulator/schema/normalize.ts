/** How Kratos brings identifiers (addresses, user names, phone numbers) into the one form it stores and looks up. */
import type { Channel } from '../model.js'
import { parseAddress } from './email-address.js'

/** What PRECIS (RFC 8264) and Kratos take out of identifiers: invisible, directional and unassigned characters. */
const DISALLOWED = /[\p{C}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/gu

/** For storing and for looking up: never fails, so that what a person types is found in whatever form. */
export function normalizeIdentifier(value: string): string {
  const clean = value.trim().normalize('NFKC').replace(DISALLOWED, '').toLowerCase()
  return toE164(clean) ?? clean
}

/** For a channel that messages are sent on: fails where Kratos refuses the address. */
export function normalizeAddress(value: string, via: Channel): { value: string } | { error: string } {
  const trimmed = value.trim()
  if (trimmed === '') return { error: 'precis: transformation resulted in empty string' }
  if (new RegExp(DISALLOWED, 'u').test(trimmed)) return { error: 'precis: disallowed rune encountered' }
  const folded = trimmed.normalize('NFKC')
  if (via === 'sms') {
    const number = toE164(folded)
    return number ? { value: number } : { error: 'the provided number is not a valid phone number' }
  }
  const parsed = parseAddress(folded.toLowerCase())
  return 'error' in parsed ? parsed : { value: parsed.address }
}

/**
 * The number in E.164 form, if it is an international one. Kratos knows every country's numbering
 * plan; here any number of a plausible length counts, which spares development a megabyte of tables.
 */
export function toE164(value: string): string | undefined {
  if (!/^\+[\d\s().\-/]+$/.test(value)) return undefined
  const digits = value.replaceAll(/\D/g, '')
  return /^[1-9]\d{6,14}$/.test(digits) ? `+${digits}` : undefined
}
