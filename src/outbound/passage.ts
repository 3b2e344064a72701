import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Dispatcher } from 'undici'
import { type AnswerHead, interim, textOf } from './answer-head.js'
import { bodyOf, type ClientBody, ClientLeft } from './body.js'
import { breakOff, hasLeft, onLeave } from './client-side.js'
import type { Listener, Outbound, Outgoing } from './pool.js'
import { wasClosed } from './repairs.js'

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

class Passage implements Listener {
  readonly #req: IncomingMessage
  readonly #res: ServerResponse
  readonly #way: Outbound
  readonly #rules: PassageRules
  readonly #body: ClientBody | null
  readonly #outgoing: Outgoing
  #controller: Dispatcher.DispatchController | undefined
  #sink: Sink | undefined
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
    if (!goesOn) this.#controller?.abort(new ClientLeft())
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#left && !this.#rules.outlives) controller.abort(new ClientLeft())
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    _parsed: unknown,
    reason = '',
  ): void {
    const headers = textOf(controller.rawHeaders)
    if (status < 200) return interim(this.#req, this.#res, status, headers)
    this.#sink = this.#rules.onAnswer({ status, reason, headers })
    if (this.#left) controller.abort(new ClientLeft())
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#sink!.write(chunk)) return
    controller.pause()
    this.#res.once('drain', () => controller.resume())
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    this.#done = true
    const later = this.#sink!.end(textOf(controller.rawTrailers))
    if (later) later.catch(this.#fail).then(this.#settle)
    else this.#settle()
  }

  onResponseError(_controller: unknown, error: Error): void {
    if (this.#done) return
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
