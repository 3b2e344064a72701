import { parsed } from '../people.js'
import type { Question } from '../types.js'
import { holds } from '../wrong.js'

interface Keys {
  readonly keys?: readonly Record<string, unknown>[]
}

const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']
const PATH = '/.ory/jwks.json'

/** The public keys, by which backends verify. */
export const KEYS: readonly Question[] = [
  {
    id: 'keys.there',
    asks: '/.ory/jwks.json is a set of ES256 keys, each with a kid.',
    why: 'Backends find the keys there, as in development.',
    async ask(x) {
      const answer = await x.ask(PATH)
      holds(answer.status === 200, `it gave ${answer.status}`)
      const { keys = [] } = parsed(answer) as Keys
      holds(keys.length > 0, 'there are no keys in it')
      const ok = keys.every(({ kty, crv, kid }) => kty === 'EC' && crv === 'P-256' && typeof kid === 'string')
      holds(ok, 'a key is not of P-256 or has no kid')
    },
  },
  {
    id: 'keys.public',
    asks: 'No key there has a private member.',
    why: 'Whoever reads one signs as anybody.',
    async ask(x) {
      const { keys = [] } = parsed(await x.ask(PATH)) as Keys
      holds(keys.length > 0, 'there are no keys')
      const told = keys.flatMap(key => Object.keys(key).filter(name => PRIVATE.includes(name)))
      holds(told.length === 0, `the members ${told.join(', ')}`)
    },
  },
  {
    id: 'keys.json',
    asks: 'The keys come as JSON.',
    why: 'Some libraries refuse them as anything else.',
    async ask(x) {
      const type = (await x.ask(PATH)).headers['content-type'] ?? ''
      holds(/^application\/(jwk-set\+)?json\b/.test(type), `Content-Type: ${type || 'none'}`)
    },
  },
  {
    id: 'keys.alias',
    asks: "/.ory/proxy/jwks.json has the same keys: the path of Ory's own proxy.",
    why: 'Backends that were set up for `ory proxy` look there.',
    async ask(x) {
      const [here, there] = await Promise.all([x.ask(PATH), x.ask('/.ory/proxy/jwks.json')])
      holds(there.status === 200, `it gave ${there.status}`)
      const kids = (answer: typeof here): string =>
        ((parsed(answer) as Keys).keys ?? []).map(key => String(key['kid'])).join()
      holds(kids(here) !== '' && kids(here) === kids(there), 'other keys')
    },
  },
  {
    id: 'keys.head',
    asks: 'HEAD of the keys is 200 as well.',
    why: 'Probes and caches ask so.',
    async ask(x) {
      const { status, body } = await x.ask(PATH, { method: 'HEAD' })
      holds(status === 200 && body.length === 0, `it gave ${status} and ${body.length} bytes`)
    },
  },
]
