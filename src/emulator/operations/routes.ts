/** Every path of Kratos' public and admin API: what answers it, or why nothing here does. */
import type { Answer, Exchange } from '../http/exchange.js'
import { notImplemented } from '../http/kratos-errors.js'
import { finishSignIn, repeatAsGet } from '../social/callback.js'
import { playProvider } from '../social/providers.js'
import * as login from './login.js'
import * as logout from './logout.js'
import * as pages from './pages.js'
import * as recovery from './recovery.js'
import * as registration from './registration.js'
import * as service from './service.js'
import * as sessions from './sessions.js'
import * as settings from './settings.js'
import * as verification from './verification.js'

export type Operation = (x: Exchange) => Answer | Promise<Answer>

export interface Route {
  method: string
  /** Segments in braces are parameters, `*` at the end stands for all that follows. */
  path: string
  run: Operation
  /** What Kratos has there and the emulator does not. */
  missing?: string
}

const get = (path: string, run: Operation): Route => ({ method: 'GET', path, run })
const post = (path: string, run: Operation): Route => ({ method: 'POST', path, run })
const del = (path: string, run: Operation): Route => ({ method: 'DELETE', path, run })

/** Forms come by POST, and by GET as links in mails; Kratos takes both everywhere. */
const submitted = (path: string, run: Operation): Route[] => [post(path, run), get(path, run)]

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Answers 501 and says what is missing, so that nobody takes it for a broken Kratos. */
export function absent(missing: string, ...paths: string[]): Route[] {
  const run = (): never => {
    throw notImplemented(missing)
  }
  return paths.flatMap(path => METHODS.map(method => ({ method, path, run, missing })))
}

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
  get('/self-service/login/browser', login.createBrowserLogin),
  get('/self-service/login/api', login.createNativeLogin),
  get('/self-service/login/flows', login.getLogin),
  ...submitted('/self-service/login', login.submitLogin),

  get('/self-service/registration/browser', registration.createBrowserRegistration),
  get('/self-service/registration/api', registration.createNativeRegistration),
  get('/self-service/registration/flows', registration.getRegistration),
  ...submitted('/self-service/registration', registration.submitRegistration),

  get('/self-service/logout/browser', logout.createLogout),
  get('/self-service/logout', logout.logout),
  del('/self-service/logout/api', logout.nativeLogout),

  get('/self-service/recovery/browser', recovery.createBrowserRecovery),
  get('/self-service/recovery/api', recovery.createNativeRecovery),
  get('/self-service/recovery/flows', recovery.getRecovery),
  ...submitted('/self-service/recovery', recovery.submitRecovery),

  get('/self-service/verification/browser', verification.createBrowserVerification),
  get('/self-service/verification/api', verification.createNativeVerification),
  get('/self-service/verification/flows', verification.getVerification),
  ...submitted('/self-service/verification', verification.submitVerification),

  get('/self-service/settings/browser', settings.createBrowserSettings),
  get('/self-service/settings/api', settings.createNativeSettings),
  get('/self-service/settings/flows', settings.getSettings),
  ...submitted('/self-service/settings', settings.submitSettings),

  ...whoami,
  get('/sessions', sessions.listSessions),
  del('/sessions', sessions.revokeSessions),
  get('/sessions/token-exchange', sessions.exchangeToken),
  del('/sessions/{id}', sessions.revokeSession),

  get('/self-service/methods/oidc/callback/{provider}', finishSignIn),
  get('/self-service/methods/oidc/callback', finishSignIn),
  post('/self-service/methods/oidc/callback/{provider}', repeatAsGet),
  ...submitted('/dev/provider/{id}/*', playProvider),

  ...PAGES,

  get('/self-service/errors', service.getError),
  get('/schemas', service.listSchemas),
  get('/schemas/{id}', service.getSchema),
  get('/admin/schemas', service.listSchemas),
  get('/admin/schemas/{id}', service.getSchema),
  get('/health/alive', service.healthy),
  get('/health/ready', service.healthy),

  ...absent('WebAuthn and passkeys', '/.well-known/ory/webauthn.js'),
  ...absent('SAML', '/self-service/methods/saml/*'),
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
  const allowed = new Set<string>()
  for (const route of routes) {
    const params = matchPath(route.path, path)
    if (!params) continue
    if (route.method === wanted) return { route, params }
    allowed.add(route.method)
  }
  if (allowed.size === 0) return undefined
  if (allowed.has('GET')) allowed.add('HEAD')
  return [...allowed].sort()
}

function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/')
  const given = path.split('/')
  const params: Record<string, string> = {}
  for (const [i, segment] of wanted.entries()) {
    const value = given[i]
    if (segment === '*') return value === undefined ? undefined : params
    if (value === undefined) return undefined
    if (!segment.startsWith('{')) {
      if (segment !== value) return undefined
    } else if (value === '') return undefined
    else params[segment.slice(1, -1)] = value
  }
  return wanted.length === given.length ? params : undefined
}

const IGNORED =
  /^\/(self-service\/(login|registration|recovery|verification|settings)(\/api)?|self-service\/logout\/api|self-service\/methods\/oidc\/callback\/[^/]+|sessions|sessions\/[^/]+(\/extend)?|(admin\/)?schemas\/[^/]+|(admin\/)?identities(\/.*)?|(admin\/)?courier\/messages(\/.*)?|(admin\/)?recovery\/(code|link))$/
const WITHOUT_CSRF = /^\/(health\/(alive|ready)|version|ui(\/.*)?|dev(\/.*)?|provider(\/.*)?)$/

/**
 * What the anti-CSRF layer in front does with a path: `ignore` checks nothing and sets no cookie (the
 * handler looks itself), `skip` does not even look.
 */
export function csrfRule(path: string): 'check' | 'ignore' | 'skip' {
  if (WITHOUT_CSRF.test(path)) return 'skip'
  return IGNORED.test(path) ? 'ignore' : 'check'
}
