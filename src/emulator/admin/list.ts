/** `GET /admin/identities`: one filter at a time, page by page. */

import { uuidMistake } from '../go/values.js'
import { type Answer, type Exchange, json } from '../http/exchange.js'
import { badRequest } from '../http/kratos-errors.js'
import { normalizeIdentifier } from '../schema/identity-schema.js'
import type { Identity } from '../store/model.js'
import { adminIdentityJson, isCredentialsType } from './identity-json.js'
import { keysetPage, numberedPage, type Page } from './paging.js'

const MAX_IDS = 500
const MAX_LEGACY_ITEMS = 1000

export function listIdentities(x: Exchange): Answer {
  const filter = filterOf(x)
  const include = x.query.getAll('include_credential')
  const wrong = include.find(type => !isCredentialsType(type))
  if (wrong !== undefined)
    throw badRequest(`Invalid value \`${wrong}\` for parameter \`include_credential\`.`)
  if (filter.count > 1) throw badRequest('You cannot combine multiple filters in this API')
  const found = x.core.state.identities().filter(filter.matches)
  const { items, headers } = pageOf(
    x,
    found.sort((a, b) => (a.id < b.id ? -1 : 1)),
  )
  const view = { credentials: filter.byIdentifier || include.length > 0, include }
  const answer = json(
    200,
    items.map(identity => adminIdentityJson(x.core, identity, view)),
  )
  return { ...answer, headers: { ...answer.headers, ...headers } }
}

interface Filter {
  count: number
  byIdentifier: boolean
  matches(identity: Identity): boolean
}

function filterOf(x: Exchange): Filter {
  const ids = x.query.getAll('ids')
  for (const id of ids) requireUuid(id, 'ids')
  if (ids.length > MAX_IDS) throw badRequest('The number of ids to filter must not exceed 500.')
  // Nobody belongs to one: organizations are in Ory's licensed edition.
  const organization = x.query.get('organization_id')
  if (organization) requireUuid(organization, 'organization_id')
  const exact = x.query.get('credentials_identifier')
  const similar = x.query.get('preview_credentials_identifier_similar')
  const wanted = new Set(ids.map(id => id.toLowerCase()))
  return {
    count: [ids.length > 0, organization, exact, similar].filter(Boolean).length,
    byIdentifier: Boolean(exact || similar),
    matches: identity =>
      !organization &&
      (ids.length === 0 || wanted.has(identity.id)) &&
      (!exact || hasIdentifier(identity, [exact, normalizeIdentifier(exact)])) &&
      (!similar || isSimilar(identity, normalizeIdentifier(similar))),
  }
}

function requireUuid(text: string, parameter: string): void {
  if (uuidMistake(text)) throw badRequest(`Invalid UUID value \`${text}\` for parameter \`${parameter}\`.`)
}

const identifiersOf = (identity: Identity): string[] =>
  Object.values(identity.credentials).flatMap(credential => credential.identifiers)

function hasIdentifier(identity: Identity, wanted: readonly string[]): boolean {
  return identifiersOf(identity).some(identifier => wanted.includes(identifier))
}

function isSimilar(identity: Identity, part: string): boolean {
  return identifiersOf(identity).some(identifier => identifier.includes(part))
}

function pageOf(x: Exchange, all: Identity[]): Page<Identity> {
  const { query } = x
  if (query.has('page') && !query.has('page_token') && !query.has('page_size')) {
    const [page, perPage] = [Number(query.get('page')), Number(query.get('per_page') ?? 250)]
    if (page * perPage > MAX_LEGACY_ITEMS) {
      throw badRequest(
        `Legacy pagination is not supported for enumerating over ${MAX_LEGACY_ITEMS} items. Please switch to using page_token and page_size.`,
      )
    }
    return numberedPage(x, all, 500)
  }
  const token = query.get('page_token')
  if (token && uuidMistake(token))
    throw badRequest('The page token is invalid, do not craft your own page tokens')
  return keysetPage(x, all, {
    firstToken: '00000000-0000-0000-0000-000000000000',
    tokenOf: identity => identity.id,
    isBehind: (identity, last) => identity.id > last.toLowerCase(),
  })
}
