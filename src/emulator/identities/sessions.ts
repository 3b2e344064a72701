/** Sessions: who is asking, how surely, and the cookie that says so. */

import { type Core, ownUrl } from '../core.js'
import type { Exchange } from '../http/exchange.js'
import { AalNotSatisfied, NoSession, Problem } from '../http/kratos-errors.js'
import { returnToOf } from '../http/return-to.js'
import { withQuery } from '../http/urls.js'
import { hasSecondFactor } from '../methods/factors.js'
import { isoTime } from '../store/clock.js'
import { ALPHANUMERIC } from '../store/ids.js'
import type { Aal, AuthenticationMethod, Identity, JsonObject, Session } from '../store/model.js'
import { identityJson } from './identities.js'
import type { CompletedMethod, SignedIn } from './types.js'

const newToken = (core: Core, prefix: string): string => `${prefix}${core.ids.secret(32, ALPHANUMERIC)}`

/** The cookie is opaque to its users. It holds the token and until when it was meant to last. */
function encodeCookie(core: Core, session: Session): string {
  const nonce = core.ids.secret(8, ALPHANUMERIC)
  return Buffer.from(JSON.stringify([session.token, session.expires_at, nonce])).toString('base64url')
}

function decodeCookie(x: Exchange): { token: string; expiresAt: string } | undefined {
  const value = x.cookies.get(x.core.config.session.cookie.name)
  if (!value) return undefined
  try {
    const [token, expiresAt] = JSON.parse(Buffer.from(value, 'base64url').toString()) as unknown[]
    return typeof token === 'string' && typeof expiresAt === 'string' ? { token, expiresAt } : undefined
  } catch {
    return undefined
  }
}

function bearer(x: Exchange): string {
  const [scheme, token, ...more] = x.header('authorization').split(' ')
  return scheme?.toLowerCase() === 'bearer' && token && more.length === 0 ? token : ''
}

/** Header, cookie, bearer: the first that is there counts. */
const tokenOf = (x: Exchange): string => x.header('x-session-token') || (decodeCookie(x)?.token ?? bearer(x))

/** Neither ended nor too old; whether its owner may still come in is another question. */
export const isLive = (core: Core, session: Session): boolean =>
  session.active && Date.parse(session.expires_at) > core.now()

export const isActive = (core: Core, session: Session, identity: Identity | undefined): boolean =>
  isLive(core, session) && identity?.state === 'active'

/** Who is asking. Throws {@link NoSession}. */
export function signedIn(x: Exchange): SignedIn {
  const who = maybeSignedIn(x)
  if (!who) throw new NoSession()
  return who
}

export function maybeSignedIn(x: Exchange): SignedIn | undefined {
  const token = tokenOf(x)
  const session = token === '' ? undefined : x.core.state.sessionByToken(token)
  const identity = session && x.core.state.identity(session.identity_id)
  return session && identity && isActive(x.core, session, identity) ? { session, identity } : undefined
}

/** Two factors of different kinds make level 2. */
export function aalOf(methods: readonly AuthenticationMethod[]): Aal {
  const first = methods.some(m => m.aal === 'aal1' || (m.aal === 'aal2' && m.method === 'oidc'))
  return first && methods.some(m => m.aal === 'aal2') ? 'aal2' : 'aal1'
}

/** Refuses a session that could be, and by configuration must be, at level 2. */
export function requireAal(
  core: Core,
  { session, identity }: SignedIn,
  required: 'aal1' | 'highest_available',
  returnTo?: string,
): void {
  if (required === 'aal1' || session.authenticator_assurance_level === 'aal2') return
  if (!hasSecondFactor(core, identity)) return
  const query = { aal: 'aal2', ...(returnTo && { return_to: returnTo }) }
  throw new AalNotSatisfied(withQuery(ownUrl(core, '/self-service/login/browser'), query))
}

/** Where to go for the second factor after a login that began at that URL; undefined if none is needed. */
export function secondFactorUrl(core: Core, who: SignedIn, requestUrl: string): string | undefined {
  try {
    requireAal(core, who, core.config.session.whoami.required_aal, returnToOf(requestUrl))
    return undefined
  } catch (error) {
    if (error instanceof AalNotSatisfied) return error.redirectTo
    throw error
  }
}

/** As the session lists it; keys in Kratos' order. */
export const completedAt = (
  { method, aal, provider }: CompletedMethod,
  at: string,
): AuthenticationMethod => ({
  method,
  aal,
  completed_at: at,
  ...(provider !== undefined && { provider }),
})

/** A session after signing in; `previous` is stepped up or refreshed instead of making a new one. */
export function activate(
  x: Exchange,
  identity: Identity,
  methods: readonly CompletedMethod[],
  previous?: Session,
): Session {
  const { core } = x
  if (identity.state !== 'active')
    throw new Problem(401, {
      message: 'identity is disabled',
      reason: 'This account was disabled.',
      details: { identity_id: identity.id },
    })
  const now = core.now()
  const completed = methods.map(method => completedAt(method, isoTime(now)))
  const authentication_methods = [...(previous?.authentication_methods ?? []), ...completed]
  return {
    id: previous?.id ?? core.ids.uuid(),
    active: true,
    identity_id: identity.id,
    token: previous?.token ?? newToken(core, 'ory_st_'),
    logout_token: previous?.logout_token ?? newToken(core, 'ory_lo_'),
    issued_at: previous?.issued_at ?? isoTime(now),
    authenticated_at: isoTime(now),
    expires_at: isoTime(now + core.config.session.lifespan),
    authenticator_assurance_level: aalOf(authentication_methods),
    authentication_methods,
    devices: previous?.devices ?? [deviceOf(x)],
  }
}

function deviceOf(x: Exchange): Session['devices'][number] {
  return {
    id: x.core.ids.uuid(),
    ip_address: x.header('true-client-ip') || x.header('x-real-ip') || x.remoteAddress,
    user_agent: x.header('user-agent').slice(0, 512),
    location: '',
  }
}

/** Kratos would say `None` over http, too, where browsers then drop the cookie. */
function sameSiteOf({ config, secure }: Core): 'Strict' | 'Lax' | 'None' {
  const { same_site } = config.session.cookie
  return same_site === 'None' && !secure ? 'Lax' : same_site
}

export function issueCookie(x: Exchange, session: Session): void {
  // A new person in this browser: forms of the one before must not work any more.
  if (maybeSignedIn(x)?.identity.id !== session.identity_id) x.csrf.regenerate()
  const { core } = x
  const { name, path, domain, persistent } = core.config.session.cookie
  // Kratos rounds down what is left by the time it writes the cookie.
  const left = Math.max(0, Math.ceil((Date.parse(session.expires_at) - core.now()) / 1000) - 1)
  const lasting = persistent ? { expires: new Date(core.now() + left * 1000), maxAge: left } : {}
  x.cookies.set(name, encodeCookie(core, session), {
    path,
    domain,
    ...lasting,
    secure: core.secure,
    sameSite: sameSiteOf(core),
  })
}

/** Gives a longer cookie to a browser whose session was extended. */
export function refreshCookie(x: Exchange, session: Session): void {
  const cookie = decodeCookie(x)
  if (!cookie && x.cookies.get(x.core.config.session.cookie.name))
    throw new Problem(500, { message: 'securecookie: the value is not valid' })
  if (cookie && cookie.expiresAt < session.expires_at) issueCookie(x, session)
}

/** Ends the session of this request and takes its cookie away. */
export function purge(x: Exchange): void {
  const token = bearer(x) || decodeCookie(x)?.token
  const session = token ? x.core.state.sessionByToken(token) : undefined
  if (session) x.core.state.putSession({ ...session, active: false })
  if (bearer(x) || !decodeCookie(x)) return
  const { name, path, domain } = x.core.config.session.cookie
  x.cookies.set(name, x.cookies.get(name) ?? '', {
    path,
    domain,
    expires: new Date(1000),
    maxAge: 0,
    secure: x.core.secure,
    sameSite: sameSiteOf(x.core),
  })
}

/** Whether this session may change what its owner signs in with. */
export function isPrivileged(core: Core, session: Session): boolean {
  const limit = core.config.selfservice.flows.settings.privileged_session_max_age
  return Date.parse(session.authenticated_at) + limit > core.now()
}

/** `identity`: null hides whose it is. */
export function sessionJson(core: Core, session: Session, identity?: Identity | null): JsonObject {
  const owner = identity === undefined ? core.state.identity(session.identity_id) : identity
  return {
    id: session.id,
    active: owner === null ? isLive(core, session) : isActive(core, session, owner),
    expires_at: session.expires_at,
    authenticated_at: session.authenticated_at,
    authenticator_assurance_level: session.authenticator_assurance_level,
    authentication_methods: session.authentication_methods.map(({ ...method }) => method),
    issued_at: session.issued_at,
    identity: owner ? identityJson(core, owner) : null,
    devices: session.devices.map(({ ...device }) => device),
  }
}

/** Ends all sessions of the person but this one; those that had ended are counted as well. */
export function revokeOthers(core: Core, session: Session): number {
  const others = core.state.sessionsOf(session.identity_id).filter(s => s.id !== session.id)
  for (const other of others) core.state.putSession({ ...other, active: false })
  return others.length
}
