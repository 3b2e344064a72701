/** One request and its answer, as Kratos' handlers see them. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Caller } from '../../common/caller.js'
import type { Core } from '../core.js'
import type { JsonObject } from '../store/model.js'
import { CookieJar } from './cookies.js'
import { Csrf } from './csrf.js'
import type { Problem } from './kratos-errors.js'

export interface Answer {
  status: number
  headers?: Record<string, string>
  body?: string
}

export interface Body {
  readonly bytes: Buffer
  readonly tooLarge: boolean
}

/** Larger bodies are cut off, as in Kratos' public and admin servers. */
const MAX_BODY_BYTES = 5 * 1024 * 1024

/** What came in, and the cookies and headers that go out with whatever answer it gets. */
export class Exchange {
  readonly #base: string
  readonly #req: IncomingMessage
  readonly core: Core
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly search: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly tooLarge: boolean
  readonly cookies: CookieJar
  readonly csrf: Csrf
  readonly remoteAddress: string
  /** Who is at the other end of the connection: a browser, a program, or the dev server in front of us. */
  readonly caller: Caller
  /** Path parameters of the route, like `{id}`. */
  params: Readonly<Record<string, string>> = {}
  /** Headers every answer to this request gets. */
  readonly extraHeaders: Record<string, string> = {}
  /** What the answer depends on, besides the address. */
  readonly vary: string[] = []

  /**
   * @param came what came with it, and from whom
   * @param base where the server is that was asked
   * @param target the path and query that were asked for
   * @param visitor the exchange whose cookies these are, if they are not the request's own
   */
  constructor(
    core: Core,
    base: string,
    req: IncomingMessage,
    came: Body & { caller: Caller },
    target: string = req.url ?? '/',
    visitor?: Exchange,
  ) {
    this.#base = base
    this.#req = req
    const mark = target.indexOf('?')
    this.core = core
    this.method = req.method ?? 'GET'
    this.path = mark < 0 ? target : target.slice(0, mark)
    this.search = mark < 0 ? '' : target.slice(mark)
    this.query = new URLSearchParams(this.search)
    this.headers = req.headers
    this.body = came.bytes
    this.tooLarge = came.tooLarge
    this.cookies = visitor?.cookies ?? new CookieJar(req.headers.cookie)
    this.csrf = visitor?.csrf ?? new Csrf(core, this.cookies)
    this.caller = came.caller
    this.remoteAddress = `${req.socket.remoteAddress ?? ''}:${req.socket.remotePort ?? ''}`
  }

  /** As if the visitor had been sent to that address of ours, and were there by now. */
  sentTo(url: string): Exchange {
    const came = { bytes: this.body, tooLarge: this.tooLarge, caller: this.caller }
    return new Exchange(this.core, this.#base, this.#req, came, url.slice(this.#base.length), this)
  }

  header(name: string): string {
    const value = this.headers[name]
    return Array.isArray(value) ? value.join(', ') : (value ?? '')
  }

  get onAdminPort(): boolean {
    return this.#base !== this.core.base
  }

  /**
   * The address this was asked at. Kratos takes the Host header; we build on our own address, so that a
   * prefix like `/.ory` in `serve.public.base_url` is in it and a made-up Host is not.
   */
  get requestUrl(): string {
    return `${this.#base}${this.path}${this.search}`
  }
}

/** Reads a body, but no more than Kratos would; the rest is drained so that the answer gets through. */
export async function readBody(req: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= MAX_BODY_BYTES) chunks.push(chunk)
  }
  return { bytes: Buffer.concat(chunks), tooLarge: size > MAX_BODY_BYTES }
}

export function json(status: number, value: unknown): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: `${JSON.stringify(value)}\n`,
  }
}

export function problem(error: Problem, status: number = error.code): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...(error.id && { 'ory-error-id': error.id }) },
    body: `${JSON.stringify(error.body())}\n`,
  }
}

export const noContent = (): Answer => ({ status: 204 })
/** Kratos answers some deletions with 204 and still names a content type. */
export const noContentJson = (): Answer => ({
  status: 204,
  headers: { 'content-type': 'application/json; charset=utf-8' },
})

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
}

/** Go's `http.Redirect`: a small page for GET, nothing for other methods. */
export function redirect(x: Exchange, to: string, status: 302 | 303 | 307 = 303): Answer {
  // Go escapes what is not ASCII, in small letters, and leaves spaces; its page has the address as it is.
  const location = to.replace(/[^\x20-\x7e]/gu, c => Buffer.from(c).toString('hex').replace(/../g, '%$&'))
  if (x.method !== 'GET' && x.method !== 'HEAD') return { status, headers: { location } }
  const title = { 302: 'Found', 303: 'See Other', 307: 'Temporary Redirect' }[status]
  const href = to.replace(/[&<>"']/g, c => ESCAPES[c] ?? c)
  return {
    status,
    headers: { location, 'content-type': 'text/html; charset=utf-8' },
    body: `<a href="${href}">${title}</a>.\n\n`,
  }
}

/** Text as Go's `http.Error` and the router write it. */
export const plain = (status: number, text: string): Answer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
  body: `${text}\n`,
})

interface AcceptSpec {
  value: string
  q: number
}

function parseAccept(header: string): AcceptSpec[] {
  return (
    header
      .split(',')
      .map(part => {
        const [value = '', param = ''] = part.split(';').map(piece => piece.trim())
        return { value: value.toLowerCase(), param }
      })
      // What has another parameter than a weight is not understood, like `application/json; charset=utf-8`.
      .filter(({ value, param }) => value !== '' && (param === '' || param.startsWith('q=')))
      .map(({ value, param }) => ({ value, q: param ? Number.parseFloat(param.slice(2)) || 0 : 1 }))
  )
}

/** RFC 9110 section 12.5.1, with Kratos' tie-breaking: the more specific, then the earlier offer. */
function negotiate(x: Exchange, offers: readonly string[]): string {
  const specs = parseAccept(x.header('accept'))
  let best = { offer: 'text/html', q: -1, wild: 3 }
  for (const offer of offers)
    for (const { value, q } of specs) {
      if (q === 0 || q < best.q) continue
      const wild = matchRank(value, offer)
      if (wild !== undefined && (q > best.q || best.wild > wild)) best = { offer, q, wild }
    }
  return best.offer
}

function matchRank(range: string, offer: string): number | undefined {
  if (range === '*/*') return 2
  if (range.endsWith('/*')) return offer.startsWith(range.slice(0, -1)) ? 1 : undefined
  return range === offer ? 0 : undefined
}

const HTML_OR_JSON = ['text/html', 'application/json']

/** HTML unless JSON is asked for: the rule of flows that are initialised and completed by browsers. */
export const acceptsJson = (x: Exchange): boolean => negotiate(x, HTML_OR_JSON) === 'application/json'
/** As {@link acceptsJson}; a JSON body counts as asking for JSON. */
export const isJson = (x: Exchange): boolean =>
  acceptsJson(x) || x.header('content-type') === 'application/json'
export const isBrowser = (x: Exchange): boolean => negotiate(x, HTML_OR_JSON) === 'text/html'

/** The flow for a script, its page for a browser. */
export function flowOrRedirect(x: Exchange, flow: () => JsonObject, page: string): Answer {
  return acceptsJson(x) ? json(200, flow()) : redirect(x, page)
}
