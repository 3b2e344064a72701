/** Sessions of the person who asks: https://www.ory.com/docs/kratos/session-management/overview */

import { offsetPage } from '../admin/paging.js'
import { isUuid } from '../flows/flow.js'
import { type Answer, type Exchange, json, noContentJson, problem } from '../http/exchange.js'
import { badRequest, NoSession, Problem } from '../http/kratos-errors.js'
import {
  isActive,
  refreshCookie,
  requireAal,
  revokeOthers,
  sessionJson,
  signedIn,
} from '../identities/sessions.js'
import { tokenize } from '../identities/tokenize.js'
import type { SignedIn } from '../identities/types.js'
import { asObject } from '../schema/fields.js'

/** `/sessions/whoami` */
export async function whoami(x: Exchange): Promise<Answer> {
  let who: SignedIn
  try {
    who = signedIn(x)
  } catch (error) {
    if (!(error instanceof NoSession)) throw error
    return problem(new Problem(401, { reason: 'No valid session credentials found in the request.' }))
  }
  const { session, identity } = who
  requireAal(x.core, who, x.core.config.session.whoami.required_aal)
  const shown = sessionJson(x.core, session, identity)
  const template = x.query.get('tokenize_as')
  const tokenized = template ? await tokenize(x.core, template, { session, identity, shown }) : undefined
  x.extraHeaders['x-kratos-authenticated-identity-id'] = identity.id
  refreshCookie(x, session)
  const ahead = x.core.now() - Date.now()
  // For who keeps this answer until the session ends: its times are not the machine's.
  if (Math.abs(ahead) > 1000) x.extraHeaders['ory-dev-clock-offset'] = String(ahead)
  return json(200, { ...shown, ...(tokenized !== undefined && { tokenized }) })
}

function mine(x: Exchange): SignedIn {
  try {
    return signedIn(x)
  } catch (error) {
    if (error instanceof NoSession) throw new Problem(401, { reason: 'No valid session cookie found.' })
    throw error
  }
}

/** `GET /sessions`: the others, not this one. */
export function listSessions(x: Exchange): Answer {
  const who = mine(x)
  requireAal(x.core, who, x.core.config.session.whoami.required_aal)
  const others = x.core.state
    .sessionsOf(who.identity.id)
    .filter(s => s.id !== who.session.id && isActive(x.core, s, who.identity))
  // Lists come without the addresses of the person, and without the address of the schema.
  const person = { ...who.identity, verifiable_addresses: [], recovery_addresses: [] }
  const { items, headers } = offsetPage(x, others, 1)
  Object.assign(x.extraHeaders, headers)
  return json(
    200,
    items.map(s => {
      const shown = sessionJson(x.core, s, person)
      return { ...shown, identity: { ...asObject(shown['identity']), schema_url: '' } }
    }),
  )
}

/** `DELETE /sessions`: the others, not this one. */
export function revokeSessions(x: Exchange): Answer {
  return json(200, { count: revokeOthers(x.core, mine(x).session) })
}

/** `DELETE /sessions/{id}` */
export function revokeSession(x: Exchange): Answer | Promise<Answer> {
  const id = x.params['id'] ?? ''
  if (id === 'whoami') return whoami(x)
  const { session, identity } = mine(x)
  if (!isUuid(id))
    throw new Problem(400, {
      message: `uuid: incorrect UUID length ${id.length} in string ${JSON.stringify(id)}`,
    })
  if (id === session.id) throw new Problem(400, { message: 'cannot revoke current session' })
  const other = x.core.state.session(id)
  if (other?.identity_id === identity.id) x.core.state.putSession({ ...other, active: false })
  return noContentJson()
}

/** `GET /sessions/token-exchange` */
export function exchangeToken(x: Exchange): Answer {
  const init = x.query.get('init_code')
  const returnTo = x.query.get('return_to_code')
  if (!init || !returnTo) throw badRequest('"init_code" and "return_to_code" query params must be set')
  const exchange = [...x.core.state.exchanges.values()].find(
    e => e.init_code === init && e.return_to_code === returnTo && Date.parse(e.expires_at) > x.core.now(),
  )
  const session = exchange?.session_id ? x.core.state.session(exchange.session_id) : undefined
  if (!session) throw new Problem(404, { reason: 'no session yet for this "code"' })
  return json(200, { session_token: session.token, session: sessionJson(x.core, session) })
}
