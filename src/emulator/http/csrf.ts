/**
 * Double submit with a masked token, as nosurf does it for Kratos: the cookie holds the token, forms hold
 * `key || token XOR key` with a key of their own (so compression leaks nothing, see BREACH).
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Core } from '../core.js'
import type { CookieJar } from './cookies.js'
import { Problem } from './kratos-errors.js'

const LENGTH = 32
/** How many characters of the base64 alphabet are letters; they come first. */
const LETTERS = 52
const ONE_YEAR = 31_536_000

export class Csrf {
  readonly #core: Core
  readonly #cookies: CookieJar
  /** What forms of this answer carry; empty while the browser has no cookie. */
  #masked = ''
  #sent = false

  constructor(core: Core, cookies: CookieJar) {
    this.#core = core
    this.#cookies = cookies
    const token = decode(cookies.get(this.cookieName))
    if (token.length === LENGTH) this.#masked = mask(token)
  }

  get cookieName(): string {
    const { project, base } = this.#core
    const of = project ?? `${base}/` // a port of our own that changes would leave one more cookie at every start
    return `csrf_token_${createHash('sha256').update(of).digest('hex')}`
  }
  get hasCookie(): boolean {
    return this.#cookies.get(this.cookieName) !== undefined
  }
  get token(): string {
    return this.#masked
  }
  /** Sets the cookie when the browser has none. Paths that need no form, like whoami, leave it. */
  ensure(): void {
    if (this.#masked === '') this.regenerate()
  }
  /** A new token, at most once per answer. */
  regenerate(): string {
    if (this.#sent) return this.#masked
    const token = randomBytes(LENGTH)
    this.#masked = mask(token)
    this.#sent = true
    const { path, domain, same_site } = this.#core.config.cookies
    const secure = this.#core.secure
    this.#cookies.set(this.cookieName, token.toString('base64'), {
      path,
      domain,
      maxAge: ONE_YEAR,
      secure,
      sameSite: secure ? same_site : 'Lax',
    })
    return this.#masked
  }
  verify(sent: unknown): boolean {
    if (typeof sent !== 'string') return false
    const own = unmask(decode(this.#masked))
    const theirs = unmask(decode(sent))
    return own.length === LENGTH && theirs.length === LENGTH && timingSafeEqual(own, theirs)
  }
}

function decode(value: string | undefined): Buffer {
  return value && /^[A-Za-z0-9+/]+={0,2}$/.test(value) ? Buffer.from(value, 'base64') : Buffer.alloc(0)
}

function mask(token: Buffer): string {
  const key = randomBytes(LENGTH)
  // So that it begins with a letter in base64: Kratos sorts some nodes by their value, and a form whose
  // token sometimes begins with a digit sometimes has another order.
  key[0] = (key[0] ?? 0) % (LETTERS << 2)
  return Buffer.concat([key, token.map((byte, i) => byte ^ (key[i] ?? 0))]).toString('base64')
}

function unmask(data: Buffer): Buffer {
  if (data.length !== 2 * LENGTH) return data
  return Buffer.from(data.subarray(LENGTH).map((byte, i) => byte ^ (data[i] ?? 0)))
}

const WHY = {
  noCookies: 'The HTTP Cookie Header is empty or not set.',
  noCsrfCookie: 'The HTTP Cookie Header was set but did not include the anti-CSRF cookie.',
  noToken:
    'The anti-CSRF cookie was found but the CSRF token was not included in the HTTP request body (csrf_token) nor in the HTTP Header (X-CSRF-Token).',
  mismatch:
    'The HTTP Cookie Header was set and a CSRF token was sent but they do not match. We recommend deleting all cookies for this domain and retrying the flow.',
}

interface CsrfRequest {
  cookies: CookieJar
  csrf: Csrf
  header(name: string): string
}

/** Why a request was refused, in the words that developers search for. */
export function csrfProblem(x: CsrfRequest, formHasToken: boolean): Problem {
  const ajax = ['cors', 'same-origin'].includes(x.header('sec-fetch-mode'))
  const isJsonBody = x.header('content-type').startsWith('application/json')
  const why = !x.cookies.any
    ? WHY.noCookies
    : !x.csrf.hasCookie
      ? WHY.noCsrfCookie
      : !isJsonBody && !formHasToken && x.header('x-csrf-token') === ''
        ? WHY.noToken
        : WHY.mismatch
  const hint = ajax
    ? "We detected an AJAX call, please ensure that CORS is enabled and configured correctly, and that your AJAX code sends cookies and has credentials enabled. For further debugging, check your Browser's Network Tab to see what cookies are included or excluded."
    : "We detected a regular browser or server-side call. To debug browser calls check your Browser's Network Tab to see what cookies are included or excluded. If you are calling from a server ensure that the appropriate cookies are being forwarded and that the SDK method is called correctly."
  return new Problem(403, {
    id: 'security_csrf_violation',
    message: 'the request was rejected to protect you from Cross-Site-Request-Forgery',
    reason:
      'Please retry the flow and optionally clear your cookies. The request was rejected to protect you from Cross-Site-Request-Forgery (CSRF) which could cause account takeover, leaking personal information, and other serious security issues.',
    details: {
      docs: 'https://www.ory.sh/kratos/docs/debug/csrf',
      ...(why === WHY.noToken ? { hint: why } : { hint, reject_reason: why }),
    },
  })
}
