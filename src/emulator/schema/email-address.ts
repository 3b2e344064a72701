/**
 * Kratos checks email addresses with two parsers of Go: its JSON Schema's `email` format and
 * `net/mail`. Which addresses pass, and what a refusal says, is part of its answers.
 */

const VISIBLE = /[\u0021-\u007e\u0080-\u{10ffff}]/u
const SPECIAL = /[()<>[\]:;@\\,"]/
const DOMAIN_LITERAL = /^\[[^[\]\\\s]*\]/

export type ParsedAddress = { address: string } | { error: string }

/** One RFC 5322 address, `alice@example.com` or `Alice <alice@example.com>`, or Go's words for why it is none. */
export function parseAddress(text: string): ParsedAddress {
  const input = skipBlanks(text)
  if (input === '') return { error: 'mail: no address' }
  const spec = addressSpec(input)
  if (spec) return onlyOne(spec.address, spec.rest)
  const phrase = input.startsWith('<') ? { words: [], rest: input } : displayName(input)
  if ('error' in phrase) return phrase
  const rest = skipBlanks(phrase.rest)
  if (!rest.startsWith('<')) {
    // One word alone may be the start of an address, several are a person's name (net/mail).
    const oneWord = phrase.words.length <= 1 && !/[\s"]/.test(phrase.words[0] ?? '')
    return { error: oneWord ? "mail: missing '@' or angle-addr" : 'mail: no angle-addr' }
  }
  const angle = addressSpec(rest.slice(1))
  if (!angle) return { error: 'mail: invalid string' }
  if (!angle.rest.startsWith('>')) return { error: 'mail: unclosed angle-addr' }
  return onlyOne(angle.address, angle.rest.slice(1))
}

/** The `email` format: an address whose domain is a host name, with the length limits of RFC 5321. */
export function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@')
  if (Buffer.byteLength(text) > 254 || at < 0 || Buffer.byteLength(text.slice(0, at)) > 64) return false
  return isHostname(text.slice(at + 1)) && 'address' in parseAddress(text)
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

function onlyOne(address: string, tail: string): ParsedAddress {
  const rest = skipBlanks(skipBlanks(tail).replace(/^\([^()]*\)/, ''))
  return rest === '' ? { address } : { error: `mail: expected single address, got ${JSON.stringify(rest)}` }
}

function addressSpec(text: string): { address: string; rest: string } | undefined {
  const input = skipBlanks(text)
  const local = input.startsWith('"') ? quotedString(input) : atom(input, true)
  if (!local?.text || !local.rest.startsWith('@')) return undefined
  const behind = skipBlanks(local.rest.slice(1))
  const literal = DOMAIN_LITERAL.exec(behind)?.[0]
  const domain = literal ? { text: literal, rest: behind.slice(literal.length) } : atom(behind, true)
  return domain?.text ? { address: `${local.text}@${domain.text}`, rest: domain.rest } : undefined
}

function displayName(input: string): { words: string[]; rest: string } | { error: string } {
  const words: string[] = []
  let rest = input
  for (;;) {
    rest = skipBlanks(rest)
    if (rest === '') break
    const word = rest.startsWith('"') ? quotedString(rest) : atom(rest, false)
    if (!word || (word.text === '' && !rest.startsWith('"'))) {
      if (words.length > 0) break
      const why = rest.startsWith('"') ? 'mail: unclosed quoted-string' : 'mail: invalid string'
      return { error: `mail: missing word in phrase: ${why}` }
    }
    words.push(word.text)
    rest = word.rest
  }
  return { words, rest }
}

/** A dot-atom; `strict` refuses dots at either end and two in a row. */
function atom(text: string, strict: boolean): { text: string; rest: string } | undefined {
  let end = 0
  for (const char of text) {
    if (!VISIBLE.test(char) || SPECIAL.test(char)) break
    end += char.length
  }
  const found = text.slice(0, end)
  if (strict && /^\.|\.\.|\.$/.test(found)) return undefined
  return { text: found, rest: text.slice(end) }
}

function quotedString(text: string): { text: string; rest: string } | undefined {
  const match = /^"((?:[^"\\]|\\.)*)"/u.exec(text)
  return match
    ? { text: match[1]!.replaceAll(/\\(.)/gu, '$1'), rest: text.slice(match[0].length) }
    : undefined
}

function skipBlanks(text: string): string {
  return text.replace(/^[ \t]+/, '')
}
