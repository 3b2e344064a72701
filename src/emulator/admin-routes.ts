/** Kratos' admin API, below `/admin`. */
import * as service from './operations/service.js'
import type { Route } from './routes.js'

const get = (path: string, run: Route['run']): Route => ({ method: 'GET', path: `/admin${path}`, run })

export const ADMIN_ROUTES: readonly Route[] = [
  get('/health/alive', service.healthy),
  get('/health/ready', service.healthy),
  get('/version', service.version),
]
