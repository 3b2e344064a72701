/** Kratos' admin API. */

import { type Answer, type Exchange, plain, redirect } from '../http/exchange.js'
import { absent, type Operation, type Route } from '../operations/routes.js'
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
  redirect(x, `${x.core.base}${x.path.replace(/^\/admin/, '')}${x.search}`, 307)
const toAdmin = (x: Exchange): Answer =>
  x.core.adminBase === x.core.base
    ? plain(404, '404 page not found')
    : redirect(x, `${x.core.adminBase}/admin${x.path.replace(/^\/admin/, '')}${x.search}`, 307)

export const ADMIN_ROUTES: readonly Route[] = [
  ...both('GET', '/identities', listIdentities),
  ...both('POST', '/identities', identities.createIdentity),
  ...both('PATCH', '/identities', batch.batchPatchIdentities),
  ...both('GET', '/identities/by/external/{externalID}', identities.getIdentityByExternalId),
  ...both('GET', '/identities/{id}', identities.getIdentity),
  ...both('PUT', '/identities/{id}', identities.updateIdentity),
  ...both('PATCH', '/identities/{id}', patchIdentity),
  ...both('DELETE', '/identities/{id}', identities.deleteIdentity),
  ...both('DELETE', '/identities/{id}/credentials/{type}', credentials.deleteCredentials),
  ...both('GET', '/identities/{id}/sessions', sessions.listIdentitySessions),
  ...both('DELETE', '/identities/{id}/sessions', sessions.deleteIdentitySessions),

  ...both('GET', '/sessions/whoami', toPublic),
  ...both('GET', '/sessions', sessions.listSessions),
  ...both('DELETE', '/sessions', toPublic),
  ...both('GET', '/sessions/{id}', sessions.getSession),
  ...both('DELETE', '/sessions/{id}', sessions.disableSession),
  ...both('PATCH', '/sessions/{id}/extend', sessions.extendSession),

  ...both('POST', '/recovery/code', recovery.createRecoveryCode),
  ...both('POST', '/recovery/link', recovery.createRecoveryLink),
  ...both('GET', '/courier/messages', courier.listMessages),
  ...both('GET', '/courier/messages/{id}', courier.getMessage),

  ...both('GET', '/health/alive', service.healthy),
  ...both('GET', '/health/ready', service.healthy),
  ...both('GET', '/version', service.version),

  ...absent('Prometheus metrics', '/metrics/prometheus', '/admin/metrics/prometheus'),

  ...both('GET', '/schemas', toPublic),
  ...both('GET', '/schemas/{id}', toPublic),
  ...['GET', 'POST'].flatMap(method => both(method, '/self-service/*', toPublic)),
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
