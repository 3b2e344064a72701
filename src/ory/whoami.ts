/** Who a request is from: the session of Ory, once it was found valid. */
export interface Identified {
  /** The identity's id. */
  readonly sub: string
  /** The whole session, byte for byte as Ory wrote it. */
  readonly sessionJson: string
  /** The address of the person, for log lines a developer reads; never for a decision. */
  readonly label: string
  /** Ory's own JWT for this session, where one was asked for. */
  readonly token?: string
}

/** All that Ory looks at to tell who is asking. */
export interface Credentials {
  readonly cookie?: string | undefined
  readonly authorization?: string | undefined
  readonly sessionToken?: string | undefined
  /** Of the emulator's states the one that is meant; a browser names it in a cookie. */
  readonly namespace?: string | undefined
  /** Not a credential: lets Ory's log be read beside the app's. */
  readonly requestId?: string | undefined
}

/** "Signed out" and "unreachable" are never the same answer. */
export type WhoamiAnswer =
  | {
      readonly kind: 'session'
      readonly identified: Identified
      readonly expiresAt: number
      /** Until when its token is handed out; milliseconds since 1970. */
      readonly keepUntil?: number
    }
  | {
      readonly kind: 'nobody'
      readonly cause: string
      /** There is a session, and this Ory wants a second factor before it counts. */
      readonly needsSecondFactor?: boolean
      /** Somebody it is, but Ory makes no token for them: why. */
      readonly noToken?: string
    }
  | {
      readonly kind: 'unreachable'
      readonly cause: string
      /** What it answered, where it did. */
      readonly status?: number
      /** Whether Ory as a whole is in trouble, not just this one answer. */
      readonly trips: boolean
      /** Milliseconds Ory asked us to wait. */
      readonly retryAfter?: number | undefined
    }

/** Why nobody is known to an emulator that has no such state. */
export const UNKNOWN_NAMESPACE = 'unknown namespace'

/** What of an answer's head counts. */
export interface WhoamiHead {
  readonly status: number
  readonly retryAfter?: string | undefined
  /** Milliseconds that the emulator's clock is ahead of the machine's. */
  readonly ahead?: number
}

/** Whether it is a test that asks, in an emulator's state of its own. */
export function isInNamespace({ namespace, cookie }: Credentials): boolean {
  return namespace !== undefined || cookie?.includes('ory_dev_namespace=') === true
}

/** Statuses of an Ory (or its edge) that should be left alone for a moment. */
const OVERLOADED: ReadonlySet<number> = new Set([429, 502, 503, 504])

/**
 * What an answer of whoami says. An identity is an active session of somebody; nothing else is.
 *
 * @param tokenized whether Ory was asked for its token, too
 */
export function readWhoami(head: WhoamiHead, text: string, tokenized = false): WhoamiAnswer {
  const { status, retryAfter, ahead = 0 } = head
  if (tokenized && status === 400) return withoutToken(reasonOf(text) ?? 'status 400')
  if (status === 401) {
    const isLost = errorId(text) === 'dev_namespace_unknown'
    return { kind: 'nobody', cause: isLost ? UNKNOWN_NAMESPACE : 'status 401' }
  }
  if (status === 403) {
    return {
      kind: 'nobody',
      cause: 'status 403',
      needsSecondFactor: errorId(text) === 'session_aal2_required',
    }
  }
  if (status !== 200) {
    return {
      kind: 'unreachable',
      cause: `status ${status}`,
      status,
      trips: OVERLOADED.has(status),
      retryAfter: seconds(retryAfter),
    }
  }
  const session = parseObject(text)
  if (!session) return { kind: 'unreachable', cause: 'an answer that is no JSON object', trips: false }
  if (!('active' in session || 'identity' in session))
    return { kind: 'unreachable', cause: 'what answers is no Ory', trips: false }
  if (session['active'] !== true) return { kind: 'nobody', cause: 'the session is not active' }
  const identity = asObject(session['identity'])
  const sub = identity?.['id']
  if (typeof sub !== 'string' || sub === '') return { kind: 'nobody', cause: 'the session has no identity' }
  const email = asObject(identity?.['traits'])?.['email']
  const identified = { sub, sessionJson: text.trim(), label: typeof email === 'string' ? email : sub }
  const expiresAt = expiry(session['expires_at']) - ahead
  if (!tokenized) return { kind: 'session', identified, expiresAt }
  const { tokenized: token, ...rest } = session
  if (typeof token !== 'string' || !JWT.test(token)) return withoutToken('its answer holds none')
  return {
    kind: 'session',
    identified: { ...identified, sessionJson: JSON.stringify(rest), token },
    expiresAt,
  }
}

/** What may stand in a header of ours. */
const JWT = /^[\w-]+\.[\w-]+\.[\w-]*$/

const withoutToken = (noToken: string): WhoamiAnswer => ({ kind: 'nobody', cause: 'no token', noToken })

type JsonObject = Record<string, unknown>

const asObject = (value: unknown): JsonObject | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined

function parseObject(text: string): JsonObject | undefined {
  try {
    return asObject(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** Kratos names its refusals; the one of `session.whoami.required_aal` is `session_aal2_required`. */
const errorId = (text: string): unknown => asObject(parseObject(text)?.['error'])?.['id']

/** What Kratos says to developers. */
function reasonOf(text: string): string | undefined {
  const { reason, message } = asObject(parseObject(text)?.['error']) ?? {}
  return [reason, message].find((said): said is string => typeof said === 'string' && said !== '')
}

/** A session without a readable end is not thereby endless: the cache's own time bounds it. */
function expiry(value: unknown): number {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(time) ? Number.POSITIVE_INFINITY : time
}

function seconds(retryAfter: string | undefined): number | undefined {
  const value = Number(retryAfter)
  return retryAfter !== undefined && Number.isFinite(value) && value >= 0 ? value * 1000 : undefined
}
