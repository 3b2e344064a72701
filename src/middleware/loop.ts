import { randomUUID } from 'node:crypto'
import { OryProxyError } from '../errors.js'
import { setHeader } from './headers.js'
import { belowMount } from './mount.js'
import type { Exchange, Stage } from './pipeline.js'

/** Names those of us that a request has come by. */
export const HOP_HEADER: string = 'Ory-Proxy-Hop'

/** What a front end's own middleware for Ory sends along; a browser never does. */
const SENT_BY_MIDDLEWARE = 'ory-base-url-rewrite'

/** Ory's paths as such a middleware asks for them: it leaves out the path of the address it was given. */
const AT_THE_ROOT = /^\/(?:self-service|sessions\/whoami|ui|\.well-known\/ory)(?:[/?]|$)/

/**
 * Stops what would go round for ever: the app behind us, or what we were told is Ory, sends the request back to us,
 * and each round takes a connection more.
 *
 * Who passes headers on brings back ours; the middleware of `@ory/nextjs` does not, and is known by its own.
 */
export function loopStage(): Stage<Exchange> {
  const id = randomUUID()
  const name = HOP_HEADER.toLowerCase()
  return function oryLoop({ req }) {
    const hops = req.headers[name]
    const seen = hops === undefined ? [] : String(hops).split(/\s*,\s*/)
    if (seen.includes(id)) throw loop()
    const { url = '' } = req
    if (SENT_BY_MIDDLEWARE in req.headers && belowMount(url) === null && AT_THE_ROOT.test(url)) throw loop()
    setHeader(req, HOP_HEADER, hops === undefined ? id : `${hops}, ${id}`)
    return 'next'
  }
}

const loop = (): OryProxyError =>
  new OryProxyError('ORY_PROXY_LOOP', 'This request went round: it came back to ory-proxy from behind it.')
