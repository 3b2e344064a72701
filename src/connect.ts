import type { EventEmitter } from 'node:events'
import { announcement } from './host/announcement.js'
import { startOry } from './host/start.js'
import { MOUNT } from './middleware/mount.js'
import type { Middleware } from './middleware/pipeline.js'
import type { OryOptions } from './options/types.js'

/** The middleware, and what those who own their server need beside it. */
export interface OryMiddleware extends Middleware {
  /**
   * Lets WebSocket handshakes of this server meet the same rules as requests: host and origin are checked,
   * a client's `Authorization` is taken off, and a signed-in person's handshake carries the JWT.
   *
   * @returns takes the gate down again
   */
  gateUpgrades(server: EventEmitter): () => void
  /** The address of the Ory that answers, the embedded emulator's included. */
  readonly oryUrl: string
  /** Ends the embedded emulator and the connections to Ory. */
  close(): Promise<void>
}

/**
 * Ory on your own connect or Express server: `/.ory/*` is Ory, and every other request of a signed-in person
 * reaches the app with `Authorization: Bearer <JWT>` (ES256, public keys at `/.ory/jwks.json`).
 *
 * Put it in front of body parsers and of everything that should know who asks. With no options and no
 * `ORY_SDK_URL` in the environment, the embedded emulator answers, offline.
 *
 * @throws {OryProxyError} `ORY_PROXY_BAD_OPTION`, `ORY_PROXY_BAD_URL`, `ORY_PROXY_KEY_FILE` and what the emulator throws
 * @see https://www.ory.com/docs/getting-started/local-development
 *
 * @example
 * import { createServer } from 'node:http'
 * import connect from 'connect'
 * import { createOryMiddleware } from 'ory-proxy'
 *
 * const ory = await createOryMiddleware()
 * const app = connect().use(ory)
 * ory.gateUpgrades(createServer(app).listen(3000))
 */
export async function createOryMiddleware(options: OryOptions = {}): Promise<OryMiddleware> {
  const ory = await startOry(options)
  for (const line of announcement(ory, MOUNT, 11)) ory.options.logger.info(line.trimEnd())
  const middleware: Middleware = (req, res, next) => ory.middleware(req, res, next)
  return Object.assign(middleware, {
    gateUpgrades: (server: EventEmitter) => ory.gateUpgrades(server),
    oryUrl: ory.target.url.href,
    close: () => ory.close(),
  })
}
