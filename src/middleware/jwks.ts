import { answer } from './answer.js'
import { belowMount } from './mount.js'
import type { HttpExchange, Stage } from './pipeline.js'

/** Where backends look for the public keys: today's address and the older one. */
const PATHS: ReadonlySet<string> = new Set(['/jwks.json', '/proxy/jwks.json'])

/**
 * Stage 2: the public keys as a JWK set (RFC 7517, section 5). Answered here, so that backends can verify
 * while Ory is down.
 *
 * @param jwks the set as JSON text
 */
export function jwksStage(jwks: () => Promise<string>): Stage {
  return function oryJwks(x) {
    const path = belowMount(x.req.url!)
    return path !== null && PATHS.has(path.split('?', 1)[0]!) ? serve(x) : 'next'
  }

  async function serve({ req, res }: HttpExchange): Promise<'done'> {
    if (req.method !== 'GET' && req.method !== 'HEAD') answer(req, res, 405, { Allow: 'GET, HEAD' }, '')
    else answer(req, res, 200, { 'Content-Type': 'application/json' }, await jwks())
    return 'done'
  }
}
