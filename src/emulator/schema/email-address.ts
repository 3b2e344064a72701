/** Which email addresses Kratos takes: those of its JSON Schema's `email` format and of Go's `net/mail`, both. */

/** RFC 5322 section 3.2.3, with the letters of all languages (RFC 6532). */
const ATOM = /^(?:[!#$%&'*+\-/=?^_`{|}~.0-9A-Za-z]|[\u0080-\u{10ffff}])+$/u
const QUOTED = /^"(?:[^"\\]|\\.)+"$/u

/** An address whose domain is a host name, with the length limits of RFC 5321. */
export function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@')
  if (Buffer.byteLength(text) > 254 || at < 0 || Buffer.byteLength(text.slice(0, at)) > 64) return false
  return isHostname(text.slice(at + 1)) && !text.endsWith('.') && isLocalPart(text.slice(0, at))
}

/** Blanks in front are skipped, dots stand alone and between other characters. */
function isLocalPart(text: string): boolean {
  const local = text.replace(/^[ \t]+/, '')
  return QUOTED.test(local) || (ATOM.test(local) && !/^\.|\.\.|\.$/.test(local))
}

/** A host name as RFC 1034 section 3.1 and RFC 1123 section 2.1 have it. */
export function isHostname(text: string): boolean {
  const name = text.endsWith('.') ? text.slice(0, -1) : text
  return (
    name.length <= 253 &&
    !name.startsWith('-') &&
    name.split('.').every(label => /^[a-z0-9-]{1,63}$/i.test(label) && !label.endsWith('-'))
  )
}
