import { isLoopback } from '../common/loopback.js'
import { fieldOf } from '../outbound/answer-head.js'
import { askFor } from '../outbound/ask.js'
import { createOutbound } from '../outbound/pool.js'

/** Milliseconds for one question: a server that bundles just now answers late. */
const DEADLINE = 3000

/** What came back, or why nothing did. */
export type Asked =
  | {
      readonly status: number
      readonly body: unknown
      readonly date: string | null
      readonly location: string | null
    }
  | { readonly failure: string }

/** Asks as a backend would, which trusts whom Node trusts; a failure is told by its code. */
export async function ask(url: string, [name, value]: readonly string[] = []): Promise<Asked> {
  try {
    const answer = await fetch(url, {
      headers: { accept: 'application/json', ...(name !== undefined && { [name]: value! }) },
      redirect: 'manual',
      signal: AbortSignal.timeout(DEADLINE),
    })
    const { status, headers } = answer
    const body = jsonOf(await answer.text())
    return { status, body, date: headers.get('date'), location: headers.get('location') }
  } catch (error) {
    return { failure: codeOf(error as Error) }
  }
}

/**
 * Asks the server that is looked at. On this machine its certificate need not be trusted by Node, only by browsers:
 * whether a backend trusts it is a question of its own.
 */
export async function askServerAt(url: string, more: readonly string[] = []): Promise<Asked> {
  const { protocol, hostname, origin, host, pathname, search } = new URL(url)
  if (protocol !== 'https:' || !isLoopback(hostname)) return ask(url, more)
  const way = createOutbound(new URL(origin))
  const headers = ['Host', host, 'Accept', 'application/json', ...more]
  try {
    const answer = await askFor(
      way,
      { method: 'GET', path: pathname + search, headers },
      { deadline: DEADLINE },
    )
    const [date = null, location = null] = ['date', 'location'].map(name => fieldOf(answer, name))
    return { status: answer.status, body: jsonOf(answer.text), date, location }
  } catch (error) {
    return { failure: codeOf(error as Error) }
  } finally {
    way.close()
  }
}

function codeOf({ name, cause, ...error }: Error & { code?: string; cause?: unknown }): string {
  return (cause as { code?: string } | undefined)?.code ?? error.code ?? name
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
