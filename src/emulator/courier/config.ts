/** What of `courier` in a configuration is acted on. */
import type { RequestConfig } from '../calls/request.js'
import { asList, asObject } from '../schema/fields.js'
import type { Channel, JsonObject } from '../store/model.js'
import type { CourierTemplates } from './templates.js'

export interface CourierConfig {
  /** How often a message that could not be sent is tried again. */
  message_retries: number
  /** How many messages are looked at in one turn, and the milliseconds between two. */
  worker: { pull_count: number; pull_wait: number }
  templates: CourierTemplates
  /** Those that go out over HTTP; what no channel takes ends in the inbox. */
  channels: Readonly<Partial<Record<Channel, RequestConfig>>>
}

/** @param milliseconds reads a duration */
export function buildCourier(
  raw: JsonObject,
  milliseconds: (text: string) => number,
): Omit<CourierConfig, 'templates'> {
  const worker = asObject(raw['worker'])
  const sms = asList(raw['channels']).map(asObject).at(-1)
  const overHttp = raw['delivery_strategy'] === 'http'
  const email = overHttp ? requestOf(asObject(raw['http'])) : undefined
  return {
    message_retries: raw['message_retries'] as number,
    worker: {
      pull_count: worker['pull_count'] as number,
      pull_wait: milliseconds(String(worker['pull_wait'])),
    },
    channels: { ...(sms && { sms: requestOf(sms) }), ...(email && { email }) },
  }
}

/** Checked against a schema whose fields have the same names. */
const requestOf = (raw: JsonObject): RequestConfig => raw['request_config'] as unknown as RequestConfig

/** What a configuration says to no effect: mails do not leave this machine. */
export function courierRemarks(raw: JsonObject): string[] {
  const { smtp, http, delivery_strategy, channels } = raw
  const isHttp = delivery_strategy === 'http'
  const named = Object.keys(asObject(smtp))
  return [
    ...(named.length > 0 && !isHttp
      ? [`courier.smtp (${named.join(', ')}) is not used: mails end in the inbox`]
      : []),
    ...(named.length > 0 && isHttp
      ? [`courier.smtp (${named.join(', ')}) is not used: courier.delivery_strategy is http`]
      : []),
    ...(asObject(asObject(http)['request_config'])['url'] !== undefined && !isHttp
      ? ['courier.http is not used: courier.delivery_strategy is smtp']
      : []),
    ...(asList(channels).length > 1 ? ['courier.channels: the last one for sms is used'] : []),
  ]
}
