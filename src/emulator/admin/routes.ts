/** Kratos' admin API. */

import { type Answer, type Exchange, plain, redirect } from '../http/exchange.js'
import { ELSEWHERE_ADMIN } from '../operations/elsewhere.js'
import type { Operation, Route } from '../operations/route.js'
import * as service from '../operations/service.js'
import * as batch from './batch.js'
import * as courier from './courier.js'
import * as credentials from './credentials.js'
import * as identities from './identities.js'
import { listIdentities } from './list.js'
import { patchIdentity } from './patch.js'
import * as recovery from './recovery.js'
import * as sessions from './sessions.js'

const route = (method: string, path: string, run: Operation): Route => ({ method, path, run })

/** With and without `/admin` in front, as Kratos' admin port takes both. */
const both = (method: string, path: string, run: Operation): Route[] => [
  route(method, `/admin${path}`, run),
  route(method, path, run),
]

/** What the other port answers, Kratos sends there. */
const toPublic = (x: Exchange): Answer =>
  redirect(x, `${x.core.base}${x.path.replace(/^\/admin/, '').replace(/\/+$/, '')}${x.search}`, 307)
const toAdmin = (x: Exchange): Answer =>
  x.core.adminBase === x.core.base
    ? plain(404, '404 page not found')
    : redirect(x, `${x.core.adminBase}/admin${x.path.replace(/^\/admin/, '')}${x.search}`, 307)

const FLOW_KINDS = ['login', 'registration', 'recovery', 'verification', 'settings']
const redirectFlow = (kind: string): Route[] => [
  ...['/browser', '/api', '/flows', ''].map(end =>
    route('GET', `/admin/self-service/${kind}${end}`, toPublic),
  ),
  route('POST', `/admin/self-service/${kind}`, toPublic),
]

/** Its server puts `/admin` in front of every path that comes without. */
export const ADMIN_ROUTES: readonly Route[] = [
  route('GET', '/admin/identities', listIdentities),
  route('POST', '/admin/identities', identities.createIdentity),
  route('PATCH', '/admin/identities', batch.batchPatchIdentities),
  route('GET', '/admin/identities/by/external/{externalID}', identities.getIdentityByExternalId),
  route('GET', '/admin/identities/{id}', identities.getIdentity),
  route('PUT', '/admin/identities/{id}', identities.updateIdentity),
  route('PATCH', '/admin/identities/{id}', patchIdentity),
  route('DELETE', '/admin/identities/{id}', identities.deleteIdentity),
  route('DELETE', '/admin/identities/{id}/credentials/{type}', credentials.deleteCredentials),
  route('GET', '/admin/identities/{id}/sessions', sessions.listIdentitySessions),
  route('DELETE', '/admin/identities/{id}/sessions', sessions.deleteIdentitySessions),

  route('GET', '/admin/sessions/whoami', toPublic),
  route('GET', '/admin/sessions', sessions.listSessions),
  route('DELETE', '/admin/sessions', toPublic),
  route('GET', '/admin/sessions/{id}', sessions.getSession),
  route('DELETE', '/admin/sessions/{id}', sessions.disableSession),
  route('PATCH', '/admin/sessions/{id}/extend', sessions.extendSession),

  route('POST', '/admin/recovery/code', recovery.createRecoveryCode),
  route('POST', '/admin/recovery/link', recovery.createRecoveryLink),
  route('GET', '/admin/courier/messages', courier.listMessages),
  route('GET', '/admin/courier/messages/{id}', courier.getMessage),

  route('GET', '/admin/health/alive', service.healthy),
  route('GET', '/admin/health/ready', service.healthy),
  route('GET', '/admin/version', service.version),

  route('GET', '/admin/metrics/prometheus', service.metrics),
  route('GET', '/admin/health/config', service.configHash),

  ...ELSEWHERE_ADMIN,

  route('GET', '/admin/schemas', toPublic),
  route('GET', '/admin/schemas/{id}', toPublic),
  ...FLOW_KINDS.flatMap(redirectFlow),
  route('GET', '/admin/self-service/logout/browser', toPublic),
  route('GET', '/admin/self-service/logout', toPublic),
  route('DELETE', '/admin/self-service/logout/api', toPublic),
  route('GET', '/admin/self-service/errors', toPublic),
]

const IDENTITIES: readonly Route[] = [
  ...both('GET', '/identities', toAdmin),
  ...both('POST', '/identities', toAdmin),
  ...both('GET', '/identities/by/external/{externalID}', toAdmin),
  ...['GET', 'PUT', 'PATCH', 'DELETE'].flatMap(method => both(method, '/identities/{id}', toAdmin)),
  ...both('DELETE', '/identities/{id}/credentials/{type}', toAdmin),
]

/** On the public port, some of the admin API is a redirect to the other one, and the rest is not there. */
export const REDIRECTS_TO_ADMIN: readonly Route[] = [
  ...IDENTITIES,
  route('DELETE', '/identities/{id}/sessions', toAdmin),
  route('POST', '/recovery/code', toAdmin),
  route('POST', '/recovery/link', toAdmin),
  route('GET', '/admin/courier/messages', toAdmin),
  route('GET', '/admin/courier/messages/{id}', toAdmin),
]
