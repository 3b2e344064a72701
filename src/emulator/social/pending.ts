/** Sign-ins that are at the provider: what the callback must find again, and who may bring it back. */

import { createHash, timingSafeEqual } from 'node:crypto'
import { pause, waiting } from '../flows/continuations.js'
import type { Flow, FlowKind } from '../flows/types.js'
import type { Exchange } from '../http/exchange.js'
import { badRequest, Problem } from '../http/kratos-errors.js'
import type { Ticket } from '../provider/index.js'
import { ALPHANUMERIC } from '../store/ids.js'
import type { JsonObject } from '../store/model.js'

/** Kratos' name for it in the continuity cookie. */
const NAME = 'ory_kratos_oidc_auth_code_session'
const LIFESPAN_MS = 30 * 60_000

export interface Pending {
  state: string
  provider: string
  flow: string
  kind: FlowKind
  /** What was typed into the form before the person left. */
  traits: JsonObject
  transientPayload: JsonObject
  ticket: Omit<Ticket, 'url'>
  /** Native apps have no cookie: who started is known by the first half of the exchange code. */
  initCodeHash?: string
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex')

export const newState = (x: Exchange): string => x.core.ids.secret(48, ALPHANUMERIC)

/** Keeps it until the browser is back; a browser gets a reference, so that nobody else can bring it. */
export function remember(x: Exchange, flow: Flow, pending: Omit<Pending, 'initCodeHash'>): void {
  const { core } = x
  const exchange = core.state.exchanges.get(flow.id)
  // With an exchange code Kratos goes by the state alone, and loses what the form said beside it.
  const payload = exchange
    ? { ...pending, traits: {}, transientPayload: {}, initCodeHash: hash(exchange.init_code) }
    : pending
  pause(x, NAME, '', payload as unknown as JsonObject, LIFESPAN_MS)
}

/** The sign-in that this `state` belongs to, whoever brings it. */
export function pendingByState(x: Exchange, state: string): Pending | undefined {
  for (const one of x.core.state.continuations.values())
    if (one.name === NAME && one.payload['state'] === state) return one.payload as unknown as Pending
  return undefined
}

/** Refuses whoever did not start it: a callback address sent by somebody else would sign in as them. */
export function requireSameVisitor(x: Exchange, flow: Flow, pending: Pending): void {
  const exchange = x.core.state.exchanges.get(flow.id)
  if (flow.type === 'api' && exchange) {
    if (same(pending.initCodeHash ?? '', hash(exchange.init_code))) return
    throw badRequest(mismatch('from the code'))
  }
  const own = waiting(x, NAME)
  if (!own || Date.parse(own.expires_at) < x.core.now()) throw notResumable()
  if (!same(String(own.payload['state']), pending.state))
    throw badRequest(mismatch('from the session cookie'))
}

function same(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}

const mismatch = (where: string): string =>
  `Unable to complete OpenID Connect flow because the query state parameter does not match the state parameter ${where}.`

const notResumable = (): Problem =>
  new Problem(400, {
    message: 'no resumable session found',
    reason:
      "The browser does not contain the necessary cookie to resume the session. This is a security violation and was blocked. Please clear your browser's cookies and cache and try again!",
  })
