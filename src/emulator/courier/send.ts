/** The courier: https://www.ory.com/docs/kratos/self-hosted/mail-courier-templates */

import { printable } from '../../log.js'
import type { Core } from '../core.js'
import { isoTime } from '../store/clock.js'
import type { CourierMessage } from '../store/model.js'
import { channelFor } from './channel.js'
import type { Message } from './message.js'
import { subjectAndText } from './render.js'
import { lineOf } from './texts.js'
import { hold, wake } from './worker.js'

/** Into the queue, which is the inbox, and as one line of the log, which is where a developer looks. */
export function send(core: Core, message: Message): void {
  const { to, via, type, data, headers = {} } = message
  const now = isoTime(core.now())
  const { subject, plain } = subjectAndText(core, message)
  const goesOut = channelFor(core, via) !== undefined
  const queued: CourierMessage = {
    id: core.ids.uuid(),
    // What only the inbox gets is stored as it stays: an exported state does not depend on when that is done.
    status: goesOut ? 'queued' : 'sent',
    type: via,
    recipient: to,
    body: plain,
    subject,
    template_type: type,
    channel: via,
    send_count: goesOut ? 0 : 1,
    template_data: data,
    request_headers: headers,
    created_at: now,
    updated_at: now,
  }
  core.state.addMessage(queued)
  if (goesOut) wake(core)
  else hold(core, queued)
  // A dev server points what it passes on at itself; this line it does not see.
  const line = lineOf(message).replaceAll(core.base, () => core.shownAt)
  core.log.info(`[mail] to ${printable(to)}: ${printable(line, 2000)}`)
}
