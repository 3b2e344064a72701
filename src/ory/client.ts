import { askFor, type WholeAnswer } from '../outbound/ask.js'
import { createOutbound, type Outbound } from '../outbound/pool.js'
import { ask } from './question.js'
import { type Credentials, isInNamespace, type WhoamiAnswer } from './whoami.js'

/** Milliseconds until whoami is given up; what waits for its turn here has not begun. */
const WHOAMI_DEADLINE = 2000

/** Questions under way at once: more would make Ory slower, not sooner done. */
const QUESTIONS = 128

/** Milliseconds until an Ory that takes a request but does not begin to answer is given up. */
const HEADERS_TIMEOUT = 30_000

/** Bytes of a small answer. */
const SMALL = 64 * 1024

/** The only way to Ory: everything that connects to it goes through here. */
export interface OryClient {
  /**
   * `GET /sessions/whoami`, a fresh request with one deadline. Never rejects.
   *
   * @param tokenizeAs the template of the token that is wanted, too
   */
  whoami(credentials: Credentials, deadline?: number, tokenizeAs?: string): Promise<WhoamiAnswer>
  /** The way of everything else; its connections are not those of whoami. */
  readonly way: Outbound
  /** A small answer to ourselves, on a connection of whoami's; undefined where none comes. */
  read(path: string): Promise<WholeAnswer | undefined>
  /** A path of Ory's as it is requested: that of its address in front. */
  pathOf(path: string): string
  /** Calls of whoami so far, and connections opened. */
  readonly counters: { readonly whoami: number; readonly connections: number }
  close(): void
}

/** @param base Ory's address; a path in it is kept in front of every path */
export function createOryClient(base: URL): OryClient {
  const way = createOutbound(base, { headersTimeout: HEADERS_TIMEOUT })
  const questions = createOutbound(base)
  const prefix = base.pathname.replace(/\/+$/, '')
  const pathOf = (path: string): string => prefix + path
  const askInTurn = createTurns(QUESTIONS)
  let asked = 0
  return {
    way,
    pathOf,
    read(path) {
      const headers = ['Host', base.host, 'Accept', 'application/json']
      const request = { method: 'GET', path: pathOf(path), headers } as const
      return askFor(questions, request, { size: SMALL }).catch(() => undefined)
    },
    get counters() {
      return { whoami: asked, connections: way.connections + questions.connections }
    },
    whoami: (credentials, deadline = WHOAMI_DEADLINE, tokenizeAs = undefined) =>
      askInTurn(async () => {
        asked++
        const path = pathOf('/sessions/whoami')
        const answer = await ask(questions, { path, tokenizeAs }, base.host, credentials, deadline)
        // An Ory that is down for one test on purpose is not down for the others.
        return isInNamespace(credentials) && answer.kind === 'unreachable'
          ? { ...answer, trips: false }
          : answer
      }),
    close() {
      way.close()
      questions.close()
    },
  }
}

type Turn = (answer?: WhoamiAnswer) => void

/**
 * Lets so many questions be asked at a time. What one learns of an Ory in trouble is the answer to all that wait:
 * each would only find out the same, one deadline after another.
 */
function createTurns(limit: number): (ask: () => Promise<WhoamiAnswer>) => Promise<WhoamiAnswer> {
  let waiting: Turn[] = []
  let underWay = 0
  const done = (answer: WhoamiAnswer): WhoamiAnswer => {
    underWay--
    if (answer.kind === 'unreachable' && answer.trips) {
      const told = waiting
      waiting = []
      for (const turn of told) turn(answer)
    } else waiting.shift()?.()
    return answer
  }
  return ask => {
    const begin = (): Promise<WhoamiAnswer> => {
      underWay++
      return ask().then(done)
    }
    if (underWay < limit) return begin()
    return new Promise(resolve => waiting.push(answer => resolve(answer ?? begin())))
  }
}
