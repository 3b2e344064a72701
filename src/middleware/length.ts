import { OryProxyError } from '../errors.js'
import { mayHaveBody } from '../outbound/body.js'
import type { HttpExchange, Stage } from './pipeline.js'

/** Methods whose body http-proxy, and what came of it, takes for empty where its length is not said. */
const TAKEN_FOR_EMPTY: ReadonlySet<string | undefined> = new Set(['DELETE', 'OPTIONS'])

/**
 * Behind a middleware may stand a proxy of a dev server: Vite's, webpack's, http-proxy-middleware 3. They announce
 * such a body as empty and write it all the same, so that the app takes it for the next request: with whatever
 * `Authorization` a client wrote into it (request smuggling, RFC 9112, section 11.2), over HTTP/1.1 and HTTP/2. So it is refused (RFC 9110,
 * section 15.5.12).
 */
export function lengthStage(): Stage {
  return function oryLength({ req }) {
    if (!TAKEN_FOR_EMPTY.has(req.method) || req.headers['content-length'] !== undefined) return 'next'
    if (!mayHaveBody(req)) return 'next'
    return bringsBytes(req).then(brings => {
      if (!brings) return 'next'
      throw new OryProxyError('ORY_PROXY_LENGTH_REQUIRED', `A ${req.method} whose body has no stated length.`)
    })
  }
}

/** Many a client says only behind the headers that there is nothing more: an end, or an empty piece. */
function bringsBytes(req: HttpExchange['req']): Promise<boolean> {
  return new Promise(resolve => {
    const look = (): void => {
      req.off('readable', look).off('close', look)
      resolve(req.readableLength > 0)
    }
    req.on('readable', look).on('close', look)
  })
}
