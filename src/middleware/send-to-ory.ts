import type { ClientRequest, IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream'
import { isLoopback } from '../common/loopback.js'
import { OryProxyError } from '../errors.js'
import { printable } from '../log.js'
import type { OryClient } from '../ory/client.js'
import { acceptable } from './decode.js'
import { HOP_BY_HOP } from './headers.js'
import type { Mount } from './mount.js'
import type { HttpExchange } from './pipeline.js'

/** Milliseconds until an Ory that takes a request but does not answer is given up. */
const HEADERS_DEADLINE = 30_000

/** What a request to Ory is made of, besides the client's. */
export interface SendRules {
  readonly client: OryClient
  readonly ory: URL
  readonly mount: Mount
  /** Lets Ory itself write our address into its mails and links. */
  readonly apiKey: string | undefined
}

/**
 * Sends a request on to Ory; its answer, with the body still to be read.
 *
 * @throws {OryProxyError} `ORY_PROXY_UNREACHABLE`
 */
export function sendToOry(
  { req, res, origin }: HttpExchange,
  path: string,
  rules: SendRules,
): Promise<IncomingMessage> {
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
function requestHeaders(req: IncomingMessage, origin: string, rules: SendRules): string[] {
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
