import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { HOP_BY_HOP } from '../common/hop-by-hop.js'

/** What a request to the app says about its way here. */
export interface RequestHeaderRules {
  /** The Host the app hears; the browser's own where there is none. */
  readonly host: string | undefined
  /** Keeps what a proxy in front of us said about the client. */
  readonly trustForwarded: boolean
}

/** Added for each hop; what a client claims about them is not passed on. */
const FORWARDED: readonly string[] = [
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'forwarded',
]

/** Node has answered `Expect`; the others are put together anew. */
const SET_ANEW: ReadonlySet<string> = new Set(['cookie', 'expect', 'host'])

const DROPPED: ReadonlySet<string> = new Set([...HOP_BY_HOP, ...SET_ANEW])
const DROPPED_WITH_CLAIMS: ReadonlySet<string> = new Set([...DROPPED, ...FORWARDED])

/** A handshake is about its connection, and has no body. */
const STAY: ReadonlySet<string> = new Set(['connection', 'upgrade'])
const OF_REQUESTS = [...HOP_BY_HOP, 'content-length', 'expect'].filter(name => !STAY.has(name))
const OF_REQUESTS_AND_CLAIMS = [...OF_REQUESTS, ...FORWARDED]

/** What a client's handshake does not tell the app. */
export const notOfHandshakes = (trustForwarded: boolean): readonly string[] =>
  trustForwarded ? OF_REQUESTS : OF_REQUESTS_AND_CLAIMS

/**
 * A client's headers for the app, as they were written, but for what concerns one connection. What `Connection` named
 * the guard stage has taken off.
 */
export function requestHeaders(req: IncomingMessage, { host, trustForwarded }: RequestHeaderRules): string[] {
  const { headers, rawHeaders: raw } = req
  const dropped = trustForwarded ? DROPPED : DROPPED_WITH_CLAIMS
  const sent: string[] = ['Host', host ?? headers.host ?? '']
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!
    if (name[0] !== ':' && !dropped.has(name.toLowerCase())) sent.push(name, raw[i + 1]!)
  }
  if (headers.cookie !== undefined) sent.push('Cookie', headers.cookie) // HTTP/2 may split it over fields
  if (takesTrailers(req)) sent.push('TE', 'trailers')
  pushForwarded(sent, req, trustForwarded)
  return sent
}

/** `TE` is for one hop, and this is ours: trailers are passed on. */
const takesTrailers = ({ headers }: IncomingMessage): boolean =>
  headers.te !== undefined && /(^|,)\s*trailers\s*(,|$)/i.test(String(headers.te))

function pushForwarded(sent: string[], { headers, socket }: IncomingMessage, trusted: boolean): void {
  const encrypted = (socket as TLSSocket).encrypted === true
  const add = (name: string, value: string): void => {
    if (!trusted || headers[name] === undefined) sent.push(name, value)
  }
  const host = headers.host ?? ''
  add('x-forwarded-for', socket.remoteAddress ?? 'unknown')
  add('x-forwarded-port', /:(\d+)$/.exec(host)?.[1] ?? (encrypted ? '443' : '80'))
  add('x-forwarded-proto', encrypted ? 'https' : 'http')
  add('x-forwarded-host', host)
}
