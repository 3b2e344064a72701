import type { Listener, Outbound } from '../outbound/pool.js'

/** Answers above this size are not read. */
const LIMIT = 64 * 1024

/** A small answer of Ory's. */
export interface Read {
  readonly status: number
  readonly text: string
}

/** Reads a small answer of Ory's, for ourselves; undefined where none comes. */
export function read(way: Outbound, host: string, path: string): Promise<Read | undefined> {
  return new Promise(resolve => {
    const chunks: Buffer[] = []
    let size = 0
    let status = 0
    const listener: Listener = {
      onRequestStart() {},
      onResponseStart(_controller, answered) {
        status = answered
      },
      onResponseData(_controller, chunk) {
        size += chunk.length
        if (size <= LIMIT) chunks.push(chunk)
      },
      onResponseEnd: () =>
        resolve(size <= LIMIT ? { status, text: Buffer.concat(chunks).toString('utf8') } : undefined),
      onResponseError: () => resolve(undefined),
    }
    way.send({ method: 'GET', path, headers: ['Host', host, 'Accept', 'application/json'] }, listener)
  })
}
