import type { Dispatcher } from 'undici'
import { fieldOf, textOf } from '../outbound/answer-head.js'
import type { Listener, Outbound } from '../outbound/pool.js'
import { RESET, wasClosed } from '../outbound/repairs.js'
import { ringAfter } from './awake.js'
import { type Credentials, readWhoami, type WhoamiAnswer, type WhoamiHead } from './whoami.js'

/** Answers above this size are no session. */
const LIMIT = 1024 * 1024

/** What undici's codes say, where it is about a session. */
const MEANINGS: ReadonlyMap<string | undefined, string> = new Map([
  ['UND_ERR_SOCKET', 'it closes connections'],
  [RESET, 'it resets connections'],
  ['UND_ERR_HEADERS_OVERFLOW', 'an answer with more than 64 KiB of headers'],
])

/**
 * Asks `GET /sessions/whoami` once, with one deadline. Never rejects.
 *
 * @param asked the path of whoami, with that of Ory's address in front, and the template of a token that is wanted
 */
export function ask(
  way: Outbound,
  { path, tokenizeAs }: { path: string; tokenizeAs: string | undefined },
  host: string,
  credentials: Credentials,
  deadline: number,
): Promise<WhoamiAnswer> {
  return new Promise(resolve => {
    const query = tokenizeAs === undefined ? '' : `?tokenize_as=${encodeURIComponent(tokenizeAs)}`
    const request = {
      method: 'GET',
      path: path + query,
      headers: questionHeaders(host, credentials),
    } as const
    const read: Reader = (head, text) => readWhoami(head, text, tokenizeAs !== undefined)
    new Question(resolve, read, deadline, question => way.send(request, question)).send()
  })
}

type Reader = (head: WhoamiHead, text: string) => WhoamiAnswer

class Question implements Listener {
  readonly #resolve: (answer: WhoamiAnswer) => void
  readonly #read: Reader
  readonly #chunks: Buffer[] = []
  readonly #send: (question: Question) => void
  readonly #stopTheClock: () => void
  #controller: Dispatcher.DispatchController | undefined
  #settled = false
  #mayRetry = true
  #size = 0
  #head: WhoamiHead = { status: 0 }

  constructor(
    resolve: (answer: WhoamiAnswer) => void,
    read: Reader,
    deadline: number,
    send: (question: Question) => void,
  ) {
    this.#resolve = resolve
    this.#read = read
    this.#send = send
    const cause = `no answer within ${deadline / 1000} s`
    this.#stopTheClock = ringAfter(deadline, () => this.#fail(cause, true))
  }

  send(): void {
    this.#send(this)
  }

  #settle(answer: WhoamiAnswer): void {
    if (this.#settled) return
    this.#settled = true
    this.#stopTheClock()
    this.#resolve(answer)
  }

  #fail(cause: string, trips: boolean): void {
    this.#settle({ kind: 'unreachable', cause, trips })
    this.#controller?.abort(new Error(cause))
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#settled) controller.abort(new Error('given up'))
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status < 200) return
    const head = { headers: textOf(controller.rawHeaders) }
    this.#mayRetry = false
    this.#head = {
      status,
      retryAfter: fieldOf(head, 'retry-after'),
      ahead: Number(fieldOf(head, 'ory-dev-clock-offset') ?? 0),
    }
    if (fieldOf(head, 'content-encoding') !== undefined) {
      this.#fail('a compressed answer that was not asked for', false)
    }
  }

  onResponseData(_controller: unknown, chunk: Buffer): void {
    this.#size += chunk.length
    if (this.#size > LIMIT) this.#fail(`an answer of more than ${LIMIT} bytes`, false)
    else this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    this.#settle(this.#read(this.#head, Buffer.concat(this.#chunks).toString('utf8')))
  }

  onResponseError(_controller: unknown, error: NodeJS.ErrnoException): void {
    if (this.#settled) return
    if (this.#mayRetry && wasClosed(error)) {
      this.#mayRetry = false
      return this.send()
    }
    this.#fail(MEANINGS.get(error.code) ?? error.code ?? error.message, this.#head.status === 0)
  }
}

/** These and nothing else: what a request says about caching, ranges or forwarding is not for Ory. */
function questionHeaders(host: string, credentials: Credentials): string[] {
  const headers = ['Host', host, 'Accept', 'application/json', 'Accept-Encoding', 'identity']
  const { cookie, authorization, sessionToken, namespace, requestId } = credentials
  if (cookie !== undefined) headers.push('Cookie', cookie)
  if (authorization !== undefined) headers.push('Authorization', authorization)
  if (sessionToken !== undefined) headers.push('X-Session-Token', sessionToken)
  if (namespace !== undefined) headers.push('Ory-Dev-Namespace', namespace)
  if (requestId !== undefined) headers.push('X-Request-Id', requestId)
  return headers
}
