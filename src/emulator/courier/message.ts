/** What is sent, and what its template and the body of its channel are told. */

import { type Core, mailUrl } from '../core.js'
import { passing } from '../flows/flow.js'
import type { Flow, FlowKind } from '../flows/types.js'
import { allowedHeaders } from '../http/allowed-headers.js'
import { withQuery } from '../http/urls.js'
import { identityJson } from '../identities/identities.js'
import type { Channel, CourierMessage, Identity, JsonObject } from '../store/model.js'
import type { TemplateType } from './template-type.js'

export interface Message {
  type: TemplateType
  to: string
  via: Channel
  /** `template_data`, in the order of Kratos. */
  data: JsonObject
  /** Which headers of the request the channel is told. */
  headers?: JsonObject
}

/** What every template is told. */
const common = (flow: Flow, type: TemplateType): JsonObject => ({
  request_url: flow.request_url,
  // By link, Kratos forgets it when somebody recovers an account.
  transient_payload:
    type === 'recovery_valid' || type === 'recovery_invalid' ? {} : (passing(flow).transientPayload ?? {}),
})

const minutes = (milliseconds: number): JsonObject => ({
  expires_in_minutes: Math.floor(milliseconds / 60_000),
})

/**
 * A code.
 *
 * @param identity whose it is; of somebody who signs up there are traits only
 */
export function codeMessage(
  core: Core,
  flow: Flow,
  { to, via, code, identity }: { to: string; via: Channel; code: string; identity: Identity | JsonObject },
): Message {
  const kind = flow.kind as Exclude<FlowKind, 'settings'>
  const sms = via === 'sms'
  const lifespan = minutes(core.config.selfservice.methods.code.config.lifespan)
  const about = isStored(identity) ? identityJson(core, identity) : identity
  const link = withQuery(mailUrl(core, '/self-service/verification'), { code, flow: flow.id })
  const type: TemplateType = `${kind}_code_valid`
  const data: JsonObject = {
    to,
    ...(kind === 'verification' && !sms && { verification_url: link }),
    // Kratos calls it so in an SMS of recovery.
    [kind === 'recovery' && sms ? 'verification_code' : `${kind}_code`]: code,
    [kind === 'registration' && !sms ? 'traits' : 'identity']: about,
    ...common(flow, type),
    ...(kind === 'recovery' && sms && { request_url_domain: new URL(flow.request_url).hostname }),
    ...lifespan,
  }
  const told = kind === 'verification' ? {} : { headers: allowedHeaders(core, core.requestHeaders) }
  return { type, to, via, data, ...told }
}

const isStored = (identity: Identity | JsonObject): identity is Identity => 'credentials' in identity

/** A link. */
export function linkMessage(
  core: Core,
  flow: Flow,
  { to, via, link, identity }: { to: string; via: Channel; link: string; identity: Identity | undefined },
): Message {
  const kind = flow.kind as 'recovery' | 'verification'
  const type: TemplateType = `${kind}_valid`
  const data: JsonObject = {
    to,
    [`${kind}_url`]: link,
    identity: identity ? identityJson(core, identity) : {},
    ...common(flow, type),
    ...minutes(core.config.selfservice.methods.link.config.lifespan),
  }
  return { type, to, via, data }
}

/** Tells whoever reads that address that it is not known here. */
export const unknownMessage = (flow: Flow, type: TemplateType, to: string): Message => ({
  type,
  to,
  via: 'email',
  data: { to, ...common(flow, type) },
})

/** What was queued, as it was told then. */
export const sentMessage = ({
  template_type,
  recipient,
  type,
  template_data = {},
}: CourierMessage): Message => ({
  type: template_type as TemplateType,
  to: recipient,
  via: type,
  data: template_data,
})
