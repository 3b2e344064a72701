/** Sends what waits: messages are queued by flows, and out of the queue a turn later, as in Kratos. */

import { printable } from '../../log.js'
import type { Core } from '../core.js'
import { isoTime } from '../store/clock.js'
import type { CourierMessage } from '../store/model.js'
import type { State } from '../store/state.js'
import { dispatch } from './channel.js'

const waiting = new WeakMap<State, NodeJS.Timeout>()

/** Looks at the queue after `courier.worker.pull_wait`. */
export function wake(core: Core): void {
  const { state } = core
  if (waiting.has(state)) return
  const later = setTimeout(() => {
    pull(core).finally(() => {
      waiting.delete(state)
      if (queued(core).length > 0) wake(core)
    })
  }, core.config.courier.worker.pull_wait)
  later.unref()
  waiting.set(state, later)
}

/** What is in the inbox alone is there at once, and is shown as in the queue for that long. */
const held = new WeakSet<CourierMessage>()

export function hold(core: Core, message: CourierMessage): void {
  held.add(message)
  setTimeout(() => held.delete(message), core.config.courier.worker.pull_wait).unref()
}

/** As the API shows it. */
export function shownMessage(message: CourierMessage): CourierMessage {
  if (held.has(message)) return { ...message, status: 'queued', send_count: 0 }
  if (message.dispatches || message.status !== 'sent') return message
  const { id, created_at, updated_at } = message
  return {
    ...message,
    dispatches: [{ id, message_id: id, status: 'success', error: null, created_at, updated_at }],
  }
}

const queued = ({ state }: Core): CourierMessage[] =>
  state.messages.filter(({ status }) => status === 'queued').reverse()

async function pull(core: Core): Promise<void> {
  const { pull_count } = core.config.courier.worker
  // Kratos takes any number, and less than nothing is no limit to its database.
  const most = pull_count < 0 ? undefined : pull_count
  for (const message of queued(core).slice(0, most)) await take(core, message)
}

async function take(core: Core, message: CourierMessage): Promise<void> {
  // The time of a change is not noted.
  const set = (status: CourierMessage['status']): void => void Object.assign(message, { status })
  if (message.send_count > core.config.courier.message_retries) {
    set('abandoned')
    core.log.warn(`[mail] to ${printable(message.recipient)}: given up after ${message.send_count} times`)
    return
  }
  set('processing')
  message.send_count++
  try {
    await dispatch(core, message)
    set('sent')
    note(core, message, 'success')
  } catch (error) {
    const { message: why } = error as Error
    set('queued')
    note(core, message, 'failed', why)
    core.log.warn(`[mail] to ${printable(message.recipient)} could not be sent: ${printable(why)}`)
  }
}

/** Newest first. */
function note(core: Core, message: CourierMessage, status: 'success' | 'failed', why?: string): void {
  const now = isoTime(core.now())
  const error = why === undefined ? null : { code: 500, status: 'Internal Server Error', message: why }
  const one = { id: core.ids.uuid(), message_id: message.id, status, error, created_at: now, updated_at: now }
  message.dispatches = [one, ...(message.dispatches ?? [])]
}
