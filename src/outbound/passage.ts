import type { IncomingMessage, ServerResponse } from 'node:http'
import { type AnswerHead, interim, textOf } from './answer-head.js'
import { bodyOf, type ClientBody, ClientLeft } from './body.js'
import { breakOff, hasLeft, onLeave } from './client-side.js'
import type { Outbound, Outgoing, RawListener } from './pool.js'
import { missesBody, wasClosed } from './repairs.js'

/** Where the body of an answer goes. */
export interface Sink {
  /** False: no more until the client's answer has drained. */
  write(chunk: Buffer): boolean
  /**
   * @param trailers names and values in turn
   * @returns where the answer is sent only later, when it is
   */
  end(trailers: string[]): void | Promise<void>
}

/** What is done with a request on its way, and with its answer. */
export interface PassageRules {
  readonly outgoing: Pick<Outgoing, 'method' | 'path'> & { readonly headers: string[] }
  /** The answer begins. What this throws goes to `onFailure`. */
  onAnswer(answer: AnswerHead): Sink
  /** There is no answer, and nothing was sent to the client. */
  onFailure(error: unknown): void
  /** Whether a whole request goes on when its client has left. */
  readonly outlives?: boolean
  /** Nothing more comes of it, however it ended. */
  onSettled?(): void
}

/**
 * Sends a client's request on, and what is answered back.
 *
 * Whichever side goes away takes the other with it: before the answer, in it, in the middle of an upload; and a
 * connection that owes bytes, or is owed some, is closed and never used for anybody else.
 */
export function passOn(req: IncomingMessage, res: ServerResponse, way: Outbound, rules: PassageRules): void {
  if (hasLeft(res)) return rules.onSettled?.()
  new Passage(req, res, way, rules).start()
}

class Passage implements RawListener {
  readonly #req: IncomingMessage
  readonly #res: ServerResponse
  readonly #way: Outbound
  readonly #rules: PassageRules
  readonly #body: ClientBody | null
  readonly #outgoing: Outgoing
  #abort: ((reason: Error) => void) | undefined
  #resume: (() => void) | undefined
  #sink: Sink | undefined
  /** What is answered has no body, whatever length it speaks of. */
  #bodiless = false
  /** The other side has no more to say. */
  #done = false
  #left = false
  #mayRetry: boolean

  constructor(req: IncomingMessage, res: ServerResponse, way: Outbound, rules: PassageRules) {
    this.#req = req
    this.#res = res
    this.#way = way
    this.#rules = rules
    this.#body = bodyOf(req)
    const { method, path, headers } = rules.outgoing
    this.#outgoing = { method, path, headers, body: this.#body } // a copy by `...` has a new shape each time
    this.#mayRetry = this.#body === null && (method === 'GET' || method === 'HEAD') // RFC 9110, section 9.2.2
  }

  start(): void {
    onLeave(this.#res, this.#leave)
    this.#send()
  }

  #send(): void {
    this.#way.send(this.#outgoing, this)
  }

  readonly #leave = (): void => {
    if (this.#done || this.#left) return
    this.#left = true
    const goesOn = this.#rules.outlives && !this.#sink && this.#body?.whole !== false
    if (!goesOn) this.#abort?.(new ClientLeft())
  }

  onConnect(abort: (reason: Error) => void): void {
    this.#abort = abort
    if (this.#left && !this.#rules.outlives) abort(new ClientLeft())
  }

  onHeaders(status: number, raw: Buffer[], resume: () => void, reason: string): boolean {
    const headers = textOf(raw)
    if (status < 200) {
      interim(this.#req, this.#res, status, headers)
      return true
    }
    this.#resume = resume
    this.#bodiless = status === 204 || status === 304
    this.#sink = this.#rules.onAnswer({ status, reason, headers })
    if (this.#left) this.#abort!(new ClientLeft())
    return true
  }

  onData(chunk: Buffer): boolean {
    const goesOn = this.#sink!.write(chunk)
    if (!goesOn) this.#res.once('drain', this.#resume!)
    return goesOn
  }

  onComplete(trailers: Buffer[]): void {
    this.#done = true
    const later = this.#sink!.end(textOf(trailers))
    if (later) later.catch(this.#fail).then(this.#settle)
    else this.#settle()
  }

  onError(error: Error): void {
    if (this.#done) return
    if (this.#bodiless && missesBody(error)) return this.onComplete([])
    if (this.#mayRetry && !this.#left && !this.#sink && wasClosed(error)) {
      this.#mayRetry = false
      return this.#send() // the other side closed a connection that lay idle
    }
    this.#done = true
    if (!this.#left) this.#fail(error)
    this.#settle()
  }

  readonly #fail = (error: unknown): void => {
    if (this.#res.headersSent) breakOff(this.#res)
    else this.#rules.onFailure(error)
  }

  readonly #settle = (): void => this.#rules.onSettled?.()
}
