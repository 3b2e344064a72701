import type { Dispatcher } from 'undici'
import { textOf } from './answer-head.js'
import type { Listener, Outbound, Outgoing } from './pool.js'
import { wasClosed } from './repairs.js'

/** An answer, read to its end. */
export interface WholeAnswer {
  readonly status: number
  /** Names and values in turn. */
  readonly headers: readonly string[]
  readonly text: string
}

/**
 * Asks for ourselves: what a client asks goes through {@link passOn}. Where a connection that lay idle was closed
 * as the question went out, it goes out again on another; each of those there were may have been.
 *
 * @param deadline milliseconds, all in all
 */
export function askFor(
  way: Outbound,
  request: Pick<Outgoing, 'method' | 'path' | 'headers'> & { readonly body?: string },
  deadline?: number,
): Promise<WholeAnswer> {
  return new Promise((resolve, reject) => {
    let idle = way.connections
    let given: Error | undefined
    let controller: Dispatcher.DispatchController | undefined
    const giveUp = (): void => {
      given = new DOMException(`no answer within ${deadline} ms`, 'TimeoutError')
      reject(given)
      controller?.abort(given)
    }
    const timer = deadline === undefined ? undefined : setTimeout(giveUp, deadline)
    const send = (): void => {
      let answer: Omit<WholeAnswer, 'text'> | undefined
      const chunks: Buffer[] = []
      const listener: Listener = {
        onRequestStart(started) {
          controller = started
          if (given) started.abort(given)
        },
        onResponseStart({ rawHeaders }, status) {
          if (status >= 200) answer = { status, headers: textOf(rawHeaders) }
        },
        onResponseData: (_controller, chunk) => void chunks.push(chunk),
        onResponseEnd() {
          clearTimeout(timer)
          resolve({ ...answer!, text: Buffer.concat(chunks).toString('utf8') })
        },
        onResponseError(_controller, error) {
          if (!given && !answer && wasClosed(error) && idle-- > 0) return send()
          clearTimeout(timer)
          reject(error)
        },
      }
      way.send(request, listener)
    }
    send()
  })
}
