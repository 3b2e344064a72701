import type { Json, JsonObject, UiText } from '../store/model.js'

/** The hook could not be asked, or answered what Kratos does not accept. */
export class WebHookFailed extends Error {
  readonly status: 500 | 502 | 504
  readonly reason: string

  constructor(status: 500 | 502 | 504, message: string, reason: string, options?: ErrorOptions) {
    super(message, options)
    this.status = status
    this.reason = reason
  }
}

/** Messages for one field; an empty pointer means the form as a whole. */
export interface WebHookRejection {
  /** JSON pointer into the submission, like `#/traits/email`. */
  pointer: string
  messages: UiText[]
}

export type WebHookOutcome =
  | { kind: 'passed' }
  /** Keys of the identity to be replaced. */
  | { kind: 'identity'; changes: JsonObject }
  | { kind: 'rejected'; rejections: WebHookRejection[] }

/** What a hook may change: `traits` and so on replace what is there, as a whole. */
const CHANGEABLE = [
  'traits',
  'schema_id',
  'state',
  'verifiable_addresses',
  'recovery_addresses',
  'metadata_public',
  'metadata_admin',
  'external_id',
]

const isObject = (value: Json | undefined): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
const isNothing = (value: Json | undefined): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)

/** Reads an answer: 200 may change the identity, 4xx and 5xx carry messages for the person. */
export function parseResponse({ status, text }: { status: number; text: string }): WebHookOutcome {
  if (status !== 200 && status < 400) return { kind: 'passed' }
  const body = parse(text)
  if (status >= 400) return { kind: 'rejected', rejections: rejectionsOf(body) }
  const { identity = null } = body
  if (identity === null) return { kind: 'passed' }
  if (!isObject(identity)) throw unreadable('"identity" is no object')
  for (const [name, type] of Object.entries(TYPES)) requireType(identity[name], type, `identity.${name}`)
  const changes = Object.entries(identity).filter(
    // An empty external_id takes the old one away, an empty anything else says nothing.
    ([name, value]) => CHANGEABLE.includes(name) && (name === 'external_id' || !isNothing(value)),
  )
  return { kind: 'identity', changes: Object.fromEntries(changes) }
}

/** What Go's decoder refuses otherwise. */
const TYPES = {
  schema_id: 'string',
  state: 'string',
  external_id: 'string',
  verifiable_addresses: 'list',
  recovery_addresses: 'list',
} as const

function requireType(value: Json | undefined, type: 'string' | 'number' | 'list', place: string): void {
  if (value === undefined || value === null) return
  if (type === 'list' ? Array.isArray(value) : typeof value === type) return
  throw unreadable(`json: cannot unmarshal "${place}", which is no ${type}`)
}

function parse(text: string): JsonObject {
  try {
    const body = JSON.parse(text) as Json
    if (isObject(body)) return body
  } catch (cause) {
    throw unreadable((cause as Error).message, cause)
  }
  throw unreadable('it is no object')
}

const unreadable = (detail: string, cause?: unknown): WebHookFailed =>
  new WebHookFailed(500, `webhook response could not be unmarshalled properly from JSON: ${detail}`, '', {
    cause,
  })

function rejectionsOf({ messages }: JsonObject): WebHookRejection[] {
  requireType(messages, 'list', 'messages')
  const listed = Array.isArray(messages) ? messages.filter(isObject) : []
  if (listed.length === 0)
    throw new WebHookFailed(500, 'error while parsing webhook response: got no validation errors', '')
  return listed.map(one => {
    requireType(one['instance_ptr'], 'string', 'messages.instance_ptr')
    requireType(one['messages'], 'list', 'messages.messages')
    const { instance_ptr: pointer, messages: details } = one
    return {
      pointer: typeof pointer === 'string' ? pointer : '',
      messages: (Array.isArray(details) ? details.filter(isObject) : []).map(messageOf),
    }
  })
}

function messageOf({ id, text, type, context }: JsonObject): UiText {
  requireType(id, 'number', 'messages.messages.id')
  requireType(text, 'string', 'messages.messages.text')
  requireType(type, 'string', 'messages.messages.type')
  return {
    id: typeof id === 'number' ? id : 0,
    text: typeof text === 'string' ? text : '',
    type: type === 'error' ? 'error' : 'info',
    ...(isObject(context) && { context }),
  }
}
