/** From `request_config` of Kratos' configuration to a request: what web hooks and the courier's channels send. */

import { SnippetFailed, type Snippets } from '../snippets/index.js'
import type { JsonObject } from '../store/model.js'

export interface RequestConfig {
  url: string
  method: string
  headers: Readonly<Record<string, string>>
  /** The address of a Jsonnet program. */
  body?: string
  auth?: { type: 'api_key' | 'basic_auth'; config: JsonObject }
}

export interface Prepared {
  url: string
  method: string
  headers: Record<string, string>
  body?: string
}

/** What Kratos says where it cannot make the request; `line` is for the log alone. */
export class Unprepared extends Error {
  override readonly name = 'Unprepared'
  readonly line: string

  constructor(message: string, line: string = message, options?: ErrorOptions) {
    super(message, options)
    this.line = line
  }
}

const JSON_TYPE = 'application/json'
const FORM_TYPE = 'application/x-www-form-urlencoded'

/**
 * @param ctx what the program is called with
 * @returns undefined where the program says that nothing is to be sent: `error 'cancel'`
 * @throws {Unprepared}
 */
export async function prepare(
  config: RequestConfig,
  ctx: JsonObject,
  snippets: Snippets,
): Promise<Prepared | undefined> {
  const { url, method } = config
  const headers = { 'content-type': JSON_TYPE, ...lowerCased(config.headers), ...authorization(config) }
  // Every method but this one may have a body (RFC 9110, section 9.3.8).
  if (method === 'TRACE') return { url, method, headers }
  try {
    return { url, method, headers, body: await bodyOf(config, headers['content-type'], ctx, snippets) }
  } catch (error) {
    if (error instanceof Cancelled) return undefined
    throw error
  }
}

class Cancelled extends Error {}

async function bodyOf(
  { body: address }: RequestConfig,
  type: string | undefined,
  ctx: JsonObject,
  snippets: Snippets,
): Promise<string> {
  const snippet = address ? snippets.get(address) : undefined
  if (!snippet)
    throw new Unprepared(
      'got empty template path for request with body',
      'it has no "body": name a Jsonnet program there, like "base64://…" of "function(ctx) ctx"',
    )
  if (type !== JSON_TYPE && type !== FORM_TYPE)
    throw new Unprepared(
      'invalid config - incorrect Content-Type for request with body',
      `its Content-Type is ${JSON_TYPE} or ${FORM_TYPE}, written exactly so`,
    )
  try {
    const text = await snippet.run({ args: { ctx } })
    return type === FORM_TYPE ? asForm(text) : text
  } catch (error) {
    if (!(error instanceof SnippetFailed)) throw error
    if (type === JSON_TYPE && isCancel(error)) throw new Cancelled()
    throw new Unprepared('jsonnetsecure: the program of the body failed', error.message, { cause: error })
  }
}

/** Kratos looks for this at the begin of the message. */
const isCancel = ({ cause }: SnippetFailed): boolean =>
  /^(RUNTIME ERROR: )?cancel/.test((cause as Error | undefined)?.message ?? '')

function asForm(text: string): string {
  const values = JSON.parse(text) as unknown
  if (values === null) return ''
  const entries = typeof values === 'object' && !Array.isArray(values) ? Object.entries(values) : undefined
  if (!entries?.every(([, value]) => typeof value === 'string' || value === null))
    throw new Unprepared('json: cannot unmarshal the fields of a form: each is a text')
  const texts = entries.map(([name, value]): [string, string] => [name, (value as string | null) ?? ''])
  return new URLSearchParams(texts.sort(([one], [other]) => (one < other ? -1 : 1))).toString()
}

const lowerCased = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

function authorization({ auth }: RequestConfig): Record<string, string> {
  const text = (name: string): string => String(auth?.config[name] ?? '')
  if (auth?.type === 'basic_auth')
    return { authorization: `Basic ${Buffer.from(`${text('user')}:${text('password')}`).toString('base64')}` }
  if (auth?.type !== 'api_key') return {}
  if (text('in') !== 'cookie') return { [text('name').toLowerCase()]: text('value') }
  return { cookie: `${text('name')}=${cookieValue(text('value'))}` }
}

/** Go puts a value with a space or a comma in quotes. */
const cookieValue = (value: string): string => (/[ ,]/.test(value) ? `"${value}"` : value)
