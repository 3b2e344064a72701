/** Several apps behind one sign-in. */
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { OryProxyError } from '../../errors.js'
import { printable } from '../../log.js'
import { hostName } from '../../middleware/host.js'
import { belowMount } from '../../middleware/mount.js'
import { parseAppUrl } from '../commands/app-url.js'

/** An app beside the one that gets what no rule takes. */
export interface Route {
  /** As it was written, for people. */
  readonly rule: string
  /** Lower-cased; undefined is every host. */
  readonly host: string | undefined
  /** `/api`, or empty for every path. */
  readonly prefix: string
  readonly app: URL
}

/** The app of a request; undefined where no rule takes it. */
export type RouteOf = (req: IncomingMessage) => Route | undefined

/**
 * Reads `/api=http://localhost:3001`, `api.localhost=3002` and `api.localhost/v2=3003`.
 *
 * @throws {OryProxyError} `ORY_PROXY_BAD_OPTION`, `ORY_PROXY_BAD_APP_URL`
 */
export function parseRoutes(rules: readonly string[]): Route[] {
  const routes = rules.map(parseRoute)
  for (const [i, { rule, host, prefix }] of routes.entries()) {
    const same = routes.slice(0, i).find(other => other.host === host && other.prefix === prefix)
    if (same) throw bad(`--route has two apps for ${rule}: ${same.app.href} and ${routes[i]!.app.href}.`)
  }
  return routes
}

function parseRoute(text: string): Route {
  const end = text.indexOf('=')
  const rule = text.slice(0, end).replace(/\/?\*?$/, '')
  const slash = rule.indexOf('/')
  const name = slash === -1 ? rule : rule.slice(0, slash)
  const prefix = slash === -1 ? '' : rule.slice(slash)
  const host = name === '' ? undefined : hostOf(name, text)
  if (host === undefined && prefix === '') {
    throw bad(`--route "${printable(text)}" would take every request: give that app as the first argument.`)
  }
  if (prefix !== '' && belowMount(prefix) !== null) {
    throw bad(`--route "${printable(text)}" would never be asked: /.ory is Ory.`)
  }
  if (/\/\.{0,2}(?:\/|$)/.test(prefix))
    throw bad(`--route "${printable(text)}" has a path that no browser asks for.`)
  return { rule, host, prefix, app: new URL(parseAppUrl(text.slice(end + 1))) }
}

/** A port says nothing: all of them are ours. An address cannot be told from the app's own. */
function hostOf(name: string, text: string): string {
  const host = name.includes(':') ? null : hostName(name)
  if (host !== null && isIP(host) === 0) return host
  throw bad(
    `--route "${printable(text)}" begins neither with a path like /api nor with a host name like api.localhost.`,
  )
}

const bad = (message: string): OryProxyError => new OryProxyError('ORY_PROXY_BAD_OPTION', message)

/**
 * Rules of a host come before those of every host, the longest path first, by whole segment: `/api` is `/api` and
 * what is below it, never `/apis`. A path counts as it is written, as with the proxies of dev servers: which app
 * answers decides nothing about who somebody is.
 */
export function createRouteTable(routes: readonly Route[], trustForwarded: boolean): RouteOf {
  if (routes.length === 0) return () => undefined
  const ordered = [...routes].sort(
    (a, b) =>
      Number(b.host !== undefined) - Number(a.host !== undefined) || b.prefix.length - a.prefix.length,
  )
  return req => {
    const path = /^[^?#]*/.exec(req.url!)![0]
    const name = hostName(askedHost(req, trustForwarded))
    return ordered.find(
      ({ host, prefix }) =>
        (host === undefined || host === name) && (path === prefix || path.startsWith(`${prefix}/`)),
    )
  }
}

/** The stages have looked whether the two names of HTTP/2 agree. */
function askedHost({ headers }: IncomingMessage, trustForwarded: boolean): string {
  const named = trustForwarded ? headers['x-forwarded-host'] : undefined
  const first = String(named ?? '')
    .split(',', 1)[0]!
    .trim()
  return first === '' ? String(headers[':authority'] ?? headers.host ?? '') : first
}

/**
 * Browsers give each host a cookie jar of its own. One for several is for a domain that has a dot at least: they refuse
 * it for `localhost` alone (RFC 6265bis, section 5.7.3.10), while `app.localhost` is as good as `app.test`.
 *
 * @returns what to say where people would have to sign in once more
 */
export function jarWarning(routes: readonly Route[], cookieDomain: string | undefined): string | undefined {
  const domain = cookieDomain?.replace(/^\./, '').toLowerCase() ?? ''
  const isShared = (host: string): boolean => domain.includes('.') && `.${host}`.endsWith(`.${domain}`)
  const apart = routes.flatMap(({ host }) => (host === undefined || isShared(host) ? [] : [host]))
  if (apart.length === 0) return undefined
  const slip = apart.find(host => !host.includes('.'))
  return (
    `${slip === undefined ? '' : `${slip} is the name of a host, as a path begins with a slash: /${slip}. `}Browsers keep cookies of ${apart.join(', ')} apart: people sign in there once more. For one sign-in, name the ` +
    'hosts below one another and that domain, like --route api.app.localhost=3001 --cookie-domain app.localhost, and open app.localhost.'
  )
}
