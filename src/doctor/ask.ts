import type { IncomingMessage } from 'node:http'
import https from 'node:https'
import { isLoopback, lookupLoopback } from '../common/loopback.js'

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
export async function ask(url: string): Promise<Asked> {
  try {
    const answer = await fetch(url, {
      headers: { accept: 'application/json' },
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
export function askServerAt(url: string): Promise<Asked> {
  const { protocol, hostname } = new URL(url)
  if (protocol !== 'https:' || !isLoopback(hostname)) return ask(url)
  const options = {
    headers: { accept: 'application/json' },
    lookup: lookupLoopback,
    rejectUnauthorized: false,
    signal: AbortSignal.timeout(DEADLINE),
  }
  return new Promise(resolve => {
    https
      .get(url, options, answer => void read(answer).then(resolve))
      .on('error', error => resolve({ failure: codeOf(error) }))
  })
}

async function read(answer: IncomingMessage): Promise<Asked> {
  const { statusCode: status = 0, headers } = answer
  try {
    const text = (await answer.setEncoding('utf8').toArray()).join('')
    return { status, body: jsonOf(text), date: headers.date ?? null, location: headers.location ?? null }
  } catch (error) {
    return { failure: codeOf(error as Error) }
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
