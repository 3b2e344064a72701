import type { IncomingMessage } from 'node:http'
import { type Logger, printable } from '../log.js'

/** Milliseconds between two warnings. */
const PAUSE = 60_000

/**
 * Explains a 431 of the app: its limit is met by the token that we put on, which nobody sees in the browser.
 *
 * @returns to be told of each 431, and of what was sent
 */
export function createSizeWarning(
  { warn }: Logger,
  now: () => number = () => performance.now(),
): (req: IncomingMessage, sent: readonly string[]) => void {
  let last = Number.NEGATIVE_INFINITY
  return ({ headers: { authorization = '' } }, sent) => {
    if (!authorization.startsWith('Bearer ') || now() - last < PAUSE) return
    last = now()
    const size = sent.reduce((sum, text) => sum + text.length + 2, 0)
    warn(
      `The app answered 431: ${size} bytes of headers are more than it takes, ${authorization.length} of them the JWT ` +
        `with the session of ${printable(personOf(authorization))}. Let it take more ` +
        '(node --max-http-header-size=65536, gunicorn --limit-request-field_size 65520, nginx ' +
        'large_client_header_buffers), or keep less in the identity: docs/command.md.',
    )
  }
}

/** Whose token it is, for a line that a developer reads; never for a decision. */
function personOf(authorization: string): string {
  try {
    const claims = JSON.parse(Buffer.from(authorization.split('.')[1]!, 'base64url').toString()) as {
      readonly sub: string
      readonly session?: { readonly identity?: { readonly traits?: { readonly email?: unknown } } }
    }
    const email = claims.session?.identity?.traits?.email
    return typeof email === 'string' ? email : claims.sub
  } catch {
    return 'somebody'
  }
}
