/** One-time codes that are sent by mail, and the mail they are sent in. */

import type { Core } from '../core.js'
import { codeMessage, unknownMessage } from '../courier/message.js'
import { send } from '../courier/send.js'
import type { TemplateType } from '../courier/template-type.js'
import { badRequest, FlowExpired, Problem } from '../http/kratos-errors.js'
import { markSent } from '../identities/identities.js'
import { isoTime } from '../store/clock.js'
import { DIGITS } from '../store/ids.js'
import type { Channel, JsonObject, OneTimeCode } from '../store/model.js'
import { saveFlow } from './flow.js'
import type { Flow } from './types.js'

/** No such code, or it is used up. */
export class CodeUnknown extends Problem {
  constructor() {
    super(404, { reason: 'unknown code' })
  }
}

export interface CodeFor {
  identityId?: string | undefined
  address?: string | undefined
  via?: Channel | undefined
  lifespan?: number | undefined
  byAdmin?: boolean
}

export function createCode(core: Core, flow: Flow, to: CodeFor): string {
  const code = core.ids.secret(6, DIGITS)
  core.state.addCode({
    id: core.ids.uuid(),
    flow_id: flow.id,
    code,
    ...(to.identityId && { identity_id: to.identityId }),
    ...(to.address && { address: to.address }),
    ...(to.via && { via: to.via }),
    expires_at: isoTime(core.now() + (to.lifespan ?? core.config.selfservice.methods.code.config.lifespan)),
    used: false,
    by_admin: to.byAdmin ?? false,
  })
  return code
}

/** Takes a code, once. After a few wrong ones the flow accepts none any more, or it could be guessed. */
export function useCode(core: Core, flow: Flow, given: string, identityId?: string): OneTimeCode {
  const stored = core.state.flow(flow.id)
  flow.submits = (stored?.submits ?? 0) + 1
  if (stored) saveFlow(core, { ...stored, submits: flow.submits })
  if (flow.submits > core.config.selfservice.methods.code.config.max_submissions)
    throw badRequest('The request was submitted too often. Please request another code.')
  const code = core.state
    .codesOf(flow.id)
    .find(c => c.code === given && (identityId === undefined || c.identity_id === identityId))
  if (!code) throw new CodeUnknown()
  if (Date.parse(code.expires_at) < core.now()) {
    if (flow.kind === 'recovery') throw new CodeUnknown()
    throw new FlowExpired(code.expires_at)
  }
  if (code.used) throw badRequest('The code was already used. Please request another code.')
  core.state.markCodeUsed(code)
  return code
}

/** Sends a code. Somebody who signs up has traits, and is nobody yet. */
export function mailCode(
  core: Core,
  flow: Flow,
  to: string,
  via: Channel,
  code: string,
  traits: JsonObject = {},
): void {
  const { identity_id } = core.state.codesOf(flow.id).find(one => one.code === code) ?? {}
  const identity = (identity_id && core.state.identity(identity_id)) || traits
  send(core, codeMessage(core, flow, { to, via, code, identity }))
}

/** Sends the code that proves an address; it counts as asked for from then on. */
export function sendVerification(
  core: Core,
  flow: Flow,
  identityId: string,
  address: string,
  via: Channel,
): void {
  mailCode(core, flow, address, via, createCode(core, flow, { identityId, address, via }))
  markSent(core, identityId, address)
}

/** Tells whoever reads that address that it is not known here. */
export function mailUnknown(
  core: Core,
  flow: Flow,
  to: string,
  type: TemplateType = `${flow.kind as 'recovery' | 'verification'}_code_invalid`,
): void {
  send(core, unknownMessage(flow, type, to))
}
