/** The courier: https://www.ory.com/docs/kratos/self-hosted/mail-courier-templates */

import { printable } from '../../log.js'
import type { Core } from '../core.js'
import { isoTime } from '../store/clock.js'
import type { Message } from './message.js'
import { builtInTexts, lineOf } from './texts.js'

/** Into the inbox, and as one line of the log, which is where a developer looks. */
export function send(core: Core, message: Message): void {
  const { to, via, type } = message
  const now = isoTime(core.now())
  const { subject, plain } = builtInTexts(message)
  core.state.addMessage({
    id: core.ids.uuid(),
    status: 'sent',
    type: via,
    recipient: to,
    body: plain,
    subject,
    template_type: type,
    channel: via,
    send_count: 1,
    created_at: now,
    updated_at: now,
  })
  core.log.info(`[mail] to ${printable(to)}: ${lineOf(message)}`)
}
