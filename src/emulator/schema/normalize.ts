/** How Kratos brings identifiers (addresses, user names, phone numbers) into the one form it stores and looks up. */

/** For storing and for looking up: never fails, so that what a person types is found in whatever form. */
export function normalizeIdentifier(value: string): string {
  return toE164(value) ?? value.trim().toLowerCase()
}

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
