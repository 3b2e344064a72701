/** The courier: https://www.ory.com/docs/kratos/self-hosted/mail-courier-templates */

import { printable } from '../../log.js'
import type { Core } from '../core.js'
import { isoTime } from '../store/clock.js'
import type { Message } from './message.js'
import { subjectAndText } from './render.js'
import { lineOf } from './texts.js'
import { wake } from './worker.js'

/** Into the queue, which is the inbox, and as one line of the log, which is where a developer looks. */
export function send(core: Core, message: Message): void {
  const { to, via, type, data, headers = {} } = message
  const now = isoTime(core.now())
  const { subject, plain } = subjectAndText(core, message)
  core.state.addMessage({
    id: core.ids.uuid(),
    status: 'queued',
    type: via,
    recipient: to,
    body: plain,
    subject,
    template_type: type,
    channel: via,
    send_count: 0,
    template_data: data,
    request_headers: headers,
    created_at: now,
    updated_at: now,
  })
  wake(core)
  core.log.info(`[mail] to ${printable(to)}: ${lineOf(message)}`)
}
