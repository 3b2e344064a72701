/** `/admin/courier/messages`: what was sent, newest first. */

import { shownMessage } from '../courier/worker.js'
import { uuidMistake } from '../go/values.js'
import { type Answer, type Exchange, json, problem } from '../http/exchange.js'
import { badRequest, notLocated, Problem } from '../http/kratos-errors.js'
import type { CourierMessage, JsonObject } from '../store/model.js'
import { keysetPage, type Page } from './paging.js'

const STATUSES = new Set(['queued', 'sent', 'processing', 'abandoned'])

export function listMessages(x: Exchange): Answer {
  const status = x.query.get('status')
  if (status !== null && !STATUSES.has(status)) throw badRequest('Message status is not valid')
  const recipient = x.query.get('recipient')
  const found = x.core.state.messages
    .map(shownMessage)
    .filter(
      message =>
        (status === null || message.status === status) && (!recipient || message.recipient === recipient),
    )
  const size = x.query.get('page_size')
  if (size && !/^[+-]?\d+$/.test(size)) {
    return badPage(`strconv.Atoi: parsing ${JSON.stringify(size)}: invalid syntax`)
  }
  const token = x.query.get('page_token') ?? ''
  const mistake = /[^\w-]/.exec(token)?.index ?? (token.length % 4 === 1 ? token.length - 1 : -1)
  if (mistake >= 0) return badPage(`decode token: illegal base64 data at input byte ${mistake}`)
  const { items, headers } = pageOf(x, found)
  const answer = json(
    200,
    items.map(one => messageJson(one, false)),
  )
  return { ...answer, headers: { ...answer.headers, ...headers } }
}

/** Kratos does not make an API error of this: it says 500 in a 400. */
const badPage = (message: string): Answer => problem(new Problem(500, { message }), 400)

/** Kratos encrypts its tokens; ours only need to be opaque. */
const tokenOf = (id: string): string => Buffer.from(id).toString('base64url')

function pageOf(x: Exchange, all: CourierMessage[]): Page<CourierMessage> {
  const token = x.query.get('page_token')
  const last = token ? Buffer.from(token, 'base64url').toString() : ''
  const at = all.findIndex(message => message.id === last)
  if (token && at < 0 && last !== FIRST) throw new Problem(400, { message: 'invalid pagination token' })
  const places = new Map(all.map((message, i) => [message.id, i]))
  return keysetPage(x, all, {
    firstToken: tokenOf(FIRST),
    tokenOf: message => tokenOf(message.id),
    isBehind: message => (places.get(message.id) ?? 0) > at,
    defaultSize: 10,
    onlyPageSize: true,
  })
}

const FIRST = '00000000-0000-0000-0000-000000000000'

export function getMessage(x: Exchange): Answer {
  const id = x.params['id'] ?? ''
  const mistake = uuidMistake(id)
  if (mistake) throw new Problem(400, { message: mistake })
  const message = x.core.state.messages.map(shownMessage).find(one => one.id === id.toLowerCase())
  if (!message) throw notLocated()
  return json(200, messageJson(message, true))
}

/** @param tries whether they are shown: of one message, not in a list */
function messageJson(message: CourierMessage, tries: boolean): JsonObject {
  const { template_data: _, request_headers: __, dispatches, created_at, updated_at, ...shown } = message
  return { ...shown, ...(tries && dispatches && { dispatches }), created_at, updated_at }
}
