/** What Kratos asks again for: 429, and every 5xx but 501; and a server that cannot be reached. */
import { type Asked, ask, type Bounds, TooLate } from './ask.js'
import { namedUrl } from './hosts.js'
import type { Prepared } from './request.js'

/** Each of the tries came to nothing. */
export class GaveUp extends Error {
  override readonly name = 'GaveUp'
}

export interface Tries {
  /** How often in all. */
  most: number
  /** Before which time nothing is asked again, in milliseconds. */
  pause(milliseconds: number): Promise<void>
  /** Told before each further try. */
  failed(why: string, wait: number): void
}

const LONGEST_PAUSE = 30_000

/** @throws {GaveUp} {@link TooLate} */
export async function askAgain(prepared: Prepared, bounds: Bounds, tries: Tries): Promise<Asked> {
  let headers: Readonly<Record<string, string>> = {}
  for (let i = 1; ; i++) {
    const asked = await attempt({ ...prepared, headers: { ...prepared.headers, ...headers } }, bounds)
    if (!(asked instanceof Error) && !isTemporary(asked.status)) return asked
    const why = asked instanceof Error ? asked.message : `status ${asked.status}`
    if (i === tries.most) throw gaveUp(prepared, i, asked)
    const wait = asked instanceof Error ? 1000 * 2 ** (i - 1) : pauseAfter(asked, i)
    tries.failed(why, wait)
    await tries.pause(wait)
    // Kratos tells a hook which of its tries this is by an id of its own.
    headers = prepared.headers['ory-webhook-request-id']
      ? { 'ory-webhook-request-id': crypto.randomUUID() }
      : {}
  }
}

/** Somebody waits: a hook that never answers is given its time once, where Kratos gives it three times. */
async function attempt(prepared: Prepared, bounds: Bounds): Promise<Asked | Error> {
  try {
    return await ask(prepared, bounds)
  } catch (error) {
    if (error instanceof TooLate) throw error
    return error as Error
  }
}

const isTemporary = (status: number): boolean => status === 429 || (status >= 500 && status !== 501)

/** What the server asks for, else one second, two, four. */
function pauseAfter({ status, headers }: Asked, i: number): number {
  const after = Number(headers['retry-after'] ?? Number.NaN)
  const asksFor = (status === 429 || status === 503) && after >= 0 ? after * 1000 : 1000 * 2 ** (i - 1)
  return Math.min(asksFor, LONGEST_PAUSE)
}

function gaveUp({ method, url }: Prepared, count: number, last: Asked | Error): GaveUp {
  const why = last instanceof Error ? `: ${last.message}` : ''
  // Kratos names the whole address, with what may be a secret in it.
  return new GaveUp(`${method} ${namedUrl(url)} giving up after ${count} attempt(s)${why}`)
}
