import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'
import { OryProxyError } from '../errors.js'
import { printable } from '../log.js'
import { isLoopback } from '../loopback.js'
import type { OryClient } from '../ory/client.js'
import { OUR_HEADERS } from './answer.js'
import { acceptable, decodeBody } from './decode.js'
import { connectionTokens, HOP_BY_HOP } from './headers.js'
import { belowMount, climbs, type Mount } from './mount.js'
import type { Exchange, HttpExchange, Stage } from './pipeline.js'
import {
  type OryPattern,
  oryPattern,
  type Rewriting,
  rewriteCookie,
  rewriteLocation,
  rewriteText,
} from './rewrite.js'

/** Bodies above this size, as sent or decoded, stream through as they came. */
export const REWRITE_LIMIT: number = 16 * 1024 * 1024

/** Milliseconds until an Ory that takes a request but does not answer is given up. */
const HEADERS_DEADLINE = 30_000

/** What the forwarder needs to know. */
export interface ProxyRules {
  readonly client: OryClient
  readonly ory: URL
  readonly mount: Mount
  readonly apiKey: string | undefined
  readonly defaultRedirectUrl: string | undefined
  readonly cookieDomain: string | undefined
  /** Told what an answer of Ory was changed in. */
  readonly explain?: ((x: Exchange, changes: readonly string[]) => void) | undefined
  /** Something at Ory may change, or has just changed. */
  readonly onChange: () => void
}

/** Stage 4: the rest of `/.ory/*` goes to Ory and comes back speaking of our origin. */
export function proxyStage(rules: ProxyRules): Stage {
  const pattern = oryPattern(rules.ory)
  return function oryProxy(x) {
    const path = belowMount(x.req.url!)
    if (path === null) return 'next'
    if (climbs(path)) throw new OryProxyError('ORY_PROXY_BAD_REQUEST', 'The path leaves /.ory.')
    if (x.req.readableDidRead) {
      throw new Error(
        'The body was read before it reached ory-proxy: put ory-proxy in front of body parsers.',
      )
    }
    return forward(x, path, rules, pattern).then(() => 'done')
  }
}

/** Sends the request on and resolves once its answer is on the way to the client. */
async function forward(x: HttpExchange, path: string, rules: ProxyRules, pattern: OryPattern): Promise<void> {
  const mayChange = path.split('?', 1)[0] !== '/sessions/whoami'
  if (mayChange) rules.onChange()
  const upstream = await send(x, path, rules)
  if (mayChange) rules.onChange() // what was asked while this was under way may be older than its effect
  try {
    await pass(x, path, upstream, rules, pattern)
  } catch (error) {
    upstream.destroy() // unread, it would keep its connection for good
    // Over HTTP/2, what writeHead threw on is set already, and the error page would throw on it again.
    if (!x.res.headersSent) for (const name of Object.keys(upstream.headers)) x.res.removeHeader(name)
    throw error
  }
}

/** Passes an answer of Ory on, as one of our origin. */
async function pass(
  x: HttpExchange,
  path: string,
  upstream: IncomingMessage,
  rules: ProxyRules,
  pattern: OryPattern,
): Promise<void> {
  const { req, res, origin } = x
  const { defaultRedirectUrl, cookieDomain } = rules
  const home = defaultRedirectUrl ?? `${origin}/`
  const rewriting = { ory: rules.ory, origin, mounted: origin + rules.mount, home, cookieDomain }
  const headers = answerHeaders(upstream, requestedUrl(path, rules.ory, pattern), pattern, rewriting)
  const changes = rules.explain && headerChanges(upstream, headers)
  if (isRewritable(req, upstream)) {
    if (await rewriteBody(upstream, res, headers, pattern, rewriting)) changes?.push('body')
  } else {
    res.writeHead(upstream.statusCode!, headers)
    stream(upstream, res)
  }
  if (changes) rules.explain!(x, changes)
}

/** For the debug output: which headers are no longer as Ory sent them. Names only. */
function headerChanges({ headers: theirs }: IncomingMessage, ours: AnswerHeaders): string[] {
  const cookies = theirs['set-cookie'] ?? []
  const changed = cookies.filter((cookie, i) => cookie !== ours['set-cookie']?.[i])
  return [
    ...(theirs.location === ours['location'] ? [] : ['Location']),
    ...changed.map(cookie => `cookie ${printable(cookie.split('=', 1)[0]!, 60)}`),
  ]
}

/** Set part by part: as one text, a path like `//host` would name another server, and `//` no URL at all. */
function requestedUrl(path: string, ory: URL, { prefix }: OryPattern): URL {
  const url = new URL(ory)
  const [pathname = '', ...search] = path.split('?')
  url.pathname = prefix + pathname
  url.search = search.join('?')
  return url
}

/** Streams on; whichever side breaks off takes the other with it, so that a cut answer never looks whole. */
function stream(from: IncomingMessage, to: ServerResponse): void {
  pipeline(from, to, () => {})
}

function send({ req, res, origin }: HttpExchange, path: string, rules: ProxyRules): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const unreachable = (why: string): void => {
      clearTimeout(timer)
      const message = `Ory at ${rules.ory.origin} does not answer (${printable(why)}).`
      reject(new OryProxyError('ORY_PROXY_UNREACHABLE', message))
    }
    const timer = setTimeout(() => {
      unreachable(`nothing within ${HEADERS_DEADLINE / 1000} s`)
      current?.destroy()
    }, HEADERS_DEADLINE)
    let current: ClientRequest | undefined
    const bodiless = !('content-length' in req.headers) && !isChunked(req)
    const replayable = bodiless && (req.method === 'GET' || req.method === 'HEAD') // RFC 9110, section 9.2.2
    const start = (mayRetry: boolean): void => {
      const request = rules.client.request(req.method!, path, requestHeaders(req, origin, rules))
      current = request
      request.on('error', (error: NodeJS.ErrnoException) => {
        if (mayRetry && request.reusedSocket && !res.destroyed) return start(false) // closed while it lay idle
        unreachable(error.code ?? error.message)
      })
      request.on('upgrade', (_response, socket) => {
        socket.destroy()
        unreachable('a protocol switch that was not asked for')
      })
      request.on('response', response => {
        if (response.statusCode! < 200) return void request.destroy(new Error('a status that is none'))
        clearTimeout(timer)
        resolve(response)
      })
      if (bodiless) request.end()
      else pipeline(req, request, () => {})
    }
    start(replayable)
    res.once('close', () => res.writableFinished || current?.destroy()) // the client left: Ory need not go on
  })
}

/** The client's headers, less what is not for Ory, plus what only we say. */
function requestHeaders(req: IncomingMessage, origin: string, rules: ProxyRules): string[] {
  const { rawHeaders: raw, headers } = req
  const pairs: string[] = ['Host', rules.ory.host]
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase()
    if (
      !NOT_FORWARDED.has(name) &&
      !HOP_BY_HOP.has(name) &&
      !name.startsWith('x-forwarded-') &&
      name[0] !== ':'
    ) {
      pairs.push(raw[i]!, name === 'accept-encoding' ? acceptable(raw[i + 1]!) : raw[i + 1]!)
    }
  }
  if (headers.cookie !== undefined) pairs.push('Cookie', headers.cookie) // HTTP/2 may split it over fields
  if (isChunked(req)) pairs.push('Transfer-Encoding', 'chunked') // else node sends a DELETE's body unframed
  pairs.push('X-Forwarded-For', whoAsks(req))
  pairs.push('Ory-No-Custom-Domain-Redirect', 'true', 'Ory-Base-URL-Rewrite', origin + rules.mount)
  if (rules.apiKey !== undefined) pairs.push('Ory-Base-URL-Rewrite-Token', rules.apiKey)
  return pairs
}

/**
 * Ory notes it, and the emulator's tools are for this machine only. A tunnel in front of us (ngrok and its like) is
 * on this machine, whoever uses it is not: who, is not the client's to say, so it is `unknown` (RFC 7239, section 6.2).
 */
function whoAsks({ headers, socket: { remoteAddress = 'unknown' } }: IncomingMessage): string {
  const through = String(headers['x-forwarded-for'] ?? '').split(',')
  const isOurs = through.every(address => address.trim() === '' || isLoopback(address.trim()))
  return isOurs ? remoteAddress : `unknown, ${remoteAddress}`
}

const NOT_FORWARDED: ReadonlySet<string> = new Set(['host', 'cookie', 'expect', 'forwarded'])

function isChunked({ headers, httpVersionMajor, method }: IncomingMessage): boolean {
  if (httpVersionMajor < 2) return headers['transfer-encoding'] !== undefined
  return headers['content-length'] === undefined && method !== 'GET' && method !== 'HEAD'
}

type AnswerHeaders = Record<string, string | string[]>

function answerHeaders(
  upstream: IncomingMessage,
  requested: URL,
  pattern: OryPattern,
  rewriting: Rewriting,
): AnswerHeaders {
  const named = new Set(connectionTokens(upstream.headers.connection))
  const headers: AnswerHeaders = {}
  for (const [name, values] of Object.entries(upstream.headersDistinct)) {
    if (!values || HOP_BY_HOP.has(name) || named.has(name) || NOT_OURS.test(name)) continue
    headers[name] = values.length === 1 ? values[0]! : values
  }
  const { location } = upstream.headers
  if (location !== undefined) headers['location'] = rewriteLocation(location, requested, pattern, rewriting)
  const cookies = upstream.headers['set-cookie']
  if (cookies) headers['set-cookie'] = cookies.map(cookie => rewriteCookie(cookie, rewriting))
  for (const [name, value] of Object.entries(OUR_HEADERS)) headers[name.toLowerCase()] = value
  return headers
}

/** Who may read it is for us to say, and what Ory has at another port (RFC 7838) is not at ours. */
const NOT_OURS = /^(?:access-control-|alt-svc$)/

/** JSON and HTML speak of Ory's address; scripts must not change (webauthn.js has an integrity hash). */
const REWRITTEN_TYPES = /^\s*(?:application\/(?:[\w.-]+\+)?json|text\/html)\s*(?:;|$)/i

function isRewritable(req: IncomingMessage, upstream: IncomingMessage): boolean {
  const { statusCode = 0, headers } = upstream
  if (req.method === 'HEAD' || statusCode === 204 || statusCode === 304) return false
  if (Number(headers['content-length'] ?? 0) > REWRITE_LIMIT) return false
  return REWRITTEN_TYPES.test(headers['content-type'] ?? '')
}

/**
 * Reads the body, rewrites it, and sends it without its coding; what cannot be read passes as it came.
 *
 * @returns whether the text changed
 */
async function rewriteBody(
  upstream: IncomingMessage,
  res: ServerResponse,
  headers: AnswerHeaders,
  pattern: OryPattern,
  rewriting: Rewriting,
): Promise<boolean> {
  const { body, whole } = await readUpTo(upstream, REWRITE_LIMIT).catch(() => {
    throw new OryProxyError('ORY_PROXY_UNREACHABLE', `Ory at ${rewriting.ory.origin} broke off its answer.`)
  })
  const text = whole ? await readText(body, upstream) : undefined
  if (text === undefined) {
    res.writeHead(upstream.statusCode!, headers)
    res.write(body)
    if (whole) res.end()
    else stream(upstream, res)
    return false
  }
  const changed = rewriteText(text, pattern, rewriting)
  const rewritten = Buffer.from(changed)
  delete headers['content-encoding']
  delete headers['etag'] // names other bytes
  headers['content-length'] = String(rewritten.length)
  res.writeHead(upstream.statusCode!, headers)
  res.end(rewritten)
  return changed !== text
}

async function readText(body: Buffer, { headers }: IncomingMessage): Promise<string | undefined> {
  try {
    const decoded = await decodeBody(body, headers['content-encoding'], REWRITE_LIMIT)
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(decoded)
  } catch {
    return undefined // another charset, a broken or unknown coding, a bomb
  }
}

async function readUpTo(stream: IncomingMessage, limit: number): Promise<{ body: Buffer; whole: boolean }> {
  const chunks: Buffer[] = []
  let size = 0
  // Not destroyed on leaving: above the limit the rest is streamed.
  for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size > limit) return { body: Buffer.concat(chunks), whole: false }
  }
  return { body: Buffer.concat(chunks), whole: true }
}
