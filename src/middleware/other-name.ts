import type { IncomingMessage } from 'node:http'
import type { Stage } from './pipeline.js'

/** The names that a server on this machine is opened by, as they stand in an origin. */
const THIS_MACHINE: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Says once why nobody is signed in at the other name of this machine: cookies of `localhost` and `127.0.0.1` are not
 * the same, so whoever signs in at one and opens the other is a stranger there.
 *
 * Nobody is sent to the announced name: a test that works at the other one would leave it without having been asked.
 *
 * @param home the announced origin; undefined while it is not known
 */
export function otherNameStage(home: () => string | undefined, warn: (message: string) => void): Stage {
  let told = false
  return function oryOtherName({ req, origin }) {
    if (told || !opensPage(req)) return 'next'
    const announced = home()
    if (announced === undefined || !isOtherName(origin, announced)) return 'next'
    told = true
    warn(
      `A page was opened at ${origin}; who signed in at ${announced} is not signed in there, as browsers keep the cookies of the two names apart. Stay with one of them.`,
    )
    return 'next'
  }
}

const opensPage = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' &&
  headers['sec-fetch-mode'] === 'navigate' &&
  headers['sec-fetch-dest'] === 'document' &&
  !SESSION.test(headers.cookie ?? '')

/** As Kratos, Ory Network and our emulator name it: with it, somebody is signed in at this name. */
const SESSION = /(?:^|;)\s*ory_\w*session\w*=/

function isOtherName(here: string, announced: string): boolean {
  if (here === announced || !URL.canParse(here) || !URL.canParse(announced)) return false
  const [one, other] = [new URL(here), new URL(announced)]
  const sameDoor = one.protocol === other.protocol && one.port === other.port
  return sameDoor && THIS_MACHINE.has(one.hostname) && THIS_MACHINE.has(other.hostname)
}
