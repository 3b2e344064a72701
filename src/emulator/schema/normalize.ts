/** How Kratos brings identifiers (addresses, user names, phone numbers) into the one form it stores and looks up. */

/** For storing and for looking up. A number stays as it was typed: v26.2.0 brings those into one form for codes only. */
export const normalizeIdentifier = (value: string): string => value.trim().toLowerCase()

/** Where a code is sent to: a number is found in whatever form it was typed. */
export const normalizeCodeAddress = (value: string): string => toE164(value) ?? normalizeIdentifier(value)

/**
 * The number in E.164 form, if it is an international one. Kratos knows every country's numbering
 * plan; here any number of a plausible length counts, which spares development a megabyte of tables.
 */
export function toE164(value: string): string | undefined {
  const text = value.trim()
  if (!/^\+[\d\s().\-/]+$/.test(text)) return undefined
  const digits = text.replaceAll(/\D/g, '')
  return /^[1-9]\d{6,14}$/.test(digits) ? `+${digits}` : undefined
}
