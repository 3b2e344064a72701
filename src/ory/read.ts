import type { Listener, Outbound } from '../outbound/pool.js'

/** Answers above this size are not read. */
const LIMIT = 64 * 1024

/** Reads a small answer of Ory's, for ourselves; undefined where there is none with status 200. */
export function readText(way: Outbound, host: string, path: string): Promise<string | undefined> {
  return new Promise(resolve => {
    const chunks: Buffer[] = []
    let size = 0
    let ok = false
    const listener: Listener = {
      onRequestStart() {},
      onResponseStart(_controller, status) {
        ok = status === 200
      },
      onResponseData(_controller, chunk) {
        size += chunk.length
        if (size <= LIMIT) chunks.push(chunk)
      },
      onResponseEnd: () => resolve(ok && size <= LIMIT ? Buffer.concat(chunks).toString('utf8') : undefined),
      onResponseError: () => resolve(undefined),
    }
    way.send({ method: 'GET', path, headers: ['Host', host, 'Accept', 'application/json'] }, listener)
  })
}
