import type { IncomingMessage } from 'node:http'

/** What waits for an answer: a person at a page, a frame in one, a program. */
export type Waiting = 'page' | 'frame' | 'program'

const FRAMES: ReadonlySet<string> = new Set(['iframe', 'frame', 'embed', 'object', 'fencedframe'])

/**
 * Only a page that a person goes to may be sent elsewhere: a redirected fetch ends in another origin's sign-in page
 * (envoy#30102, react-router#13357), a redirected POST loses what was sent (nextjs-auth0#1761), and a prefetch would
 * start flows that nobody asked for.
 *
 * @see https://www.w3.org/TR/fetch-metadata/
 */
export function waitingFor({ method, headers }: IncomingMessage): Waiting {
  const { 'sec-fetch-mode': mode, 'sec-fetch-dest': destination } = headers
  if (FRAMES.has(String(destination))) return 'frame'
  if ((method !== 'GET' && method !== 'HEAD') || isPrefetch(headers)) return 'program'
  if (mode === undefined && destination === undefined) return asksForHtml(headers) ? 'page' : 'program'
  return mode === 'navigate' && destination === 'document' ? 'page' : 'program'
}

/** By the standard name, and by those of older browsers. */
function isPrefetch(headers: IncomingMessage['headers']): boolean {
  const purposes = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz']
  return purposes.some(name => /\bprefetch\b|\bpreview\b/.test(String(headers[name] ?? '')))
}

const asksForHtml = ({ accept = '', 'x-requested-with': script }: IncomingMessage['headers']): boolean =>
  /\btext\/html\b/.test(accept) && script === undefined

/** A browser asks whether it may ask; it never sends credentials with that (Fetch, section 3.2.2). */
export function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === 'OPTIONS' && 'access-control-request-method' in headers && 'origin' in headers
}
