import {
  asking,
  comesBack,
  isAnonymousBehindHalves,
  isAnonymousInACrowd,
  isFilledByCancelled,
  isFilledByStreams,
  isLeftWaiting,
  losesAnEarlyAnswer,
  losesItsReason,
  met,
  owesAfterAnAnswer,
  owesAfterWhoami,
  type Place,
  reaches,
  speaksOfOtherBytes,
} from './_harm-steps.js'
import { PROTOCOLS, type Protocol } from './_protocols.js'
import type { Kind } from './_weak-front.js'

export interface Harm {
  /** The number of the fault in the list that this began with. */
  readonly point: number
  readonly what: string
  /** Whether it is so. */
  harm(place: Place): Promise<boolean>
  /** What it happens to. @default a proxy of the usual kind */
  readonly kind?: Kind
  /** Where it can be tried at all. @default both */
  readonly over?: readonly Protocol[]
  /** Where it does, on the way to the app and on the way to Ory. */
  readonly usual: { readonly app?: Expected; readonly ory?: Expected }
}

/** Over which protocols; `chance` where it depends on who is faster. */
type Expected = readonly Protocol[] | 'chance'

const BOTH = PROTOCOLS
const NEITHER: readonly Protocol[] = []
const ONLY_2: readonly Protocol[] = ['HTTP/2']
const ONLY_1: readonly Protocol[] = ['HTTP/1.1']

/** The list of what happened, each with where it still happens to a proxy of the usual kind. */
export const HARMS: readonly Harm[] = [
  {
    point: 2,
    what: 'a request that is left goes on',
    harm: isLeftWaiting,
    usual: { app: ONLY_2, ory: ONLY_2 },
  },
  {
    point: 2,
    what: 'a few requests that are left keep everybody waiting',
    harm: isFilledByCancelled,
    usual: { app: ONLY_2, ory: ONLY_2 },
  },
  {
    point: 3,
    what: 'an upload that breaks off while it is asked who sends it spoils the next request',
    harm: owesAfterWhoami,
    usual: { app: ONLY_2 },
  },
  {
    point: 3,
    what: 'an upload that breaks off after an early answer spoils the next request',
    harm: owesAfterAnAnswer,
    kind: 'one by hand',
    usual: { app: ONLY_2, ory: ONLY_2 },
  },
  {
    point: 4,
    what: 'what is for the proxy alone goes on',
    harm: reaches('proxy-authorization', {}),
    usual: { app: BOTH, ory: BOTH },
  },
  {
    point: 4,
    what: 'what Connection names goes on',
    harm: reaches('x-hop', { connection: 'x-hop' }),
    over: ONLY_1, // over HTTP/2 a request that says so is malformed: test/fuzz
    usual: { app: ONLY_1, ory: ONLY_1 },
  },
  {
    point: 4,
    what: "one client's Connection: close is the next one's",
    harm: async place => {
      await asking(place, '/close', { headers: { connection: 'close' } }).over
      return met(place, '/close')!.headers.connection !== 'keep-alive'
    },
    kind: 'one by hand',
    over: ONLY_1,
    usual: { app: ONLY_1, ory: ONLY_1 },
  },
  {
    point: 4,
    what: 'what the Connection of an answer names comes back',
    harm: comesBack('x-hop'),
    usual: { app: BOTH, ory: ONLY_1 }, // in our own answers over HTTP/2, which it needs to get so far, it does not
  },
  {
    point: 4,
    what: 'what an answer asks a proxy for comes back',
    harm: comesBack('proxy-authenticate'),
    usual: { app: BOTH, ory: BOTH },
  },
  {
    point: 5,
    what: 'an answer before the end of an upload is lost',
    harm: losesAnEarlyAnswer,
    usual: { app: 'chance', ory: 'chance' },
  },
  {
    point: 6,
    what: 'open streams keep everybody waiting',
    harm: isFilledByStreams,
    usual: { app: BOTH },
  },
  {
    point: 6,
    what: 'half-sent requests to Ory make everybody anonymous',
    harm: isAnonymousBehindHalves,
    usual: { app: BOTH },
  },
  {
    point: 6,
    what: 'of a crowd that waits for a slow Ory some are anonymous',
    harm: isAnonymousInACrowd,
    usual: { app: BOTH },
  },
  {
    point: 9,
    what: 'an answer with large headers is an error',
    harm: async place => (await asking(place, '/large').over).status !== 200,
    usual: { app: BOTH, ory: BOTH },
  },
  {
    point: 10,
    what: 'trailers are lost',
    harm: async place => !('x-sum' in (await asking(place, '/trailers').over).trailers),
    usual: { app: BOTH, ory: BOTH },
  },
  {
    point: 10,
    what: 'trailers are announced that do not come',
    async harm(place) {
      const { headers, trailers } = await asking(place, '/trailers').over
      return 'trailer' in headers && !('x-sum' in trailers)
    },
    usual: { app: BOTH, ory: NEITHER },
  },
  {
    point: 10,
    what: 'hints are lost',
    harm: async place => !(await asking(place, '/hints').over).interim.includes(103),
    usual: { app: BOTH, ory: BOTH },
  },
  {
    point: 10,
    what: '204 and 304 lose their reason',
    harm: losesItsReason,
    kind: 'one by hand',
    over: ONLY_1, // there is none over HTTP/2 (RFC 9113, section 8.3.2)
    usual: { app: ONLY_1, ory: ONLY_1 },
  },
  {
    point: 10,
    what: 'HEAD of an answer that is rewritten speaks of other bytes than GET sends',
    harm: speaksOfOtherBytes,
    usual: { ory: BOTH },
  },
  {
    point: 10,
    what: 'a slash that is encoded becomes one that parts a path',
    async harm(place) {
      await asking(place, '/a%2Fb').over
      return met(place, '/a%2Fb') === undefined
    },
    usual: { ory: BOTH },
  },
  {
    point: 10,
    what: 'a path that climbs when it is decoded twice goes on',
    async harm(place) {
      const { status } = await asking(place, '/%252e%252e/x').over
      return status !== 400 || place.server.met.size > 0
    },
    usual: { ory: BOTH },
  },
]
