/** One-time codes that are sent by mail, and the mail they are sent in. */

import { printable } from '../../log.js'
import { type Core, ownUrl } from '../core.js'
import { badRequest, FlowExpired, Problem } from '../http/kratos-errors.js'
import { withQuery } from '../http/urls.js'
import { markSent } from '../identities/identities.js'
import { isoTime } from '../store/clock.js'
import { DIGITS } from '../store/ids.js'
import type { Channel, OneTimeCode } from '../store/model.js'
import { saveFlow } from './flow.js'
import type { Flow, FlowKind } from './types.js'

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

const PURPOSE: Record<Exclude<FlowKind, 'settings'>, string> = {
  login: 'sign in',
  registration: 'finish signing up',
  recovery: 'get back into your account',
  verification: 'confirm your address',
}

/** Sends a code. */
export function mailCode(core: Core, flow: Flow, to: string, via: Channel, code: string): void {
  const kind = flow.kind as keyof typeof PURPOSE
  const link = withQuery(ownUrl(core, '/self-service/verification'), { code, flow: flow.id })
  const how = kind === 'verification' ? `\n\nor open this link:\n\n${link}` : ''
  const minutes = Math.floor(core.config.selfservice.methods.code.config.lifespan / 60_000)
  const orLink = kind === 'verification' ? `, or open ${link}` : ''
  send(core, {
    to,
    via,
    line: `code ${code} to ${PURPOSE[kind]}${orLink}`,
    template: `${kind}_code_valid`,
    subject: `Use code ${code} to ${PURPOSE[kind]}`,
    body: `To ${PURPOSE[kind]}, enter this code:\n\n${code}${how}\n\nIt expires in ${minutes} minutes.\n`,
  })
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
  kind: 'recovery' | 'verification',
  to: string,
  template = `${kind}_code_invalid`,
): void {
  send(core, {
    to,
    via: 'email',
    line: 'nobody has this address',
    template,
    subject: 'An account was asked for with this address',
    body: 'Somebody asked for an account with this address, but there is none.\n',
  })
}

interface Mail {
  to: string
  via: Channel
  /** What the log says of it. */
  line: string
  template: string
  subject: string
  body: string
}

/** Into the inbox, and as one line of the log, which is where a developer looks. */
export function send(core: Core, { to, via, line, template, subject, body }: Mail): void {
  const now = isoTime(core.now())
  core.state.addMessage({
    id: core.ids.uuid(),
    status: 'sent',
    type: via === 'sms' ? 'phone' : 'email',
    recipient: to,
    body,
    subject,
    template_type: template,
    channel: via,
    send_count: 1,
    created_at: now,
    updated_at: now,
  })
  core.log.info(`[mail] to ${printable(to)}: ${line}`)
}
