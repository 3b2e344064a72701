import type { IncomingMessage } from 'node:http'
import { OUR_HEADERS } from './answer.js'
import type { Stage } from './pipeline.js'

/** The names that a server on this machine is opened by, as they stand in an origin. */
const THIS_MACHINE: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Sends a browser that opens the other name of this machine to the one that was announced.
 *
 * Cookies of `localhost` and `127.0.0.1` are not the same: whoever signs in at one and comes back to the other is
 * signed out. Only a page that is opened, and only while nothing is kept under the other name yet.
 *
 * @param home the announced origin; undefined while it is not known
 */
export function otherNameStage(home: () => string | undefined): Stage {
  return function oryOtherName({ req, res, origin }) {
    const announced = home()
    if (announced === undefined || announced === origin || !opensPage(req)) return 'next'
    if (!isOtherName(origin, announced)) return 'next'
    res.writeHead(307, { ...OUR_HEADERS, Location: announced + req.url, 'Cache-Control': 'no-store' }).end()
    return 'done'
  }
}

const opensPage = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' &&
  headers['sec-fetch-mode'] === 'navigate' &&
  headers['sec-fetch-dest'] === 'document' &&
  headers.cookie === undefined

function isOtherName(here: string, announced: string): boolean {
  if (!URL.canParse(here) || !URL.canParse(announced)) return false
  const [one, other] = [new URL(here), new URL(announced)]
  const sameDoor = one.protocol === other.protocol && one.port === other.port
  return sameDoor && THIS_MACHINE.has(one.hostname) && THIS_MACHINE.has(other.hostname)
}
