/** Channels of type `http`: https://www.ory.com/docs/kratos/emails-sms/sending-sms */

import { ask } from '../calls/ask.js'
import { mayCall, namedUrl, sayWhere, warnOnce } from '../calls/hosts.js'
import { prepare, type RequestConfig, Unprepared } from '../calls/request.js'
import type { Core } from '../core.js'
import type { Channel, CourierMessage, JsonObject } from '../store/model.js'
import { sentMessage } from './message.js'
import { htmlOf } from './render.js'

const PATIENCE = 10_000
/** What Kratos reads of an answer, for its log. */
const MOST = 1024

/** The channel that takes such a message; without one it is in the inbox, which is all there is. */
export function channelFor(core: Core, via: Channel): RequestConfig | undefined {
  const channel = core.config.courier.channels[via]
  if (!channel) {
    if (via === 'sms')
      warnOnce(
        core.log,
        'SMS end in the inbox: courier.channels has none for them, so Kratos would not send any',
      )
    return undefined
  }
  if (mayCall(channel.url, core.callHosts)) return channel
  warnOnce(
    core.log,
    `courier: ${namedUrl(channel.url)} is not called, and what it would get is in the inbox: the emulator sends to this machine only, unless its "callHosts" lists the host`,
  )
  return undefined
}

/** @throws with what the log is to say */
export async function dispatch(core: Core, message: CourierMessage): Promise<void> {
  const channel = channelFor(core, message.channel as Channel)
  if (channel) await post(core, message, channel)
}

async function post(core: Core, message: CourierMessage, channel: RequestConfig): Promise<void> {
  const name = namedUrl(channel.url)
  const ctx = toldOf(core, message)
  const prepared = await prepare(channel, ctx, core.config.snippets).catch((error: unknown) => {
    if (error instanceof Unprepared) throw new Error(`${name}: ${error.line}`, { cause: error })
    throw error
  })
  // Kratos takes what its body cancels for a message that could not be sent.
  if (!prepared) throw new Error(`${name}: the body says error 'cancel', which channels do not know`)
  sayWhere(channel.url, core.callHosts, core.log)
  const { status } = await ask(prepared, { patience: PATIENCE, most: MOST, hosts: core.callHosts })
  if (status < 200 || status >= 300)
    throw new Error(`${name}: upstream server replied with status code ${status}`)
}

/** `ctx` of a channel's body. */
function toldOf(core: Core, message: CourierMessage): JsonObject {
  const { recipient, subject, body, template_type, type, template_data, request_headers } = message
  const html = type === 'email' ? htmlOf(core, sentMessage(message)) : ''
  return {
    recipient,
    subject,
    body,
    ...(html && { html_body: html }),
    template_type,
    template_data: template_data ?? {},
    message_type: type,
    request_headers: request_headers ?? {},
  }
}
