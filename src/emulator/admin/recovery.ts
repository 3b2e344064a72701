/** Codes that an administrator hands out: `POST /admin/recovery/code`. */
import { createCode } from '../codes.js'
import { milliseconds } from '../config/build.js'
import { withQuery } from '../core.js'
import { type FlowType, newFlow, saveFlow } from '../flows.js'
import { type Answer, type Exchange, json } from '../http.js'
import { decodeJsonBody } from '../json-body.js'
import { badRequest, Problem } from '../kratos-errors.js'
import { LABEL } from '../messages.js'
import { recoveryCodeInput } from '../methods/code-nodes.js'
import { disabledEndpoint } from '../methods/submission.js'
import type { JsonObject } from '../model.js'
import { submit } from '../nodes.js'
import * as ui from '../ui.js'

const DURATION = /^-?([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$/

function lifespanOf(x: Exchange, body: JsonObject): number {
  const given = body['expires_in']
  if (typeof given !== 'string' || given === '') return x.core.config.selfservice.methods.code.config.lifespan
  if (!DURATION.test(given))
    throw badRequest(
      `Unable to parse "expires_in" as a duration string (e.g. "1h", "1m30s", "500ms"): ${given}`,
    )
  const lifespan = given.startsWith('-') ? -1 : milliseconds(given)
  if (lifespan <= 0) throw badRequest(`Value from "expires_in" must result to a future time: ${given}`)
  return lifespan
}

function flowTypeOf(body: JsonObject): FlowType {
  const type = body['flow_type'] ?? 'browser'
  if (type === 'browser' || type === 'api') return type
  throw badRequest(`Value from "flow_type" is not valid: ${JSON.stringify(type)}`)
}

/** `POST /admin/recovery/code` */
export function createRecoveryCode(x: Exchange): Answer {
  const { core } = x
  if (!core.config.selfservice.methods.code.enabled) throw disabledEndpoint()
  const body = decodeJsonBody(x)
  const lifespan = lifespanOf(x, body)
  const flow = newFlow(x, 'recovery', flowTypeOf(body), lifespan)
  flow.active = 'code'
  // The browser that will use it is not the one that asks for it here.
  flow.skip_csrf = true
  flow.state = 'sent_email'
  ui.append(flow.ui, recoveryCodeInput(), submit('method', 'code', 'code', LABEL.continue()))
  const identity = core.state.identity(String(body['identity_id'] ?? ''))
  if (!identity)
    throw new Problem(404, { message: 'Unable to locate the resource', reason: 'could not find identity' })
  saveFlow(core, flow)
  return json(201, {
    recovery_link: withQuery(core.config.selfservice.flows.recovery.ui_url, { flow: flow.id }),
    recovery_code: createCode(core, flow, { identityId: identity.id, lifespan, byAdmin: true }),
    expires_at: flow.expires_at,
  })
}

/** `POST /admin/recovery/link`: links are no method of the emulator, so it is as if switched off. */
export function createRecoveryLink(): never {
  throw disabledEndpoint()
}
