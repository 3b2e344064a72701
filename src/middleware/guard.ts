import { connectionTokens } from '../common/hop-by-hop.js'
import { http2Stream } from '../outbound/client-side.js'
import { setHeader } from './headers.js'
import type { Exchange, Stage } from './pipeline.js'

/** What only we may say to Ory; an edge that gets it from a client would rewrite its answers for a stranger. */
const OURS: ReadonlySet<string> = new Set([
  'ory-no-custom-domain-redirect',
  'ory-base-url-rewrite',
  'ory-base-url-rewrite-token',
])

/** Tokens that speak about the connection itself and may stay. */
const OF_THE_CONNECTION: ReadonlySet<string> = new Set(['close', 'keep-alive', 'upgrade'])

/** Headers a message cannot do without; naming them in `Connection` takes nothing away. */
const FRAMING: ReadonlySet<string> = new Set(['host', 'content-length', 'transfer-encoding', 'upgrade'])

/**
 * Stage 1: drops what only we may say, and what the client called hop-by-hop.
 *
 * Names are compared with `_` as `-`: servers behind us that fold headers into CGI variables cannot tell
 * the two apart. A `Connection` header that names other headers loses those names here, or the next proxy
 * would take our `Authorization` off the request (CVE-2021-32813 and its kin).
 */
export function guardStage(): Stage<Exchange> {
  return function oryGuard({ req }) {
    for (const name in req.headers) {
      if (name.startsWith('ory') && OURS.has(name.replaceAll('_', '-'))) setHeader(req, name, undefined)
    }
    announceBody(req)
    const { connection } = req.headers
    if (connection === undefined) return 'next'
    const named = connectionTokens(connection).filter(token => token !== '' && !OF_THE_CONNECTION.has(token))
    if (named.length === 0) return 'next'
    const kept = connectionTokens(connection).filter(token => OF_THE_CONNECTION.has(token))
    for (const name of named) if (!FRAMING.has(name)) setHeader(req, name, undefined)
    setHeader(req, 'Connection', kept.join(', ') || undefined)
    return 'next'
  }
}

/**
 * Over HTTP/2 a body comes without a header that says so (RFC 9113, section 8.1). A proxy behind us that speaks
 * HTTP/1.1, as dev servers have them, would write it unframed, and its app take it for the next request.
 */
function announceBody(req: Exchange['req']): void {
  const stream = http2Stream(req)
  if (!stream || stream.endAfterHeaders || req.headers['content-length'] !== undefined) return
  req.headers['transfer-encoding'] = 'chunked'
}
