import type { IncomingMessage } from 'node:http'

/**
 * Sets or removes a header of a request in all three views Node gives of it.
 *
 * Frameworks differ in which one they read, and a view that disagrees is a way to smuggle. The lazy getters
 * are read first: Node builds them from `rawHeaders`, and fails when that got shorter in between.
 */
export function setHeader(req: IncomingMessage, name: string, value: string | undefined): void {
  const { headers, headersDistinct, rawHeaders } = req
  const lower = name.toLowerCase()
  for (let i = rawHeaders.length - 2; i >= 0; i -= 2) {
    const raw = rawHeaders[i]!
    if (raw.length === lower.length && raw.toLowerCase() === lower) rawHeaders.splice(i, 2)
  }
  delete headers[lower]
  if (headersDistinct) delete headersDistinct[lower] // absent on HTTP/2
  if (value === undefined) return
  headers[lower] = value
  rawHeaders.push(name, value)
  if (headersDistinct) headersDistinct[lower] = [value]
}
