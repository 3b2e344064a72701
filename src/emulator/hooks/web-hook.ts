/** Web hooks: https://www.ory.com/docs/kratos/hooks/configure-hooks#webhooks */

import { type Logger, printable } from '../../log.js'
import { type Asked, TooLate } from '../calls/ask.js'
import { mayCall, namedUrl, sayWhere, warnOnce } from '../calls/hosts.js'
import { type Prepared, prepare, Unprepared } from '../calls/request.js'
import { askAgain, GaveUp } from '../calls/tries.js'
import type { WebHookConfig } from '../config/model.js'
import type { Snippets } from '../snippets/index.js'
import type { JsonObject } from '../store/model.js'
import { createTempo } from './tempo.js'
import { parseResponse, WebHookFailed, type WebHookOutcome } from './web-hook-response.js'

export type { WebHookOutcome, WebHookRejection } from './web-hook-response.js'
export { WebHookFailed } from './web-hook-response.js'

/** What a hook is told: `ctx` of its body. */
export interface WebHookContext {
  flow: JsonObject
  request_headers: Record<string, string[]>
  request_method: string
  request_url: string
  request_cookies: Record<string, string>
  identity?: JsonObject
  session?: JsonObject
}

export interface WebHookDeps {
  log: Logger
  snippets: Snippets
  /** Whom it may call beside this machine. */
  hosts?: readonly string[]
  /** Headers of ours beside those of the configuration. */
  headers?: Record<string, string>
  /** Milliseconds; Kratos waits 30 s. */
  timeout?: number
  /** Waits before a further try. */
  pause?(milliseconds: number): Promise<void>
}

const TIMEOUT = 30_000
/** What Kratos reads of an answer. */
const MOST = 5 * 1024 * 1024
const TRIES = 3
/** A hook that calls what calls it would go on until this machine has nothing left. */
const MOST_AT_ONCE = 64
const tempo = createTempo()
const PASSED: WebHookOutcome = { kind: 'passed' }

const sleep = (milliseconds: number): Promise<void> =>
  new Promise(resolve => void setTimeout(resolve, milliseconds).unref())

/**
 * Runs a hook. With `response.ignore` it goes on in the background and whatever happens is a line in the
 * log; without, the flow waits for the answer.
 *
 * @throws {WebHookFailed}
 */
export async function runWebHook(
  config: WebHookConfig,
  context: WebHookContext,
  deps: WebHookDeps,
): Promise<WebHookOutcome> {
  const { ignore, parse } = config.response
  if (ignore && (parse || config.can_interrupt))
    throw new WebHookFailed(
      500,
      'web hook misconfigured',
      'A webhook is configured to ignore the response but also to parse the response. This is not possible.',
    )
  if (!mayCall(config.url, deps.hosts ?? [])) {
    // The emulator is for working offline: a hook of production must not hear of test people.
    warnOnce(
      deps.log,
      `web hook ${namedUrl(config.url)} is not called: the emulator sends hooks to this machine only, unless its "callHosts" lists the host`,
    )
    return PASSED
  }
  sayWhere(config.url, deps.hosts ?? [], deps.log)
  if (!ignore) return send(config, context, deps)
  if (!tempo.allows(config.url)) {
    warnOnce(
      deps.log,
      `web hook ${namedUrl(config.url)} was called a thousand times within a minute, and is not until that is over: does it cause what calls it?`,
    )
    return PASSED
  }
  send(config, context, deps).catch((error: unknown) => {
    deps.log.warn(`web hook ${namedUrl(config.url)}: ${printable(lineOf(error))} (ignored)`)
  })
  return PASSED
}

/** What the log says of a failure. */
export const lineOf = (error: unknown): string => {
  const { cause, message } = error as Error
  return cause instanceof Unprepared ? cause.line : message
}

async function send(
  config: WebHookConfig,
  context: WebHookContext,
  deps: WebHookDeps,
): Promise<WebHookOutcome> {
  const prepared = await made(config, context, deps)
  if (!prepared) return PASSED
  const response = await oneOfMany(config.url, () => request(prepared, deps))
  const asked = config.can_interrupt || config.response.parse
  if (response.cut && asked)
    deps.log.warn(
      `web hook ${namedUrl(config.url)} answers more than ${MOST / 1024 / 1024} MiB: the rest is not read`,
    )
  if (response.status < 400) return config.response.parse ? parseResponse(response) : PASSED
  if (asked) return parseResponse(response)
  throw new WebHookFailed(
    502,
    `webhook failed with status code ${response.status}`,
    'A third-party upstream service responded improperly. Please try again later.',
  )
}

async function made(
  config: WebHookConfig,
  context: WebHookContext,
  { snippets, headers }: WebHookDeps,
): Promise<Prepared | undefined> {
  try {
    const prepared = await prepare(config, context as unknown as JsonObject, snippets)
    if (!prepared) return undefined
    // By these a hook tells that it was asked before.
    const ids = {
      'ory-webhook-request-id': crypto.randomUUID(),
      'ory-webhook-trigger-id': crypto.randomUUID(),
    }
    return { ...prepared, headers: { ...ids, ...headers, ...prepared.headers } }
  } catch (cause) {
    if (cause instanceof Unprepared) throw new WebHookFailed(500, cause.message, '', { cause })
    throw cause
  }
}

async function request(
  prepared: Prepared,
  { log, hosts = [], timeout = TIMEOUT, pause = sleep }: WebHookDeps,
): Promise<Asked> {
  const name = namedUrl(prepared.url)
  const bounds = { patience: timeout, most: MOST, hosts }
  const failed = (why: string, wait: number): void =>
    log.warn(`web hook ${name}: ${printable(why)}; it is asked again in ${wait / 1000} s, as Kratos does`)
  try {
    return await askAgain(prepared, bounds, { most: TRIES, pause, failed })
  } catch (cause) {
    if (cause instanceof GaveUp) throw new WebHookFailed(500, cause.message, '', { cause })
    if (!(cause instanceof TooLate)) throw cause
    const reason = 'A third-party upstream service could not be reached. Please try again later.'
    throw new WebHookFailed(504, cause.message, reason, { cause })
  }
}

const running = new Map<string, number>()

async function oneOfMany<T>(url: string, run: () => Promise<T>): Promise<T> {
  const count = running.get(url) ?? 0
  if (count >= MOST_AT_ONCE)
    throw new WebHookFailed(
      500,
      `${count} calls of one web hook wait for their answers: does it call what calls it?`,
      '',
    )
  running.set(url, count + 1)
  try {
    return await run()
  } finally {
    const left = (running.get(url) ?? 1) - 1
    if (left > 0) running.set(url, left)
    else running.delete(url)
  }
}
