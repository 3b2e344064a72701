/** Recovery that an administrator starts: a code to read out over the phone. */

import { createCode } from '../flows/codes.js'
import { newFlow, saveFlow, uiUrl } from '../flows/flow.js'
import { createLink, linkLifespan } from '../flows/links.js'
import { LABEL } from '../flows/messages.js'
import { submit } from '../flows/nodes.js'
import * as ui from '../flows/ui.js'
import { type Answer, type Exchange, json } from '../http/exchange.js'
import { badRequest, Problem } from '../http/kratos-errors.js'
import { withQuery } from '../http/urls.js'
import { recoveryCodeInput } from '../methods/code/nodes.js'
import { linkRecovery } from '../methods/link/recovery.js'
import { isoTime } from '../store/clock.js'
import { readJson, type StructShape } from './body.js'

const BODY: StructShape = {
  struct: 'createRecoveryCodeForIdentityBody',
  package: 'code',
  fields: { identity_id: 'uuid', expires_in: 'string', flow_type: { named: 'flow.Type' } },
}

export function createRecoveryCode(x: Exchange): Answer {
  const { core } = x
  if (!core.config.selfservice.methods.code.enabled) throw disabled()
  const body = readJson(x, BODY)
  const lifespan = expiresIn(
    body['expires_in'] as string | undefined,
    core.config.selfservice.methods.code.config.lifespan,
    ms => `Value from "expires_in" must result to a future time: ${goDuration(ms)}`,
  )
  const type = body['flow_type'] ?? 'browser'
  if (type !== 'browser' && type !== 'api')
    throw badRequest(`Value from "flow_type" is not valid: ${JSON.stringify(type)}`)
  const identity = core.state.identity(String(body['identity_id'] ?? '').toLowerCase())
  if (!identity)
    throw new Problem(404, { message: 'Unable to locate the resource', reason: 'could not find identity' })
  const flow = newFlow(x, 'recovery', type, lifespan)
  Object.assign(flow, { skip_csrf: true, state: 'sent_email', active: 'code' })
  ui.append(flow.ui, recoveryCodeInput(), submit('method', 'code', 'code', LABEL.continue()))
  saveFlow(core, flow)
  const code = createCode(core, flow, { identityId: identity.id, lifespan, byAdmin: true })
  const link = withQuery(uiUrl(core, flow), {})
  return json(201, {
    recovery_link: link,
    recovery_code: code,
    expires_at: isoTime(Date.parse(flow.expires_at)),
  })
}

const LINK_BODY: StructShape = {
  struct: 'createRecoveryLinkForIdentityBody',
  package: 'link',
  fields: { identity_id: 'uuid', expires_in: 'string' },
}

export function createRecoveryLink(x: Exchange): Answer {
  const { core } = x
  if (!core.config.selfservice.methods.link.enabled) throw disabled()
  const body = readJson(x, LINK_BODY)
  const lifespan = expiresIn(
    body['expires_in'] as string | undefined,
    linkLifespan(core),
    (_ms, text) => `Value from "expires_in" must be result to a future time: ${text}`,
  )
  const flow = newFlow(x, 'recovery', 'browser', lifespan)
  const identity = core.state.identity(String(body['identity_id'] ?? '').toLowerCase())
  if (!identity) throw badRequest('The requested identity id does not exist.')
  linkRecovery.populate(x, flow)
  saveFlow(core, flow)
  const link = createLink(core, flow, { identityId: identity.id, lifespan, byAdmin: true })
  return json(200, { recovery_link: link, expires_at: isoTime(Date.parse(flow.expires_at)) })
}

const disabled = (): Problem =>
  new Problem(404, {
    reason:
      'This endpoint was disabled by system administrator. Please check your url or contact the system administrator to enable it.',
  })

const UNITS: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}
const DURATION = /^[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h))+$/

function expiresIn(
  text: string | undefined,
  byDefault: number,
  inThePast: (ms: number, text: string) => string,
): number {
  if (!text) return byDefault
  if (!DURATION.test(text) && !/^[+-]?0$/.test(text)) {
    throw badRequest(
      `Unable to parse "expires_in" whose format should match "[0-9]+(ns|us|ms|s|m|h)" but did not: ${text}`,
    )
  }
  let total = 0
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/g))
    total += Number(count) * UNITS[unit!]!
  if (text.startsWith('-') || total === 0) {
    throw badRequest(inThePast(text.startsWith('-') ? -total : 0, text))
  }
  return total
}

/** As Go prints a duration of whole seconds: `-1h0m0s`. */
function goDuration(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1000)
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const text = h > 0 ? `${h}h${m}m${s}s` : m > 0 ? `${m}m${s}s` : `${s}s`
  return ms < 0 ? `-${text}` : text
}
