/** What the query of a new login or registration flow asks for. */

import type { Core } from '../core.js'
import { isUuid, passing } from '../flows/flow.js'
import type { Flow } from '../flows/types.js'
import type { Exchange } from '../http/exchange.js'
import { badRequest, notImplemented, Problem } from '../http/kratos-errors.js'
import { secureReturnTo } from '../http/return-to.js'
import { isoTime } from '../store/clock.js'
import { ALPHANUMERIC } from '../store/ids.js'
import type { Aal } from '../store/model.js'

/** A flag as Go's `strconv.ParseBool` reads it. */
export const isTrue = (value: string | null): boolean => /^(1|t|T|TRUE|true|True)$/.test(value ?? '')

/** `?aal=` */
export function requestedAal(x: Exchange): Aal {
  const aal = (x.query.get('aal') || 'aal1').toLowerCase()
  if (aal === 'aal1' || aal === 'aal2') return aal
  throw badRequest(
    `Unable to parse AuthenticationMethod Assurance Level (AAL): expected one of [aal1, aal2] but got ${aal}`,
  )
}

/** `?identity_schema=`: the default one, or one that is open for everybody to choose. */
export function chooseSchema(x: Exchange, flow: Flow): void {
  const id = x.query.get('identity_schema')
  if (!id) return
  const { default_schema_id, schemas } = x.core.config.identity
  const listed = schemas.find(schema => schema.id === id)
  if (id !== default_schema_id && !listed?.selfservice_selectable)
    throw badRequest(
      `Requested identity schema ${JSON.stringify(id)} ${listed ? 'is not enabled for self-service flows.' : 'does not exist.'}`,
    )
  flow.identity_schema = id
}

/** `?organization=`: only its own providers may be used, and there are none without Ory's licensed edition. */
export function chooseOrganization(x: Exchange, flow: Flow): boolean {
  const id = x.query.get('organization')
  if (!id || !isUuid(id) || flow.requested_aal === 'aal2') return false
  flow.organization_id = id
  return true
}

/** For native apps whose users sign in with a browser: half a code now, the other half in the redirect. */
export function addExchangeCode(x: Exchange, flow: Flow): void {
  const { core } = x
  const secret = (): string => core.ids.secret(64, ALPHANUMERIC)
  const exchange = {
    flow_id: flow.id,
    init_code: secret(),
    return_to_code: secret(),
    expires_at: isoTime(core.now() + 3_600_000),
  }
  core.state.addExchange(exchange)
  passing(flow).exchangeCode = exchange.init_code
}

/** OAuth2 needs Ory Hydra, and Kratos to know where it is; without, this is Kratos' answer. */
export function challengeProblem({ config }: Core): Problem {
  if (config.oauth2_provider.url) return notImplemented('OAuth2 sign-in')
  return new Problem(500, {
    id: 'invalid_configuration',
    message: 'Invalid configuration',
    reason:
      'refusing to parse login_challenge query parameter because oauth2_provider.url is invalid or unset',
  })
}

/** `?login_challenge=`; where to return to is looked at first. */
export function requireNoChallenge(x: Exchange): void {
  if (!x.query.has('login_challenge')) return
  secureReturnTo(x.core, { source: x.requestUrl })
  throw challengeProblem(x.core)
}
