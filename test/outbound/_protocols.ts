import { request as requestHttp } from 'node:http'
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2'
import { request as requestHttps } from 'node:https'
import type { Writable } from 'node:stream'

export const PROTOCOLS = ['HTTP/1.1', 'HTTP/2'] as const
export type Protocol = (typeof PROTOCOLS)[number]

/** An answer, as far as it came. */
export interface Heard {
  status: number
  /** Over HTTP/2 there is none (RFC 9113, section 8.3.2). */
  reason: string
  headers: Record<string, string | string[] | undefined>
  trailers: Record<string, string | string[] | undefined>
  interim: number[]
  body: string
  /** Whether it came to a regular end. */
  whole: boolean
}

/** A request under way. */
export interface Asked {
  readonly upload: Writable
  readonly heard: Heard
  /** Resolves when nothing more comes. */
  readonly over: Promise<Heard>
  /** Goes away: resets the stream, or closes the connection where that is all one can do. */
  leave(): void
}

export interface AskOptions {
  readonly method?: string
  readonly headers?: Record<string, string>
  /** Sent whole; without it, the upload is the caller's to write and end. */
  readonly body?: string | Buffer | null
}

/** Whole as they are, unless a body is given. */
const BODILESS: ReadonlySet<string> = new Set(['GET', 'HEAD'])

/** Asks over one protocol or the other, on a connection of its own. */
export function ask(protocol: Protocol, origin: string, path: string, options: AskOptions = {}): Asked {
  const heard: Heard = {
    status: 0,
    reason: '',
    headers: {},
    trailers: {},
    interim: [],
    body: '',
    whole: false,
  }
  return protocol === 'HTTP/2' ? over2(origin, path, options, heard) : over1(origin, path, options, heard)
}

function over1(origin: string, path: string, options: AskOptions, heard: Heard): Asked {
  const { method = 'GET', body = null } = options
  // Node's client leaves the bodies of some methods without a frame.
  const framed = body !== null && !('content-length' in (options.headers ?? {}))
  const headers = { ...options.headers, ...(framed && { 'transfer-encoding': 'chunked' }) }
  const request = origin.startsWith('https:') ? requestHttps : requestHttp
  const upload = request(origin + path, {
    method,
    headers,
    agent: false,
    rejectUnauthorized: false,
    maxHeaderSize: 128 * 1024,
  })
  const over = new Promise<Heard>(resolve => {
    upload.on('error', () => {}).on('close', () => resolve(heard))
    upload.on('information', ({ statusCode }) => heard.interim.push(statusCode))
    upload.on('response', answer => {
      const { statusCode: status, statusMessage: reason, headers } = answer
      Object.assign(heard, { status, reason, headers })
      answer.setEncoding('utf8').on('data', chunk => {
        heard.body += chunk
      })
      answer.on('error', () => {})
      answer.on('end', () => Object.assign(heard, { whole: answer.complete, trailers: answer.trailers }))
    })
  })
  send(upload, options, body)
  return { upload, heard, over, leave: () => void upload.destroy() }
}

function over2(origin: string, path: string, options: AskOptions, heard: Heard): Asked {
  const { method = 'GET', headers = {}, body = null } = options
  const session: ClientHttp2Session = connect(origin, {
    rejectUnauthorized: false,
    maxSendHeaderBlockLength: 128 * 1024,
    settings: { maxHeaderListSize: 256 * 1024 },
  })
  session.on('error', () => {})
  const endStream = BODILESS.has(method) && body === null && !('content-length' in headers)
  const upload: ClientHttp2Stream = session.request(
    { ':method': method, ':path': path, ...headers },
    { endStream },
  )
  const over = new Promise<Heard>(resolve => {
    upload
      .on('error', () => {})
      .on('close', () => {
        session.destroy()
        resolve(heard)
      })
    upload.on('headers', ({ ':status': status }) => heard.interim.push(Number(status)))
    upload.on('response', ({ ':status': status, ...rest }) =>
      Object.assign(heard, { status: Number(status), headers: rest }),
    )
    upload.on('trailers', trailers => Object.assign(heard, { trailers }))
    upload.setEncoding('utf8').on('data', chunk => {
      heard.body += chunk
    })
    upload.on('end', () => {
      heard.whole = upload.rstCode === 0
    })
  })
  if (!endStream) send(upload, options, body)
  return { upload, heard, over, leave: () => upload.close(8) }
}

function send(
  upload: Writable,
  { method = 'GET', headers = {} }: AskOptions,
  body: string | Buffer | null,
): void {
  upload.on('error', () => {})
  if (body !== null) upload.end(body)
  else if (BODILESS.has(method) && !('content-length' in headers)) upload.end()
}
