/** The errors of Kratos' API: https://www.ory.com/docs/kratos/concepts/ui-user-interface#machine-readable-format */
import { STATUS_CODES } from 'node:http'
import type { JsonObject, UiText } from '../store/model.js'

const MESSAGES: Record<number, string> = {
  400: 'The request was malformed or contained invalid parameters',
  401: 'The request could not be authorized',
  403: 'The requested action was forbidden',
  404: 'The requested resource could not be found',
  409: 'The resource could not be created due to a conflict',
  410: 'The requested resource is no longer available because it has expired or is otherwise invalid.',
  413: 'The request body is too large',
  500: 'An internal server error occurred, please contact the system administrator',
  501: 'The emulator does not implement this',
}

export interface ProblemInit {
  id?: string
  reason?: string
  message?: string
  details?: JsonObject
  /** Keys beside `error` in the body, like `redirect_browser_to`. */
  beside?: JsonObject
}

/** An answer with an `error` object. */
export class Problem extends Error {
  readonly code: number
  readonly init: ProblemInit

  constructor(code: number, init: ProblemInit = {}) {
    super(init.message ?? MESSAGES[code] ?? STATUS_CODES[code] ?? 'error')
    this.code = code
    this.init = init
  }

  get id(): string | undefined {
    return this.init.id
  }
  get reason(): string {
    return this.init.reason ?? ''
  }
  /** What stands below `error`; also what an error page shows. */
  error(): JsonObject {
    const { id, reason, details } = this.init
    return {
      ...(id !== undefined && { id }),
      code: this.code,
      status: STATUS_CODES[this.code] ?? '',
      ...(reason !== undefined && { reason }),
      ...(details !== undefined && { details }),
      message: this.message,
    }
  }
  body(): JsonObject {
    return { error: this.error(), ...this.init.beside }
  }
}

/** An error of Go that Kratos passes on as it is: a 500 in the body, whatever the status. */
export class PlainFailure extends Error {}

/** What was wrong with a form: messages for the flow, or for one of its fields. */
export interface Issue {
  /** Dotted name of the node; absent: the message belongs to the whole form. */
  name?: string
  text: UiText
}
export class Invalid extends Error {
  readonly issues: readonly Issue[]

  constructor(...issues: Issue[]) {
    super(issues.map(issue => issue.text.text).join(' '))
    this.issues = issues
  }
}

/** No method felt addressed by a submission. */
export class NoMethod extends Invalid {}

/** The flow has expired; its handler makes a new one and points to it. */
export class FlowExpired extends Error {
  readonly at: string

  constructor(at: string) {
    super('self-service flow expired')
    this.at = at
  }
}

export const badRequest = (reason: string): Problem => new Problem(400, { reason })
/** A row that is not there, as Kratos' persistence says it. */
export const notLocated = (): Problem => new Problem(404, { message: 'Unable to locate the resource' })

export const alreadySignedIn = (flow: 'login' | 'registration'): Problem =>
  new Problem(400, {
    id: 'session_already_available',
    message: 'you are already logged in',
    reason: `A valid session was detected and thus ${flow} is not possible.${flow === 'login' ? ' Did you forget to set `?refresh=true`?' : ''}`,
  })
export const alreadySignedInForRecovery = (): Problem =>
  new Problem(400, {
    id: 'session_already_available',
    reason: 'A valid session was detected and thus recovery is not possible.',
  })

/** No session where one is needed. */
export class NoSession extends Problem {
  constructor(reason = 'No active session was found in this request.', beside?: JsonObject) {
    super(401, {
      id: 'session_inactive',
      message: 'request does not have a valid authentication session',
      reason,
      ...(beside && { beside }),
    })
  }
}

/** The session lacks its second factor. */
export class AalNotSatisfied extends Problem {
  readonly redirectTo: string

  constructor(redirectTo: string) {
    super(403, {
      id: 'session_aal2_required',
      message: 'Session does not fulfill the requested Authenticator Assurance Level',
      reason:
        'An active session was found but it does not fulfill the requested Authenticator Assurance Level. Please verify yourself with a second factor to resolve this issue.',
      details: { redirect_browser_to: redirectTo },
      beside: { redirect_browser_to: redirectTo },
    })
    this.redirectTo = redirectTo
  }
}

/** The session is too old for this change. */
export class NeedsRefresh extends Problem {
  constructor(redirectTo = '') {
    super(403, {
      id: 'session_refresh_required',
      reason:
        'The login session is too old and thus not allowed to update these fields. Please re-authenticate.',
      beside: { redirect_browser_to: redirectTo },
    })
  }
}

export const locationChangeRequired = (to: string): Problem =>
  new Problem(422, {
    id: 'browser_location_change_required',
    message: 'browser location change required',
    reason: `In order to complete this flow please redirect the browser to: ${to}`,
    beside: { redirect_browser_to: to },
  })

export const notImplemented = (feature: string): Problem =>
  new Problem(501, {
    id: 'emulator_not_implemented',
    reason: `The emulator does not have ${feature}. Kratos does: point the proxy at a real one to use it.`,
  })
