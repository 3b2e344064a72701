/** Paths of Ory that the emulator has not: 501 and what to do, so that nobody takes it for a broken Kratos. */
import { Problem } from '../http/kratos-errors.js'
import type { Route } from './route.js'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

interface Missing {
  what: string
  why: string
  paths: readonly string[]
}

const IDENTITIES_ONLY =
  'The emulator is Ory Identities (Kratos) only. Name a project of Ory Network (--project) or the address of your own (--sdk-url) to use it, or call its own address beside us.'

const OF_OTHERS: readonly Missing[] = [
  {
    what: 'OAuth2 and OpenID Connect (Ory Hydra)',
    why: IDENTITIES_ONLY,
    paths: [
      ...['/oauth2/*', '/userinfo', '/credentials', '/.well-known/openid-configuration'],
      ...['/.well-known/oauth-authorization-server', '/.well-known/jwks.json'],
    ],
  },
  {
    what: 'permissions (Ory Keto)',
    why: IDENTITIES_ONLY,
    paths: ['/relation-tuples', '/relation-tuples/*', '/namespaces', '/opl/*'],
  },
  {
    what: 'FedCM',
    why: "createFedcmFlow and updateFedcmFlow are in Kratos' specification, but only Ory Network and Ory's licensed edition answer them.",
    paths: ['/self-service/fed-cm/parameters', '/self-service/fed-cm/token'],
  },
]

const OF_OTHERS_ADMIN: readonly Missing[] = [
  {
    what: 'OAuth2 and OpenID Connect (Ory Hydra)',
    why: IDENTITIES_ONLY,
    paths: ['oauth2', 'clients', 'keys', 'trust'].flatMap(name => [`/admin/${name}`, `/admin/${name}/*`]),
  },
  {
    what: 'permissions (Ory Keto)',
    why: IDENTITIES_ONLY,
    paths: ['/admin/relation-tuples', '/admin/relation-tuples/*'],
  },
]

function routes(all: readonly Missing[]): Route[] {
  return all.flatMap(({ what, why, paths }) => {
    const run = (): never => {
      throw new Problem(501, {
        id: 'emulator_not_implemented',
        reason: `The emulator does not have ${what}. ${why}`,
      })
    }
    return paths.flatMap(path => METHODS.map(method => ({ method, path, run, missing: what })))
  })
}

export const ELSEWHERE: readonly Route[] = routes([...OF_OTHERS, ...OF_OTHERS_ADMIN])
export const ELSEWHERE_ADMIN: readonly Route[] = routes(OF_OTHERS_ADMIN)

const PREFIXES = new Set(ELSEWHERE.map(({ path }) => path.replace(/\*$/, '')))

/** Whether a path is one of these: no browser's form to protect. */
export const isElsewhere = (path: string): boolean =>
  PREFIXES.has(path) || [...PREFIXES].some(prefix => prefix.endsWith('/') && path.startsWith(prefix))
