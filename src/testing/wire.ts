import { fieldOf } from '../outbound/answer-head.js'
import { askFor } from '../outbound/ask.js'
import { createOutbound, type Outbound } from '../outbound/pool.js'
import { testingError } from './failure.js'

/** An answer, its body parsed where it is JSON. */
export interface Reply {
  readonly status: number
  /** Without its parameters; undefined where there is none. */
  readonly type: string | undefined
  readonly body: unknown
  readonly text: string
}

/** Sends one request. */
export type Send = (method: string, url: string, body?: object) => Promise<Reply>

/** By origin. They end with the process of a test, whether it closes them or not. */
const ways = new Map<string, Outbound>()

function wayTo(base: URL): Outbound {
  const way = ways.get(base.origin) ?? createOutbound(new URL(base.origin))
  ways.set(base.origin, way)
  return way
}

/** Not fetch: a dev server's certificate is not one that Node trusts, and a test should not wait for its loading. */
export function sender(namespace: string | undefined): Send {
  return async (method, url, body) => {
    const to = new URL(url)
    const headers = ['Host', to.host, 'Accept', 'application/json']
    if (body !== undefined) headers.push('Content-Type', 'application/json')
    if (namespace !== undefined) headers.push('Ory-Dev-Namespace', namespace)
    const answer = await askFor(wayTo(to), {
      method: method as 'GET',
      path: to.pathname + to.search,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const { status, text } = answer
    return { status, text, type: fieldOf(answer, 'content-type')?.split(';')[0], body: parsed(text) }
  }
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
