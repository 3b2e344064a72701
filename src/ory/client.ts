import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import https from 'node:https'
import { lookupLoopback } from '../common/loopback.js'
import { type Credentials, readWhoami, type WhoamiAnswer } from './whoami.js'

/** Connections to Ory at once, and those kept open for the next request. */
const MAX_SOCKETS = 128
const MAX_FREE_SOCKETS = 16

/** Whoami answers above this size are no session. */
const WHOAMI_LIMIT = 1024 * 1024

/** The only way to Ory: everything that connects to it goes through here. */
export interface OryClient {
  /** `GET /sessions/whoami`, a fresh request with one deadline. Never rejects. */
  whoami(credentials: Credentials, deadline?: number): Promise<WhoamiAnswer>
  /** Opens a request to a path of Ory; the caller writes the body and handles the events. */
  request(method: string, path: string, headers: string[]): ClientRequest
  /** Calls of whoami so far, and connections opened. */
  readonly counters: { whoami: number; connections: number }
  close(): void
}

/** Milliseconds until whoami is given up. */
const WHOAMI_DEADLINE = 2000

/** Milliseconds a timer comes late before that says something about this process. */
const BUSY = 100

/** @param base Ory's address; a path in it is kept in front of every path */
export function createOryClient(base: URL): OryClient {
  const transport = base.protocol === 'https:' ? https : http
  const agent = new transport.Agent({
    keepAlive: true,
    maxSockets: MAX_SOCKETS,
    maxFreeSockets: MAX_FREE_SOCKETS,
    lookup: lookupLoopback,
  })
  const prefix = base.pathname.replace(/\/+$/, '')
  const counters = { whoami: 0, connections: 0 }
  const options = (method: string, path: string): RequestOptions => ({
    agent,
    method,
    protocol: base.protocol,
    hostname: base.hostname.replace(/^\[|\]$/g, ''), // node takes IPv6 addresses without brackets
    port: base.port,
    path: prefix + path,
  })
  const opened = (request: ClientRequest): ClientRequest =>
    request.once('socket', socket => {
      if (socket.connecting) counters.connections++
    })
  return {
    counters,
    request: (method, path, headers) => {
      // Raw pairs go out as they are; node's types know only the object form.
      const raw = headers as unknown as NonNullable<RequestOptions['headers']>
      return opened(transport.request({ ...options(method, path), headers: raw, setHost: false }))
    },
    whoami(credentials, deadline = WHOAMI_DEADLINE) {
      counters.whoami++
      const headers = whoamiHeaders(credentials)
      return askOnce(
        () => opened(transport.request({ ...options('GET', '/sessions/whoami'), headers })),
        deadline,
      )
    },
    close: () => agent.destroy(),
  }
}

/** One question with one deadline; asked again only where the pool handed out a connection just closed. */
function askOnce(open: () => ClientRequest, deadline: number): Promise<WhoamiAnswer> {
  return new Promise(resolve => {
    let request: ClientRequest
    let settled = false
    const settle = (answer: WhoamiAnswer): void => {
      settled = true
      clearTimeout(timer)
      resolve(answer)
    }
    const fail = (cause: string, trips: boolean): void => {
      if (settled) return
      settle({ kind: 'unreachable', cause, trips })
      request.destroy()
    }
    let timer = setTimeout(expire, deadline, performance.now() + deadline)
    function expire(due: number): void {
      // Late itself: this process was busy (a bundler at work, say), and the answer may lie there unread.
      if (performance.now() - due > BUSY) timer = setTimeout(expire, deadline, Number.POSITIVE_INFINITY)
      else fail(`no answer within ${deadline / 1000} s`, true)
    }
    const ask = (mayRetry: boolean): void => {
      request = open()
      request.on('error', (error: NodeJS.ErrnoException) => {
        if (!settled && mayRetry && request.reusedSocket) ask(false)
        else fail(error.code ?? error.message, true)
      })
      request.on('upgrade', () => fail('a protocol switch that was not asked for', true))
      request.on('response', response => {
        readBody(response).then(
          text => settled || settle(readWhoami(response, text)),
          (error: Error) => fail(error.message, false),
        )
      })
      request.end()
    }
    ask(true)
  })
}

/** These and nothing else: what a request says about caching, ranges or forwarding is not for Ory. */
function whoamiHeaders(credentials: Credentials): Record<string, string> {
  const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Encoding': 'identity' }
  const { cookie, authorization, sessionToken, requestId } = credentials
  if (cookie !== undefined) headers['Cookie'] = cookie
  if (authorization !== undefined) headers['Authorization'] = authorization
  if (sessionToken !== undefined) headers['X-Session-Token'] = sessionToken
  if (requestId !== undefined) headers['X-Request-Id'] = requestId
  return headers
}

async function readBody(response: IncomingMessage): Promise<string> {
  if (response.headers['content-encoding'] !== undefined) {
    response.destroy()
    throw new Error('a compressed answer that was not asked for')
  }
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > WHOAMI_LIMIT) throw new Error(`an answer of more than ${WHOAMI_LIMIT} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
