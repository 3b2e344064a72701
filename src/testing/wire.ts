import http from 'node:http'
import https from 'node:https'
import { isLoopback, lookupLoopback } from '../common/loopback.js'
import { testingError } from './failure.js'

/** An answer, its body parsed where it is JSON. */
export interface Reply {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: unknown
  readonly text: string
}

/** Sends one request. */
export type Send = (method: string, url: string, body?: object) => Promise<Reply>

/** Connections of a test end with its process, whether it closes them or not. */
const AGENT = { keepAlive: true, lookup: lookupLoopback }
const plain = new http.Agent(AGENT)
/** The certificate of a dev server on this machine is often nobody's; nothing is kept secret from this machine. */
const local = new https.Agent({ ...AGENT, rejectUnauthorized: false })
const secure = new https.Agent(AGENT)

/** Not fetch: a dev server's certificate is not one that Node trusts, and a test should not wait for its loading. */
export function sender(namespace: string | undefined): Send {
  return (method, url, body) => {
    const { protocol, hostname } = new URL(url)
    const transport = protocol === 'https:' ? https : http
    const agent = protocol !== 'https:' ? plain : isLoopback(hostname) ? local : secure
    const text = body === undefined ? undefined : JSON.stringify(body)
    const headers = {
      Accept: 'application/json',
      ...(text !== undefined && {
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(text),
      }),
      ...(namespace !== undefined && { 'Ory-Dev-Namespace': namespace }),
    }
    return new Promise((resolve, reject) => {
      const start = (mayRetry: boolean): void => {
        const request = transport.request(url, { method, headers, agent }, response => {
          read(response).then(resolve, reject)
        })
        request.on('error', (error: NodeJS.ErrnoException) => {
          // The server closed a connection that lay idle, just as we took it.
          if (mayRetry && request.reusedSocket && error.code === 'ECONNRESET') start(false)
          else reject(error)
        })
        request.end(text)
      }
      start(true)
    })
  }
}

async function read(response: http.IncomingMessage): Promise<Reply> {
  const chunks: Buffer[] = []
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString('utf8')
  const { statusCode: status = 0, headers } = response
  return { status, headers, text, body: parsed(text) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The answer of a tool that should have worked; its reason is the message if it did not. */
export function expectOk(reply: Reply, what: string): unknown {
  if (reply.status < 300) return reply.body
  const { error } = Object(reply.body) as { error?: { reason?: string; message?: string } }
  throw testingError(`${what}: ${error?.reason ?? error?.message ?? `status ${reply.status}`}`)
}
