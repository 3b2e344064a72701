/** Signing out: https://www.ory.com/docs/kratos/self-service/flows/user-logout */

import { ownUrl } from '../core.js'
import { type Answer, type Exchange, isJson, json, noContent, redirect } from '../http/exchange.js'
import { decodeJsonBody, wrongType } from '../http/json-body.js'
import { badRequest, Problem } from '../http/kratos-errors.js'
import { secureReturnTo } from '../http/return-to.js'
import { withQuery } from '../http/urls.js'
import { purge, signedIn } from '../identities/sessions.js'
import { forwarding } from './flow.js'

const home = (x: Exchange): string => x.core.config.selfservice.flows.logout.after.default_browser_return_url

/** `GET /self-service/logout/browser` */
export function createLogout(x: Exchange): Promise<Answer> {
  return forwarding(x, () => {
    const { session } = signedIn(x)
    const query: Record<string, string> = { token: session.logout_token }
    if (x.query.get('return_to'))
      query['return_to'] = secureReturnTo(x.core, { source: x.requestUrl, fallback: home(x) })
    return json(200, {
      logout_url: withQuery(ownUrl(x.core, '/self-service/logout'), query),
      logout_token: session.logout_token,
    })
  })
}

/** `GET /self-service/logout?token=` */
export function logout(x: Exchange): Promise<Answer> {
  return forwarding(x, () => {
    const token = x.query.get('token')
    if (!token) throw badRequest('Please include a token in the URL query.')
    if (signedIn(x).session.logout_token !== token)
      throw new Problem(403, {
        reason:
          'Unable to log out because the logout token in the URL query does not match the session cookie.',
      })
    purge(x)
    x.csrf.regenerate()
    const to = secureReturnTo(x.core, { source: x.requestUrl, fallback: home(x) })
    return isJson(x) ? noContent() : redirect(x, to)
  })
}

/** `DELETE /self-service/logout/api` */
export function nativeLogout(x: Exchange): Answer {
  const body = decodeJsonBody(x, ['DELETE'], 'logout.performNativeLogoutBody')
  const token = body['session_token']
  if (token !== undefined && token !== null && typeof token !== 'string')
    throw wrongType(token, 'struct field performNativeLogoutBody.session_token of type string')
  const session = typeof token === 'string' ? x.core.state.sessionByToken(token) : undefined
  if (!session)
    throw new Problem(403, {
      reason: 'The provided Ory Session Token could not be found, is invalid, or otherwise malformed.',
    })
  x.core.state.putSession({ ...session, active: false })
  return noContent()
}
