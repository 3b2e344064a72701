import type { IncomingMessage } from 'node:http'
import { withoutValues } from '../common/without-values.js'
import { printable } from '../log.js'
import type { Exchange, Reason } from '../middleware/pipeline.js'
import type { ResolvedOptions } from '../options/resolve.js'

/** Says what happened to a request and why; names only, never a value that could be a secret. */
export interface Explainer {
  readonly identity: (x: Exchange, reason: Reason) => void
  readonly answer: (x: Exchange, changes: readonly string[]) => void
}

const REASONS: Readonly<Record<Reason, string>> = {
  'no credential': 'it carries no Cookie, Authorization or X-Session-Token',
  'another origin': 'a page of another origin sent it',
  asked: 'asked Ory, cache miss',
  shared: 'asked Ory together with another request',
  cached: 'cache hit',
  'second factor missing': 'Ory wants a second factor first',
  'no token': 'Ory makes no token of the template that tokenizeAs names',
  'unknown namespace':
    'the emulator has no such namespace: it was made by a test that has ended, or before a restart',
  'Ory unreachable': 'Ory is unreachable, nobody could be asked',
}

/** The debug output, where it is wanted. */
export function createExplainer({ debug, logger }: ResolvedOptions): Explainer | undefined {
  if (!debug) return undefined
  return {
    identity(x, reason) {
      const who = x.identified ? `signed in as ${printable(x.identified.label)}` : 'anonymous'
      const carries = credentialNames(x.req)
      const given = carries.length > 0 ? `; carries ${carries.join(', ')}` : ''
      logger.debug(`  ${named(x.req)}: ${who} (${REASONS[reason]}${given})`)
    },
    answer(x, changes) {
      const what = changes.length > 0 ? `rewrote ${changes.join(', ')}` : 'nothing to rewrite'
      logger.debug(`  ${named(x.req)}: ${what}`)
    },
  }
}

/** Says, without being asked, why what worked with GET does not with POST: once for an origin. */
export function createOriginWarning({ logger }: ResolvedOptions): (x: Exchange) => void {
  let told: string | undefined
  return ({ req: { method = '', headers } }) => {
    const { origin = 'another origin', cookie } = headers
    if (cookie === undefined || origin === told) return
    told = origin
    logger.warn(
      `${printable(`A ${method} from ${origin}`)} passes as anonymous. If that page is yours, name its origin in ` +
        '`allowedCorsOrigins` (--allowed-cors-origins).',
    )
  }
}

function named({ method = '', url = '' }: IncomingMessage): string {
  return printable(`${method} ${withoutValues(url)}`)
}

function credentialNames({ headers }: IncomingMessage): string[] {
  const cookies = (headers.cookie ?? '').split(';').flatMap(pair => {
    const end = pair.indexOf('=')
    return end > 0 ? [`cookie ${printable(pair.slice(0, end).trim(), 60)}`] : []
  })
  const others = ['authorization', 'x-session-token'].filter(name => name in headers)
  return [...cookies, ...others]
}
