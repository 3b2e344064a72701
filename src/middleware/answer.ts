import type { IncomingMessage, ServerResponse } from 'node:http'
import { OryProxyError } from '../errors.js'
import { breakOff } from '../outbound/client-side.js'

/**
 * On every answer of ours: an https run on localhost must not leave a memory in the browser that breaks the
 * next plain-http one (RFC 6797: max-age=0 forgets the host).
 */
export const OUR_HEADERS: Readonly<Record<string, string>> = { 'Strict-Transport-Security': 'max-age=0' }

const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none';"

/** Answers with a body of ours, or only its headers to HEAD. */
export function answer(
  req: IncomingMessage,
  res: ServerResponse,
  status: number,
  headers: Record<string, string>,
  body: string,
): void {
  res.writeHead(status, {
    ...OUR_HEADERS,
    'X-Content-Type-Options': 'nosniff',
    'Content-Length': String(Buffer.byteLength(body)),
    ...headers,
  })
  res.end(req.method === 'HEAD' ? undefined : body)
}

/** What an answer says besides the error. */
export interface ErrorAnswer {
  /** Seconds after which it is worth asking again; a page does so by itself. */
  readonly refresh?: number
  /** Who reads it, where that is known better than `Accept` tells. */
  readonly as?: 'page' | 'frame' | 'program'
  /** Where to sign in. */
  readonly signIn?: string
}

/** Answers with an error: a page to people, JSON to programs. A half-sent answer can only be broken off. */
export function answerError(
  req: IncomingMessage,
  res: ServerResponse,
  error: unknown,
  { refresh, as = wantsPage(req) ? 'page' : 'program', signIn }: ErrorAnswer = {},
): void {
  if (res.destroyed) return
  if (res.headersSent) return breakOff(res)
  const { status, code, message, hint } = explained(error)
  const headers: Record<string, string> = { 'Cache-Control': 'no-store' }
  if (refresh !== undefined) headers['Retry-After'] = String(refresh)
  if (as !== 'program') {
    headers['Content-Type'] = 'text/html; charset=utf-8'
    headers['Content-Security-Policy'] =
      `${PAGE_POLICY} frame-ancestors ${as === 'frame' ? "'self'" : "'none'"}`
    const again = refresh === undefined ? '' : `<meta http-equiv="refresh" content="${refresh}">`
    return answer(req, res, status, headers, page({ status, code, message, hint }, again, signIn))
  }
  headers['Content-Type'] = 'application/json'
  const login = signIn === undefined ? {} : { login_url: signIn }
  answer(
    req,
    res,
    status,
    headers,
    JSON.stringify({ error: { id: code, code: status, message, hint, ...login } }),
  )
}

type Explained = { status: number; code: string; message: string; hint: string }

/** What we throw on purpose explains itself; what we did not foresee is not for the client to read. */
function explained(error: unknown): Explained {
  if (error instanceof OryProxyError) return error
  const message = 'Something went wrong in ory-proxy; its log says what.'
  return { status: 500, code: 'ORY_PROXY_INTERNAL', message, hint: '' }
}

/** Whether a person waits for the answer: a navigation asks for HTML, fetch and curl do not. */
function wantsPage(req: IncomingMessage): boolean {
  return /\btext\/html\b/.test(req.headers.accept ?? '')
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Text as HTML text or attribute value. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, char => ENTITIES[char]!)
}

/** Text with `names` between backticks. */
const prose = (text: string): string => escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>')

/** A small page of ours: what happened, and what to do about it. */
function page({ status, code, message, hint }: Explained, head: string, signIn?: string): string {
  // Out of any frame: a sign-in page does not let itself be framed.
  const link = signIn === undefined ? '' : `<p><a href="${escapeHtml(signIn)}" target="_top">Sign in</a></p>`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">${head}
<title>${escapeHtml(message)}</title>
<style>
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:light-dark(#f5f5f7,#111318);color:light-dark(#1b1b1f,#e6e6ea)}
main{max-width:34rem;margin:1rem;padding:2rem 2.25rem;border-radius:14px;background:light-dark(#fff,#1b1e25);box-shadow:0 1px 2px #0002,0 12px 40px #0001}
h1{font-size:1.25rem;line-height:1.35;margin:0 0 .75rem;overflow-wrap:anywhere}p{margin:.5rem 0}
small{color:light-dark(#6b6b76,#9a9aa6)}
a{color:light-dark(#3f4be0,#99a2ff);font-weight:550}
</style></head>
<body><main><h1>${escapeHtml(message)}</h1><p>${prose(hint)}</p>${link}<p><small>ory-proxy · ${status} · ${escapeHtml(code)}</small></p></main></body></html>
`
}
