/** Web hooks: https://www.ory.com/docs/kratos/hooks/configure-hooks#webhooks */

import { isLoopback } from '../../common/loopback.js'
import type { Logger } from '../../log.js'
import { printable } from '../../log.js'
import type { WebHookConfig } from '../config/model.js'
import type { JsonObject } from '../store/model.js'
import { parseResponse, WebHookFailed, type WebHookOutcome } from './web-hook-response.js'

export type { WebHookOutcome, WebHookRejection } from './web-hook-response.js'
export { WebHookFailed } from './web-hook-response.js'

/** What a hook is told: `ctx` of Kratos' body templates. */
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
  /** Headers of ours beside those of the configuration. */
  headers?: Record<string, string>
  /** Milliseconds; Kratos waits 30 s. */
  timeout?: number
}

const TIMEOUT = 30_000
const MOST = 5 * 1024 * 1024
const PASSED: WebHookOutcome = { kind: 'passed' }

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
  if (!URL.canParse(config.url) || !isLoopback(new URL(config.url).hostname)) {
    // The emulator is for working offline: a hook of production must not hear of test people.
    once(deps.log, `web hook ${named(config)} is not called: the emulator sends hooks to this machine only`)
    return PASSED
  }
  if (!ignore) return send(config, context, deps)
  send(config, context, deps).catch((error: unknown) => {
    deps.log.warn(`web hook ${named(config)}: ${printable((error as Error).message)} (ignored)`)
  })
  return PASSED
}

/** For a log line: a password before the host and a token in the query stay out of it. */
function named({ url }: WebHookConfig): string {
  if (!URL.canParse(url)) return printable(url)
  const { protocol, host, pathname } = new URL(url)
  return printable(`${protocol}//${host}${pathname}`)
}

const said = new WeakMap<Logger, Set<string>>()

/** What holds for every call is said at the first. */
function once(log: Logger, line: string): void {
  const known = said.get(log) ?? new Set()
  said.set(log, known)
  if (known.has(line)) return
  known.add(line)
  log.warn(line)
}

async function send(
  config: WebHookConfig,
  context: WebHookContext,
  deps: WebHookDeps,
): Promise<WebHookOutcome> {
  const response = await request(config, bodyOf(config, context, deps.log), deps)
  const interrupts = config.can_interrupt || config.response.parse
  if (response.status >= 400) {
    if (interrupts) return parseResponse(response)
    throw new WebHookFailed(
      502,
      `webhook failed with status code ${response.status}`,
      'A third-party upstream service responded improperly. Please try again later.',
    )
  }
  return config.response.parse ? parseResponse(response) : PASSED
}

/** Kratos insists on a template; we send all that one could have chosen from. */
function bodyOf(config: WebHookConfig, context: WebHookContext, log: Logger): string {
  if (config.body)
    once(
      log,
      `web hook ${named(config)}: its "body", Jsonnet, is not supported; all of "ctx" is sent as JSON instead`,
    )
  return JSON.stringify(context)
}

async function request(
  config: WebHookConfig,
  body: string,
  { headers, timeout = TIMEOUT }: WebHookDeps,
): Promise<{ status: number; text: string }> {
  const method = config.method.toUpperCase()
  const bodiless = method === 'GET' || method === 'HEAD'
  try {
    const response = await fetch(config.url, {
      method,
      headers: {
        'content-type': 'application/json',
        ...headers,
        ...lowerCased(config.headers),
        ...authorization(config),
      },
      // From this machine to another one through a redirect would be a way out.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeout),
      ...(!bodiless && { body }),
    })
    return { status: response.status, text: (await response.text()).slice(0, MOST) }
  } catch (cause) {
    const late = (cause as Error).name === 'TimeoutError'
    const detail = ((cause as Error).cause as Error | undefined)?.message ?? (cause as Error).message
    if (!late) throw new WebHookFailed(500, `web hook could not be reached: ${detail}`, '', { cause })
    const reason = 'A third-party upstream service could not be reached. Please try again later.'
    throw new WebHookFailed(504, `no answer within ${timeout} ms`, reason, { cause })
  }
}

const lowerCased = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

function authorization({ auth }: WebHookConfig): Record<string, string> {
  const text = (name: string): string => String(auth?.config[name] ?? '')
  if (auth?.type === 'basic_auth')
    return { authorization: `Basic ${Buffer.from(`${text('user')}:${text('password')}`).toString('base64')}` }
  if (auth?.type !== 'api_key') return {}
  return text('in') === 'cookie'
    ? { cookie: `${text('name')}=${text('value')}` }
    : { [text('name')]: text('value') }
}
