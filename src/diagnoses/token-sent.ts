import type { IncomingMessage } from 'node:http'

/** Bytes of a body that are looked through; forms of Ory's are small. */
const LOOKED_THROUGH = 64 * 1024

const TOKEN = /"csrf_token"\s*:\s*"[^"]/

/** Bodies that are JSON: of these Kratos itself does not tell a token that is wrong from one that is not there. */
const sent = new WeakMap<IncomingMessage, { has: boolean }>()

/** Listens whether a form in JSON brings its CSRF token; nothing else of it is kept. */
export function listenForToken(req: IncomingMessage): void {
  if (req.method !== 'POST' || !/\bjson\b/.test(req.headers['content-type'] ?? '')) return
  const found = { has: false }
  sent.set(req, found)
  let text = ''
  const look = (chunk: Buffer): void => {
    text += chunk.toString('latin1')
    found.has = TOKEN.test(text)
    if (found.has || text.length > LOOKED_THROUGH) req.off('data', look)
  }
  req.on('data', look)
}

/** Undefined where nobody listened. */
export const sentToken = (req: IncomingMessage): boolean | undefined => sent.get(req)?.has
