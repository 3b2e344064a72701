/**
 * Settings that need a fresh sign-in wait while their sender signs in; the browser keeps a reference in a
 * cookie and goes on when it is back. Only pages: scripts repeat the request themselves.
 */

import type { Core } from '../core.js'
import type { Exchange } from '../http/exchange.js'
import { isoTime } from '../store/clock.js'
import type { Continuation, JsonObject } from '../store/model.js'

const cookieName = ({ project }: Core): string =>
  project === undefined ? 'ory_kratos_continuity' : `ory_kratos_continuity_${project}`
const COOKIE_SECONDS = 30 * 24 * 60 * 60
const LIFESPAN_MS = 15 * 60_000

function references(x: Exchange): Record<string, string> | undefined {
  const value = x.cookies.get(cookieName(x.core))
  if (!value) return undefined
  try {
    const parsed: unknown = JSON.parse(Buffer.from(value, 'base64url').toString())
    return parsed !== null && typeof parsed === 'object' ? (parsed as Record<string, string>) : {}
  } catch {
    return {}
  }
}

function remember(x: Exchange, refs: Record<string, string>): void {
  const { path, domain, same_site } = x.core.config.cookies
  x.cookies.add(cookieName(x.core), Buffer.from(JSON.stringify(refs)).toString('base64url'), {
    path,
    domain,
    expires: new Date(x.core.now() + COOKIE_SECONDS * 1000),
    maxAge: COOKIE_SECONDS,
    secure: x.core.secure,
    sameSite: x.core.secure ? same_site : 'Lax',
  })
}

export function pause(
  x: Exchange,
  name: string,
  identityId: string,
  payload: JsonObject,
  lifespan: number = LIFESPAN_MS,
): void {
  const { core } = x
  const id = core.ids.uuid()
  core.state.addContinuation({
    id,
    name,
    identity_id: identityId,
    payload,
    expires_at: isoTime(core.now() + lifespan),
  })
  remember(x, { ...references(x), [name]: id })
}

/** What this browser has paused under that name, left where it is. */
export function waiting(x: Exchange, name: string): Continuation | undefined {
  const found = x.core.state.continuations.get(references(x)?.[name] ?? '')
  return found?.name === name ? found : undefined
}

/** What was paused under that name by that person, once. */
export function resume(x: Exchange, name: string, identityId: string): JsonObject | undefined {
  const waiting = take(x, name)
  const valid = waiting?.identity_id === identityId && Date.parse(waiting.expires_at) > x.core.now()
  return valid ? waiting.payload : undefined
}

export const abort = (x: Exchange, name: string): void => void take(x, name)

function take(x: Exchange, name: string) {
  const refs = references(x)
  if (!refs || !Object.hasOwn(refs, name)) return undefined
  const { [name]: id = '', ...others } = refs
  remember(x, others)
  const waiting = x.core.state.continuations.get(id)
  x.core.state.continuations.delete(id)
  return waiting?.name === name ? waiting : undefined
}
