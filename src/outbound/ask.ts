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

/** What an answer may take; without an end where nothing is said. */
export interface Bounds {
  /** Milliseconds, all in all. */
  readonly deadline?: number
  /** Bytes of its body. */
  readonly size?: number
}

/**
 * Asks for ourselves: what a client asks goes through {@link passOn}. Where a connection that lay idle was closed
 * as the question went out, it goes out again on another; each of those there were may have been.
 */
export function askFor(
  way: Outbound,
  request: Pick<Outgoing, 'method' | 'path' | 'headers'> & { readonly body?: string },
  { deadline, size = Number.POSITIVE_INFINITY }: Bounds = {},
): Promise<WholeAnswer> {
  return new Promise((resolve, reject) => {
    let idle = way.connections
    let given: Error | undefined
    let controller: Dispatcher.DispatchController | undefined
    const giveUp = (message: string, name: string): void => {
      given = new DOMException(message, name)
      reject(given)
      controller?.abort(given)
    }
    const late = `no answer within ${deadline} ms`
    const timer = deadline === undefined ? undefined : setTimeout(giveUp, deadline, late, 'TimeoutError')
    const send = (): void => {
      let answer: Omit<WholeAnswer, 'text'> | undefined
      const chunks: Buffer[] = []
      let left = size
      const listener: Listener = {
        onRequestStart(started) {
          controller = started
          if (given) started.abort(given)
        },
        onResponseStart({ rawHeaders }, status) {
          if (status >= 200) answer = { status, headers: textOf(rawHeaders) }
        },
        onResponseData(_controller, chunk) {
          left -= chunk.length
          if (left < 0) return giveUp(`an answer of more than ${size} bytes`, 'QuotaExceededError')
          chunks.push(chunk)
        },
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
