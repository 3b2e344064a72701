/** `/admin/identities`: https://www.ory.com/docs/reference/api#tag/identity */

import type { Core } from '../core.js'
import { type Answer, type Exchange, json, noContent } from '../http/exchange.js'
import { badRequest, notLocated, Problem } from '../http/kratos-errors.js'
import { Duplicate, InvalidTraits, insertIdentity, replaceIdentity } from '../identities/identities.js'
import {
  type IdentityImport,
  importCredentials,
  importIdentity,
  schemaIdOf,
  stateOf,
} from '../identities/import-identity.js'
import { isoTime } from '../store/clock.js'
import type { Identity, JsonObject } from '../store/model.js'
import type { ImportedCredentials } from '../store/seed.js'
import { readJson, readStrict } from './body.js'
import { CREATE_BODY, UPDATE_BODY } from './identity-body.js'
import { adminIdentityJson, isCredentialsType } from './identity-json.js'

export async function createIdentity(x: Exchange): Promise<Answer> {
  const body = readStrict(x, CREATE_BODY)
  try {
    const identity = await importIdentity(x.core, body as IdentityImport)
    insertUnique(x.core, identity)
    const shown = adminIdentityJson(x.core, identity, {
      credentials: true,
      fresh: Object.keys(identity.credentials),
      isNew: true,
      metadataAdmin: 'metadata_admin' in body,
    })
    const answer = json(201, shown)
    return {
      ...answer,
      headers: { ...answer.headers, location: `${x.core.adminBase}/identities/${identity.id}` },
    }
  } catch (error) {
    if (!(error instanceof Duplicate)) throw asProblem(error)
    throw new Problem(409, { reason: 'This identity conflicts with another identity that already exists.' })
  }
}

export function getIdentity(x: Exchange): Answer {
  return show(x, knownIdentity(x))
}

export function getIdentityByExternalId(x: Exchange): Answer {
  const identity = byExternalId(x.core, x.params['externalID'] ?? '')
  if (!identity) throw notLocated()
  return show(x, identity)
}

function show(x: Exchange, identity: Identity): Answer {
  const include = x.query.getAll('include_credential')
  const unknown = include.findIndex(type => !isCredentialsType(type))
  if (unknown >= 0) {
    // Kratos names those before the wrong one.
    throw badRequest(
      `Invalid value \`[${include.slice(0, unknown).join(' ')}]\` for parameter \`include_credential\`.`,
    )
  }
  return json(200, adminIdentityJson(x.core, identity, { credentials: true, include }))
}

export async function updateIdentity(x: Exchange): Promise<Answer> {
  const body = readJson(x, UPDATE_BODY)
  const identity = knownIdentity(x)
  if (body['schema_id']) identity.schema_id = body['schema_id'] as string
  if (body['state']) changeState(x.core, identity, stateOf(body['state'] as string))
  identity.traits = ('traits' in body ? body['traits'] : {}) as JsonObject
  identity.metadata_public = body['metadata_public'] ?? null
  identity.metadata_admin = body['metadata_admin'] ?? null
  setExternalId(identity, body['external_id'] as string | undefined)
  const before = Object.keys(identity.credentials)
  const imported = importable((body['credentials'] ?? {}) as ImportedCredentials)
  await importCredentials(x.core, identity, imported)
  saveChanged(x.core, identity)
  return json(
    200,
    adminIdentityJson(x.core, identity, {
      credentials: true,
      // A password is replaced; accounts at providers are added to those there are.
      fresh: Object.keys(imported).filter(type => type === 'password' || !before.includes(type)),
      metadataAdmin: 'metadata_admin' in body,
    }),
  )
}

/** What Kratos takes over; a seed may bring more. */
function importable(given: ImportedCredentials): ImportedCredentials {
  const { password, oidc, saml } = given
  return { ...(password && { password }), ...(oidc && { oidc }), ...(saml && { saml }) }
}

export function deleteIdentity(x: Exchange): Answer {
  if (!x.core.state.deleteIdentity(x.params['id'] ?? '')) throw notLocated()
  return noContent()
}

export function knownIdentity(x: Exchange): Identity {
  const identity = x.core.state.identity((x.params['id'] ?? '').toLowerCase())
  if (!identity) throw notLocated()
  // Out of Kratos' database they come sorted.
  identity.credentials.oidc?.identifiers.sort()
  return identity
}

function byExternalId(core: Core, externalId: string): Identity | undefined {
  return core.state.identities().find(identity => identity.external_id === externalId)
}

export function setExternalId(identity: Identity, externalId: string | undefined): void {
  if (externalId) identity.external_id = externalId
  else delete identity.external_id
}

export function changeState(core: Core, identity: Identity, state: Identity['state']): void {
  if (identity.state === state) return
  identity.state = state
  identity.state_changed_at = isoTime(core.now())
}

/** Stores a new identity; its external id must be free as well. */
export function insertUnique(core: Core, identity: Identity): void {
  requireDistinctAccounts(identity)
  requireFreeExternalId(core, identity)
  insertIdentity(core, identity)
}

/** Stores a changed identity, with the errors of Kratos' persistence. */
export function saveChanged(core: Core, identity: Identity): void {
  try {
    schemaIdOf(core, identity.schema_id)
    requireFreeExternalId(core, identity)
    requireDistinctAccounts(identity)
    replaceIdentity(core, identity, true)
  } catch (error) {
    throw asProblem(error)
  }
}

/** One account at a provider belongs to one person, once. */
function requireDistinctAccounts({ credentials }: Identity): void {
  for (const { identifiers = [] } of [credentials.oidc ?? {}, credentials.saml ?? {}])
    if (new Set(identifiers).size < identifiers.length) throw new Duplicate()
}

function requireFreeExternalId(core: Core, identity: Identity): void {
  if (identity.external_id === undefined) return
  const owner = byExternalId(core, identity.external_id)
  if (owner && owner.id !== identity.id) throw new Duplicate()
}

/** Errors about an identity as the admin API answers them. */
export function asProblem(error: unknown): unknown {
  if (error instanceof InvalidTraits) return badRequest(error.reason)
  if (error instanceof Duplicate) return new Problem(409, { message: EXISTS })
  return error
}

const EXISTS = 'Unable to insert or update resource because a resource with that value exists already'
