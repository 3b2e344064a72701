import type { IncomingMessage } from 'node:http'

/**
 * Sets or removes a header of a request in all three views Node gives of it.
 *
 * Frameworks differ in which one they read, and a view that disagrees is a way to smuggle.
 */
export function setHeader(req: IncomingMessage, name: string, value: string | undefined): void {
  const { headers, rawHeaders } = req // `headers` first: Node makes it of `rawHeaders` when it is first read
  const lower = name.toLowerCase()
  for (let i = rawHeaders.length - 2; i >= 0; i -= 2) {
    const raw = rawHeaders[i]!
    if (raw.length === lower.length && raw.toLowerCase() === lower) rawHeaders.splice(i, 2)
  }
  if (value === undefined) delete headers[lower]
  else {
    headers[lower] = value
    rawHeaders.push(name, value)
  }
  forgetDistinct(req)
}

const DISTINCT = Symbol('headersDistinct')

type Viewed = IncomingMessage & { [DISTINCT]?: IncomingMessage['headersDistinct'] | undefined }

/** Made when it is read, as few do: to keep it in step would cost more than all stages together. */
const VIEW: PropertyDescriptor & ThisType<Viewed> = {
  configurable: true,
  get() {
    this[DISTINCT] ??= distinct(this.rawHeaders)
    return this[DISTINCT]
  },
}

function forgetDistinct(req: Viewed): void {
  // Node's own would look for as many fields as there were at first, and fail where there are fewer now.
  if (!(DISTINCT in req)) {
    if (!('headersDistinct' in req)) return // HTTP/2 has none
    Object.defineProperty(req, 'headersDistinct', VIEW)
  }
  req[DISTINCT] = undefined
}

function distinct(rawHeaders: readonly string[]): NodeJS.Dict<string[]> {
  const fields: NodeJS.Dict<string[]> = Object.create(null)
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase()
    const values = fields[name]
    if (values) values.push(rawHeaders[i + 1]!)
    else fields[name] = [rawHeaders[i + 1]!]
  }
  return fields
}
