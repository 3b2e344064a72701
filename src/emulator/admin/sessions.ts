/** `/admin/sessions` and the sessions of one identity. */

import type { Core } from '../core.js'
import { uuidMistake } from '../go/values.js'
import { type Answer, type Exchange, json, noContent, noContentJson } from '../http/exchange.js'
import { badRequest, notLocated, Problem } from '../http/kratos-errors.js'
import { identityJson } from '../identities/identities.js'
import { isLive, sessionJson } from '../identities/sessions.js'
import { isoTime } from '../store/clock.js'
import type { Identity, Json, JsonObject, Session } from '../store/model.js'
import { keysetPage, offsetPage, type Page } from './paging.js'

export function listSessions(x: Exchange): Answer {
  const keep = activeFilter(x)
  const page = sessionPage(x, x.core.state.sessions().reverse().filter(keep))
  const expand = expansions(x)
  // Kratos tells a list that was not asked for from one that is empty.
  const shown = page.items.map(session => adminSessionJson(x.core, session, expand, null))
  const answer = json(200, shown)
  return { ...answer, headers: { ...answer.headers, ...page.headers } }
}

export function getSession(x: Exchange): Answer {
  const id = sessionId(x)
  const expand = expansions(x)
  return json(200, adminSessionJson(x.core, knownSession(x.core, id), expand, []))
}

export function disableSession(x: Exchange): Answer {
  const session = knownSession(x.core, sessionId(x))
  x.core.state.putSession({ ...session, active: false })
  return noContentJson()
}

export function extendSession(x: Exchange): Answer {
  const { core } = x
  const session = knownSession(core, sessionId(x))
  const { lifespan, earliest_possible_extend: earliest } = core.config.session
  if (Date.parse(session.expires_at) - earliest <= core.now()) {
    session.expires_at = isoTime(core.now() + lifespan)
    core.state.putSession(session)
  }
  return json(200, { ...sessionJson(core, session), devices: [] })
}

export function listIdentitySessions(x: Exchange): Answer {
  const id = parseUuid(x.params['id'] ?? '')
  const keep = activeFilter(x)
  const { items, headers } = offsetPage(x, x.core.state.sessionsOf(id).filter(keep), 1)
  const shown = items.map(session => {
    const identity = adminIdentity(x.core, session)
    // Kratos loads the owner without addresses here, and without the address of the schema.
    return {
      ...withoutOwner(x.core, session),
      identity: { ...identity, schema_url: '' },
      devices: devices(session),
    }
  })
  const answer = json(200, shown)
  return { ...answer, headers: { ...answer.headers, ...headers } }
}

export function deleteIdentitySessions(x: Exchange): Answer {
  const sessions = x.core.state.sessionsOf(parseUuid(x.params['id'] ?? ''))
  if (sessions.length === 0) throw notLocated()
  for (const session of sessions) x.core.state.deleteSession(session.id)
  return noContent()
}

const FIRST_TOKEN = Buffer.from('created_at=2200-12-31 23:59:59/id=00000000-0000-0000-0000-000000000000')

/** Newest first. The key is the time of sign-in and the id; ours need no sorting, so the id finds the place. */
function sessionPage(x: Exchange, all: Session[]): Page<Session> {
  const token = x.query.get('page_token')
  const last = token ? /id=([0-9a-f-]+)/.exec(Buffer.from(token, 'base64').toString())?.[1] : undefined
  if (token && token.length % 4 === 1) throw unreadable()
  if (token && !last) throw badRequest('The page token is invalid, do not craft your own page tokens')
  const at = all.findIndex(session => session.id === last)
  const places = new Map(all.map((session, i) => [session.id, i]))
  try {
    return keysetPage(x, all, {
      firstToken: rawBase64(FIRST_TOKEN),
      tokenOf: session => rawBase64(Buffer.from(`created_at=${session.issued_at}/id=${session.id}`)),
      isBehind: session => (places.get(session.id) ?? 0) > at,
    })
  } catch {
    throw unreadable()
  }
}

const rawBase64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')
const unreadable = (): Problem => new Problem(400, { message: 'could not parse parameter page_size' })

interface Expansions {
  identity: boolean
  devices: boolean
}

function expansions(x: Exchange): Expansions {
  const asked = x.query.getAll('expand')
  const unknown = asked.find(name => !/^(identity|devices)$/i.test(name))
  if (unknown !== undefined) throw badRequest(`Could not parse expand option: ${unknown}`)
  const names = asked.map(name => name.toLowerCase())
  return { identity: names.includes('identity'), devices: names.includes('devices') }
}

function adminSessionJson(core: Core, session: Session, expand: Expansions, noDevices: Json): JsonObject {
  const owner = core.state.identity(session.identity_id)
  const identity = expand.identity && owner ? identityJson(core, owner) : null
  return {
    ...withoutOwner(core, session, expand.identity ? owner : null),
    identity: identity && noDevices === null ? withoutAddresses(identity) : identity,
    devices: expand.devices ? devices(session) : noDevices,
  }
}

/** Kratos' lists show whether a session was ended, and when it ends; only with its owner whether it counts. */
function withoutOwner(core: Core, session: Session, owner?: Identity | null): JsonObject {
  const { identity: _, devices: __, ...own } = sessionJson(core, session, owner)
  return own
}

const devices = (session: Session): Json => session.devices.map(({ ...device }) => device)

function adminIdentity(core: Core, session: Session): JsonObject {
  const owner = core.state.identity(session.identity_id)
  return owner ? withoutAddresses(identityJson(core, owner)) : {}
}

function withoutAddresses(identity: JsonObject): JsonObject {
  const { verifiable_addresses: _, recovery_addresses: __, ...rest } = identity
  return rest
}

function activeFilter(x: Exchange): (session: Session) => boolean {
  const text = x.query.get('active') ?? ''
  if (text === '') return () => true
  if (!/^(1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(text)) {
    throw new Problem(400, { message: 'could not parse parameter active' })
  }
  const wanted = /^(1|t)/i.test(text)
  return session => isLive(x.core, session) === wanted
}

const sessionId = (x: Exchange): string => parseUuid(x.params['id'] ?? '')

function parseUuid(text: string): string {
  const mistake = uuidMistake(text)
  if (mistake) throw new Problem(400, { message: mistake })
  return text.toLowerCase()
}

function knownSession(core: Core, id: string): Session {
  const session = core.state.session(id)
  if (!session) throw notLocated()
  return session
}
