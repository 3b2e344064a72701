/** Mails that were sent: `/admin/courier/messages`. */
import { isUuid } from '../flows.js'
import { type Answer, type Exchange, json } from '../http.js'
import { badRequest, notLocated, Problem } from '../kratos-errors.js'

const STATUSES = ['queued', 'sent', 'processing', 'abandoned']
const DEFAULT_SIZE = 250
const MAX_SIZE = 500

/** `GET /admin/courier/messages`, newest first. */
export function listMessages(x: Exchange): Answer {
  const status = x.query.get('status')
  if (status !== null && !STATUSES.includes(status)) throw badRequest('Message status is not valid')
  const recipient = x.query.get('recipient')
  const asked = Number.parseInt(x.query.get('page_size') ?? '', 10)
  const size = asked >= 1 ? Math.min(asked, MAX_SIZE) : DEFAULT_SIZE
  const messages = x.core.state.messages.filter(
    m => (status === null || m.status === status) && (!recipient || m.recipient === recipient),
  )
  return json(200, messages.slice(0, size))
}

/** `GET /admin/courier/messages/{id}` */
export function getMessage(x: Exchange): Answer {
  const id = x.params['id'] ?? ''
  if (!isUuid(id))
    throw new Problem(400, { message: `uuid: incorrect UUID length ${id.length} in string "${id}"` })
  const message = x.core.state.messages.find(m => m.id === id)
  if (!message) throw notLocated()
  return json(200, { ...message, dispatches: [] })
}
