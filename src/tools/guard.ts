import { isLoopback } from '../common/loopback.js'
import { OryProxyError } from '../errors.js'
import { hostName } from '../middleware/host.js'
import type { Exchange } from '../middleware/pipeline.js'

/** Headers by which a proxy in front of us says that somebody else is behind it. */
const BEHIND = ['forwarded', 'x-real-ip', 'cf-connecting-ip', 'true-client-ip', 'x-forwarded-host', 'via']

/**
 * The tools tell who is signed in and what a token says: they are for the browser on this machine, on a page of its
 * own. Asked before any header is taken away.
 *
 * @throws {OryProxyError} `ORY_PROXY_TOOLS_REFUSED`
 */
export function requireDeveloper({ req, origin: own }: Exchange): void {
  const { headers, socket } = req
  const through = String(headers['x-forwarded-for'] ?? '').split(',')
  const callers = [socket.remoteAddress ?? 'unknown', ...through].map(text => text.trim()).filter(Boolean)
  if (!callers.every(isLoopback) || BEHIND.some(name => name in headers)) {
    throw refused('The tools answer callers on this machine only.')
  }
  const name = hostName(String(headers[':authority'] ?? headers.host ?? ''))
  if (name === null || !isLoopback(name)) {
    throw refused('The tools are reached by a loopback name, like localhost.')
  }
  const { origin, 'sec-fetch-site': site = 'none' } = headers
  if ((site !== 'none' && site !== 'same-origin') || (origin !== undefined && origin !== own)) {
    throw refused('The tools answer pages of their own origin only.')
  }
}

const refused = (why: string): OryProxyError => new OryProxyError('ORY_PROXY_TOOLS_REFUSED', why)
