import { OVER_HTTP2, rawBytes, rawRequest } from '../_raw.js'
import type { Attack } from './_attack.js'

const head = (...lines: string[]): string => `${lines.join('\r\n')}\r\n\r\n`
const post = (...lines: string[]): string =>
  head('POST /api/x HTTP/1.1', 'Host: localhost', 'Connection: close', ...lines)
const hidden = 'GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n'

const ambiguous: readonly (readonly [string, string])[] = [
  ['both lengths', `${post('Content-Length: 5', 'Transfer-Encoding: chunked')}0\r\n\r\n${hidden}`],
  [
    'both lengths, the other way round',
    `${post('Transfer-Encoding: chunked', 'Content-Length: 5')}0\r\n\r\n${hidden}`,
  ],
]

const refused: Attack[] = ambiguous.map(([what, bytes]) => ({
  threat: 'a message whose end two servers see in different places (request smuggling)',
  precedent: 'Node CVE-2022-32213, -32214, -32215, -35256, CVE-2024-27982, CVE-2025-23167',
  promise: `${what}: nothing of it is passed on`,
  harm: async ({ url, app }) => {
    const before = app.seen.length
    await rawBytes(url, bytes).catch(() => {})
    return app.seen.length > before
  },
}))

const chunked = `${Buffer.byteLength(hidden).toString(16)}\r\n${hidden}\r\n0\r\n\r\n`

const reframed: Attack[] = ['DELETE', 'OPTIONS'].map(method => ({
  threat: 'a body that loses its frame becomes a request (request smuggling)',
  precedent: 'node-http-proxy#1720, #1721; Next.js CVE-2026-29057; http-proxy 1.18.1 and http-proxy-3 1.23.3',
  promise: `${method} with a body of no stated length is one request, or none`,
  harm: async ({ url, app }) => {
    const lines = [
      `${method} /api/x HTTP/1.1`,
      'Host: localhost',
      'Connection: close',
      'Transfer-Encoding: chunked',
    ]
    const before = app.seen.length
    if (OVER_HTTP2.has(url)) await rawRequest(url, '/api/x', { method, body: hidden })
    else await rawBytes(url, head(...lines) + chunked)
    return app.seen.slice(before).some(seen => seen !== `${method} /api/x`)
  },
}))

/** Where a message ends. */
export const FRAMING: readonly Attack[] = [...refused, ...reframed]
