/** The JWT of Ory's own instead of ours: `tokenizeAs`. */
import type { TokenRules } from '../middleware/token.js'
import type { ResolvedOptions } from '../options/resolve.js'
import type { OryClient } from '../ory/client.js'
import { withTokens } from '../ory/tokens.js'

type Wanted = Pick<ResolvedOptions, 'jwt' | 'tokenizeAs'>

/** As whoami, with the token where one is wanted and anybody gets it. */
export function whoamiFor(
  { jwt, tokenizeAs: template }: Wanted,
  { whoami }: Pick<OryClient, 'whoami'>,
  warn: (message: string) => void,
): OryClient['whoami'] {
  if (template === undefined) return whoami
  if (jwt) return withTokens({ whoami, template, now: Date.now, warn })
  warn('`tokenizeAs` has no effect: with `jwt: false` the app gets no token at all.')
  return whoami
}

/** What the app gets: a session is only known together with its token. */
export const bearerFor = ({ tokenizeAs }: Wanted, ours: TokenRules['bearer']): TokenRules['bearer'] =>
  tokenizeAs === undefined ? ours : ({ token = '' }) => `Bearer ${token}`
