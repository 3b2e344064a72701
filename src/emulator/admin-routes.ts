/** Kratos' admin API, below `/admin`. */
import * as courier from './admin/courier.js'
import * as recovery from './admin/recovery.js'
import * as service from './operations/service.js'
import type { Route } from './routes.js'

const post = (path: string, run: Route['run']): Route => ({ method: 'POST', path: `/admin${path}`, run })
const get = (path: string, run: Route['run']): Route => ({ method: 'GET', path: `/admin${path}`, run })

export const ADMIN_ROUTES: readonly Route[] = [
  get('/courier/messages', courier.listMessages),
  get('/courier/messages/{id}', courier.getMessage),
  post('/recovery/code', recovery.createRecoveryCode),
  post('/recovery/link', recovery.createRecoveryLink),
  get('/health/alive', service.healthy),
  get('/health/ready', service.healthy),
  get('/version', service.version),
]
