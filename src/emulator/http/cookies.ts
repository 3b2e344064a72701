import { parseCookie } from 'cookie'

export interface CookieAttributes {
  path?: string | undefined
  domain?: string | undefined
  /** Seconds; 0 removes the cookie. Absent: until the browser is closed. */
  maxAge?: number | undefined
  expires?: Date | undefined
  secure?: boolean | undefined
  sameSite?: 'Strict' | 'Lax' | 'None' | undefined
}

/** The cookies of a request, and those its answer sets. */
export class CookieJar {
  readonly #received: Partial<Record<string, string>>
  readonly #set: { name: string; header: string }[] = []
  /** Whether there was a Cookie header at all. */
  readonly any: boolean

  constructor(header: string | undefined) {
    this.#received = header ? parseCookie(header, { decode: value => value }) : {}
    this.any = Boolean(header)
  }

  get names(): string[] {
    return Object.keys(this.#received)
  }
  get(name: string): string | undefined {
    return this.#received[name]
  }
  /** A second cookie of one name replaces the first. */
  set(name: string, value: string, attributes: CookieAttributes): void {
    const header = serialize(name, value, attributes)
    const before = this.#set.find(other => other.name === name)
    if (before) before.header = header
    else this.#set.push({ name, header })
  }
  /** A second cookie of one name follows the first: browsers keep the last. */
  add(name: string, value: string, attributes: CookieAttributes): void {
    this.#set.push({ name, header: serialize(name, value, attributes) })
  }
  get setCookieHeaders(): string[] {
    return this.#set.map(({ header }) => header)
  }
}

/**
 * Attributes in the order of Go's net/http, which clients of Kratos see and the recordings compare; the
 * `cookie` package, which parses for us, has an order of its own.
 */
function serialize(name: string, value: string, a: CookieAttributes): string {
  const parts = [`${name}=${value}`]
  if (a.path) parts.push(`Path=${a.path}`)
  if (a.domain) parts.push(`Domain=${a.domain}`)
  if (a.expires) parts.push(`Expires=${a.expires.toUTCString()}`)
  if (a.maxAge !== undefined) parts.push(`Max-Age=${a.maxAge}`)
  parts.push('HttpOnly')
  if (a.secure) parts.push('Secure')
  if (a.sameSite) parts.push(`SameSite=${a.sameSite}`)
  return parts.join('; ')
}
