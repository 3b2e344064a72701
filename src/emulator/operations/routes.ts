/** Every path of Kratos' public and admin API: what answers it, or why nothing here does. */
import type { FlowKind } from '../flows/types.js'
import { SCRIPT_PATH, serveScript } from '../methods/keys/script.js'
import { finishSignIn, repeatAsGet } from '../social/callback.js'
import { PROVIDER_PATH, playProvider } from '../social/providers.js'
import { ELSEWHERE, isElsewhere } from './elsewhere.js'
import * as login from './login.js'
import * as logout from './logout.js'
import * as pages from './pages.js'
import * as recovery from './recovery.js'
import * as registration from './registration.js'
import type { Operation, Route } from './route.js'
import * as service from './service.js'
import * as sessions from './sessions.js'
import * as settings from './settings.js'
import * as verification from './verification.js'

export type { Operation, Route } from './route.js'

const get = (path: string, run: Operation): Route => ({ method: 'GET', path, run })
const post = (path: string, run: Operation): Route => ({ method: 'POST', path, run })
const del = (path: string, run: Operation): Route => ({ method: 'DELETE', path, run })

/** Forms come by POST, and by GET as links in mails; Kratos takes both everywhere. */
const submitted = (path: string, run: Operation): Route[] => [post(path, run), get(path, run)]

/** What every kind of flow has: a start for browsers, one for native apps, a look at it, its submission. */
const flowRoutes = (
  kind: FlowKind,
  run: Readonly<Record<'browser' | 'native' | 'get' | 'submit', Operation>>,
): Route[] => [
  get(`/self-service/${kind}/browser`, run.browser),
  get(`/self-service/${kind}/api`, run.native),
  get(`/self-service/${kind}/flows`, run.get),
  ...submitted(`/self-service/${kind}`, run.submit),
]

const whoami: Route[] = ['GET', 'POST', 'PUT', 'PATCH', 'OPTIONS'].map(method => ({
  method,
  path: '/sessions/whoami',
  run: sessions.whoami,
}))

const FLOWS = ['login', 'registration', 'recovery', 'verification', 'settings'] as const

const PAGES: Route[] = [
  ...FLOWS.flatMap(kind => [get(`/ui/${kind}`, pages.flowPage(kind)), get(`/${kind}`, pages.flowPage(kind))]),
  get('/ui/welcome', pages.welcomePage),
  get('/welcome', pages.welcomePage),
  get('/ui/error', pages.errorPage),
  get('/error', pages.errorPage),
]

export const PUBLIC_ROUTES: readonly Route[] = [
  ...flowRoutes('login', {
    browser: login.createBrowserLogin,
    native: login.createNativeLogin,
    get: login.getLogin,
    submit: login.submitLogin,
  }),
  ...flowRoutes('registration', {
    browser: registration.createBrowserRegistration,
    native: registration.createNativeRegistration,
    get: registration.getRegistration,
    submit: registration.submitRegistration,
  }),
  ...flowRoutes('recovery', {
    browser: recovery.createBrowserRecovery,
    native: recovery.createNativeRecovery,
    get: recovery.getRecovery,
    submit: recovery.submitRecovery,
  }),
  ...flowRoutes('verification', {
    browser: verification.createBrowserVerification,
    native: verification.createNativeVerification,
    get: verification.getVerification,
    submit: verification.submitVerification,
  }),
  ...flowRoutes('settings', {
    browser: settings.createBrowserSettings,
    native: settings.createNativeSettings,
    get: settings.getSettings,
    submit: settings.submitSettings,
  }),

  get('/self-service/logout/browser', logout.createLogout),
  get('/self-service/logout', logout.logout),
  del('/self-service/logout/api', logout.nativeLogout),

  ...whoami,
  get('/sessions', sessions.listSessions),
  del('/sessions', sessions.revokeSessions),
  get('/sessions/token-exchange', sessions.exchangeToken),
  del('/sessions/{id}', sessions.revokeSession),

  get('/self-service/methods/oidc/callback/{provider}', finishSignIn),
  get('/self-service/methods/oidc/callback', finishSignIn),
  post('/self-service/methods/oidc/callback/{provider}', repeatAsGet),
  ...submitted(`${PROVIDER_PATH}/{id}/*`, playProvider),

  ...PAGES,

  get('/self-service/errors', service.getError),
  get('/schemas', service.listSchemas),
  get('/schemas/{id}', service.getSchema),
  get('/admin/schemas', service.listSchemas),
  get('/admin/schemas/{id}', service.getSchema),
  get('/health/alive', service.healthy),
  get('/health/ready', service.healthy),

  get(SCRIPT_PATH, serveScript),
  ...ELSEWHERE,
]

export interface Match {
  route: Route
  params: Record<string, string>
}

/** A route; the methods a path does have; or undefined for a path that nobody has. */
export function matchRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): Match | string[] | undefined {
  const wanted = method === 'HEAD' ? 'GET' : method
  const given = path.split('/').map(decoded)
  const allowed = new Set<string>()
  for (const route of routes) {
    const params = matchPath(segmentsOf(route), given)
    if (!params) continue
    if (route.method === wanted) return { route, params }
    allowed.add(route.method)
  }
  if (allowed.size === 0) return undefined
  if (allowed.has('GET')) allowed.add('HEAD')
  return [...allowed].sort()
}

const split = new WeakMap<Route, readonly string[]>()

/** Every request is held against a hundred routes. */
function segmentsOf(route: Route): readonly string[] {
  const known = split.get(route) ?? route.path.split('/')
  split.set(route, known)
  return known
}

function matchPath(wanted: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {}
  for (const [i, segment] of wanted.entries()) {
    const value = given[i]
    if (segment === '*') return value === undefined ? undefined : params
    if (value === undefined) return undefined
    if (!segment.startsWith('{')) {
      if (segment !== value) return undefined
      // A slash that is the whole segment stands for the end of a path, to Go's router.
    } else if (value === '' || value === '/') return undefined
    else params[segment.slice(1, -1)] = value
  }
  return wanted.length === given.length ? params : undefined
}

/** What no UTF-8 is stays as it was asked for. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

const IGNORED = [
  /^\/self-service\/(login|registration|recovery|verification|settings|logout)\/api$/,
  /^\/self-service\/(login|registration|recovery|verification|settings)$/,
  /^\/self-service\/methods\/oidc\/callback\/[^/]*$/,
  /^\/sessions(\/[^/]*(\/extend)?)?$/,
  /^(\/admin)?\/schemas\/[^/]*$/,
  /^(\/admin)?\/identities(\/[^/]*(\/credentials\/[^/]*)?)?$/,
  /^\/identities\/[^/]*\/sessions$/,
  /^(\/admin)?\/courier\/messages$/,
  /^\/recovery\/(code|link)$/,
]
const WITHOUT_CSRF =
  /^\/(health\/(alive|ready)|version|ui(\/.*)?|dev(\/.*)?|metrics\/prometheus)$|^\/self-service\/methods\/oidc\/stand-in\//

/**
 * What the anti-CSRF layer in front does with a path: `ignore` checks nothing and sets no cookie (the
 * handler looks itself), `skip` does not even look.
 */
export function csrfRule(asked: string): 'check' | 'ignore' | 'skip' {
  const path = decoded(asked)
  if (WITHOUT_CSRF.test(path) || isElsewhere(path)) return 'skip'
  return IGNORED.some(pattern => pattern.test(path)) ? 'ignore' : 'check'
}
