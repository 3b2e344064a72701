/** `/dev/namespaces`: a state of its own for every test, and who is in which. */

import { DEFAULT_NAMESPACE, NAMESPACE_COOKIE } from '../../common/namespace.js'
import { ownVersion } from '../../common/version.js'
import { OryProxyError } from '../../errors.js'
import type { Exchange } from '../http/exchange.js'
import { badRequest } from '../http/kratos-errors.js'
import { unknownNamespace } from '../http/namespace-name.js'
import { html, renderTime } from '../pages/index.js'
import { isoTime } from '../store/clock.js'
import type { Json, JsonObject } from '../store/model.js'
import { inputOf, textOf } from './input.js'
import { type Done, rootOf, type View } from './tool.js'
import type { DevTools, Namespace, NamespaceBook } from './types.js'
import { usersOf } from './users.js'

/** Names on the page; the rest is a number. */
const NAMED = 3

/** `GET /dev/namespaces` */
export function listNamespaces(x: Exchange, { namespaces: spaces }: DevTools): View {
  const all = spaces.list().map(space => summaryOf(space, x.core.namespace))
  const action = `${rootOf(x)}/dev/namespaces`
  return {
    json: all,
    title: 'Namespaces',
    lead: 'A test has people, sessions, mails, a clock and faults of its own. A browser is in one by its cookie, everything else by a header.',
    layout: { wide: true },
    body: html`<form action="${action}" method="post"><ul class="list">
${all.map(row)}</ul></form>
<form class="inline" action="${action}" method="post"><div class="field"><label for="name">Name <span class="optional">optional</span></label>
<input id="name" name="name" pattern="[A-Za-z0-9_\\-]{1,64}" autocomplete="off" spellcheck="false" autocapitalize="none"></div>
<button type="submit" class="quiet">New namespace</button></form>
`,
  }
}

interface Summary {
  name: string
  current: boolean
  people: string[]
  sessions: number
  mails: number
  clock: { offset: number; frozen: boolean }
  faults: number
  created_at: string
  used_at: string
}

function summaryOf(space: Namespace, current: string): Summary {
  const { name, core, clock, faults, createdAt, usedAt } = space
  return {
    name,
    current: name === current,
    people: usersOf(core, space).map(({ id, identifiers }) => identifiers[0] ?? id),
    sessions: core.state.sessions().filter(session => session.active).length,
    mails: core.state.messages.length,
    clock: { offset: clock.offset, frozen: clock.frozen },
    faults: faults.list().length,
    created_at: isoTime(createdAt),
    used_at: isoTime(usedAt),
  }
}

function row({ name, current, people, sessions, mails, used_at }: Summary) {
  const more = people.length - NAMED
  const who = [...people.slice(0, NAMED), ...(more > 0 ? [`${more} more`] : [])].join(', ') || 'nobody'
  const counts = `${sessions} ${sessions === 1 ? 'session' : 'sessions'}, ${mails} ${mails === 1 ? 'mail' : 'mails'}`
  return html`<li><div><strong>${name}</strong>${current && ' (this browser)'}
<p class="hint">${who}<br>${counts}, last used ${renderTime(used_at)}</p></div>
${!current && html`<button type="submit" name="enter" value="${name}" class="quiet" aria-label="Enter ${name}">Enter</button>`}
${name !== DEFAULT_NAMESPACE && html`<button type="submit" name="delete" value="${name}" class="quiet danger" aria-label="Delete ${name}">Delete</button>`}</li>
`
}

/** `POST /dev/namespaces`: `{"name"?, "seed"?, "from"?}`; from the page also `enter`, `leave` and `delete`. */
export async function changeNamespaces(x: Exchange, { namespaces: spaces }: DevTools): Promise<Done> {
  const input = inputOf(x)
  if (input['leave']) return enter(x, spaces, DEFAULT_NAMESPACE)
  if (input['enter'] !== undefined) return enter(x, spaces, textOf(input, 'enter'))
  if (input['delete'] !== undefined) return remove(x, spaces, textOf(input, 'delete'))
  return create(spaces, input)
}

async function create(spaces: NamespaceBook, input: JsonObject): Promise<Done> {
  const [name, from] = [textOf(input, 'name'), textOf(input, 'from')]
  const seed = seedIn(input['seed'])
  const start = { name: name || undefined, from: from || undefined, seed }
  const made = await spaces.create(start).catch((error: unknown) => {
    throw error instanceof OryProxyError ? badRequest(error.message) : error
  })
  const json = {
    name: made.name,
    cookie: `${NAMESPACE_COOKIE}=${made.name}`,
    version: ownVersion(),
    admin: made.core.adminBase,
    session_cookie: made.core.config.session.cookie.name,
    people: usersOf(made.core, made),
  }
  return { status: 201, json }
}

function seedIn(value: Json | undefined): object[] | undefined {
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value)) return value as object[]
  throw badRequest('"seed" is a list of identities in Kratos\' import shape.')
}

/** `DELETE /dev/namespaces/{name}` */
export function deleteNamespace(x: Exchange, { namespaces: spaces }: DevTools): Done {
  return remove(x, spaces, x.params['name'] ?? '')
}

function remove(x: Exchange, spaces: NamespaceBook, name: string): Done {
  if (name === DEFAULT_NAMESPACE) throw badRequest('The default namespace stays: reset it instead.')
  if (!spaces.delete(name)) throw unknownNamespace(name)
  if (name === x.core.namespace) forget(x)
  return { json: { deleted: name } }
}

function enter(x: Exchange, spaces: NamespaceBook, name: string): Done {
  if (!spaces.find(name)) throw unknownNamespace(name)
  if (name === DEFAULT_NAMESPACE) forget(x)
  else x.cookies.set(NAMESPACE_COOKIE, name, { path: '/', sameSite: 'Lax' })
  return { json: { namespace: name } }
}

function forget(x: Exchange): void {
  x.cookies.set(NAMESPACE_COOKIE, '', { path: '/', sameSite: 'Lax', maxAge: 0 })
}
