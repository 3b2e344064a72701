import type { Dispatcher, Pool } from 'undici'

/** A request on its way out. */
export type Outgoing = Dispatcher.DispatchOptions

/** Told how a request goes. */
export type Listener = Dispatcher.DispatchHandler

/**
 * The same, as the core of undici 7 tells it: headers are the bytes that came, in turn, and nobody reads them a second
 * time. undici means this form to end; on the way to the app its newer one, which wraps this, costs a tenth of a request.
 */
export interface RawListener {
  onConnect(abort: (reason: Error) => void): void
  onHeaders(status: number, raw: Buffer[], resume: () => void, reason: string): boolean
  /** False: no more until `resume`. */
  onData(chunk: Buffer): boolean
  onComplete(trailers: Buffer[]): void
  onError(error: Error): void
}

/** The connections to one server, for one purpose: no purpose can starve another. */
export interface Outbound {
  send(request: Outgoing, listener: Listener | RawListener): void
  /** Connections opened so far. */
  readonly connections: number
  close(): void
}

/** What a pool may do. */
export interface PoolRules {
  /** Milliseconds an answer may take to begin, once the request is sent. @default without an end */
  readonly headersTimeout?: number
}

/** Bytes of an answer's headers. Node's own client gives up at 16 KiB, which a few large cookies fill. */
export const MAX_ANSWER_HEADERS: number = 64 * 1024

/**
 * Connections are opened as they are needed, one for each request that is under way: a page may hold as many streams
 * open as it likes.
 */
export function createOutbound(base: URL, { headersTimeout = 0 }: PoolRules = {}): Outbound {
  let pool: Pool | undefined
  let loading: Promise<Pool> | undefined
  let connections = 0
  let closed = false
  // The same name always, or a client with another Host would cost the connection to an https server.
  const named = base.protocol === 'https:' ? { servername: base.hostname } : undefined
  const load = async (): Promise<Pool> => {
    const { createConnector, UndiciPool } = await import('./connect.js')
    pool = new UndiciPool(base.origin, {
      connections: null,
      pipelining: 1,
      headersTimeout,
      bodyTimeout: 0,
      maxHeaderSize: MAX_ANSWER_HEADERS,
      connect: createConnector(base, () => connections++),
    })
    if (closed) void pool.destroy()
    return pool
  }
  return {
    get connections() {
      return connections
    },
    send(request, listener) {
      const options = named ? { ...request, ...named } : request
      if (pool) return void pool.dispatch(options, listener as Listener)
      loading ??= load()
      loading.then(
        loaded => loaded.dispatch(options, listener as Listener),
        error => fail(listener, error),
      )
    },
    close() {
      closed = true
      void pool?.destroy()
    },
  }
}

function fail(listener: Listener | RawListener, error: Error): void {
  if ('onHeaders' in listener && listener.onError) listener.onError(error)
  else (listener as Listener).onResponseError?.(NOT_STARTED, error)
}

const NOT_STARTED: Dispatcher.DispatchController = {
  aborted: true,
  paused: false,
  reason: null,
  abort() {},
  pause() {},
  resume() {},
}
