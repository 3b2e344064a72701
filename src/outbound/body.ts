import type { IncomingMessage } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'
import { Readable } from 'node:stream'
import { announcesBody } from '../common/announces-body.js'
import { http2Stream } from './client-side.js'

/** A client that went away before its request was whole. */
export class ClientLeft extends Error {
  override readonly name = 'ClientLeft'
}

/** Whether more may come after a client's headers; over HTTP/2 that may turn out to be nothing. */
export function mayHaveBody(req: IncomingMessage): boolean {
  const stream = http2Stream(req)
  return stream ? !stream.endAfterHeaders : announcesBody(req)
}

/** What a client sends after its headers; null where there is nothing. */
export const bodyOf = (req: IncomingMessage): ClientBody | null =>
  mayHaveBody(req) ? new ClientBody(req, http2Stream(req)) : null

/**
 * A request's body that ends only if it is whole; else it fails.
 *
 * node:http2 ends a request whose stream was reset or whose connection was lost like one that is complete. Whoever is
 * sent that would take it for whole, or would go on to wait for the rest in what comes next on the connection.
 */
export class ClientBody extends Readable {
  /** Whether all of it has come. */
  whole = false
  readonly #req: IncomingMessage

  constructor(req: IncomingMessage, stream: ServerHttp2Stream | undefined) {
    super()
    this.#req = req
    const end = (): void => {
      this.whole = stream ? !stream.closed && !stream.destroyed : req.complete
      if (this.whole) this.push(null)
      else this.destroy(new ClientLeft())
    }
    const leave = (): void => {
      if (!this.whole) this.destroy(new ClientLeft())
    }
    this.on('error', () => {}) // whoever sends it hears of it; until somebody does, it must not end the process
    req.on('data', this.#take).on('end', end).on('close', leave).on('error', leave)
    stream?.on('aborted', leave)
    if (req.destroyed || stream?.destroyed || stream?.closed) leave()
  }

  readonly #take = (chunk: Buffer): void => {
    if (!this.push(chunk)) this.#req.pause()
  }

  override _read(): void {
    this.#req.resume()
  }

  /** What nobody reads any more is still read off: the next request of an HTTP/1.1 connection is behind it. */
  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#req.off('data', this.#take)
    this.#req.resume()
    callback(error)
  }
}
