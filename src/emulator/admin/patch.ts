/** `PATCH /admin/identities/{id}` with a JSON Patch (RFC 6902), and the restrictions Kratos puts on it. */

import { applyPatch, type Operation, Pointer } from 'rfc6902'
import type { Core } from '../core.js'
import { decodeJson } from '../go/json.js'
import { type Answer, type Exchange, json } from '../http/exchange.js'
import { notLocated, Problem } from '../http/kratos-errors.js'
import { asList, asObject } from '../schema/fields.js'
import { isoTime } from '../store/clock.js'
import type { Credential, Identity, Json, JsonObject, VerifiableAddress } from '../store/model.js'
import { readDocument } from './body.js'
import { changeState, knownIdentity, saveChanged, setExternalId } from './identities.js'
import { PATCHED } from './identity-body.js'
import { adminIdentityJson, NO_TIME } from './identity-json.js'

const DENIED = /^\/(id|statechangedat|credentials|credentials\/oidc\/.*)$/i
const KINDS = new Set(['add', 'remove', 'replace', 'move', 'test', 'copy'])
const ALLOWED = new Set(['add', 'remove', 'replace'])
/** Keys that would reach the prototype; no identity has them. */
const HARMFUL = /\/(__proto__|constructor|prototype)(\/|$)/

export function patchIdentity(x: Exchange): Answer {
  const identity = knownIdentity(x)
  const operations = readOperations(x.body.toString('utf8'))
  const everything = { credentials: true, include: Object.keys(identity.credentials) }
  const document = structuredClone(adminIdentityJson(x.core, identity, everything))
  const patched = operations.reduce(apply, document)
  const { value, mistake } = readDocument(patched, PATCHED)
  if (mistake !== undefined) throw refused(mistake)
  takeOver(x.core, identity, value)
  saveChanged(x.core, identity)
  const kept = Object.keys(asObject(value['credentials']))
  const fresh = Object.keys(identity.credentials).filter(type => !kept.includes(type))
  return json(200, adminIdentityJson(x.core, identity, { credentials: true, fresh }))
}

function readOperations(text: string): JsonObject[] {
  const decoded = decodeJson(text)
  if ('error' in decoded || !isWhole(text)) throw refused('invalid state detected')
  if (decoded.value === null) return []
  if (!Array.isArray(decoded.value)) {
    throw refused(`json: cannot unmarshal ${kindOf(decoded.value)} into Go value of type jsonpatch.Patch`)
  }
  const operations = decoded.value.map(item => {
    if (item !== null && typeof item === 'object' && !Array.isArray(item)) return item
    throw refused(`json: cannot unmarshal ${kindOf(item)} into Go value of type jsonpatch.Operation`)
  })
  for (const operation of operations) checkOperation(operation)
  for (const operation of operations) checkAllowed(operation)
  return operations.filter(({ path }) => !HARMFUL.test(String(path)))
}

/** The decoder of other bodies stops where the first value ends; this one looks at what follows. */
function isWhole(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function checkOperation(operation: JsonObject): void {
  const { op, path } = operation
  const invalid = (why: string): Problem => refused(`invalid operation ${JSON.stringify(operation)}: ${why}`)
  if (typeof op !== 'string' || !KINDS.has(op)) throw invalid('unsupported operation')
  if ((op === 'add' || op === 'replace') && !('value' in operation)) {
    throw invalid("failed to decode 'value': operation, missing value field: missing value")
  }
  if (typeof path !== 'string')
    throw invalid("failed to decode 'path': operation missing path field: missing value")
}

function checkAllowed({ op, path }: JsonObject): void {
  if (!ALLOWED.has(String(op))) throw refused(`unsupported operation: ${op}`)
  if (DENIED.test(String(path))) throw refused(`patch includes denied path: ${path}`)
}

/** Like Kratos more tolerant than the RFC: what is to be added or replaced is made if it is not there. */
function apply(document: JsonObject, operation: JsonObject): JsonObject {
  const path = String(operation['path'])
  if (path === '') return whole(operation)
  const element = /\/(-|[+-]?\d+)$/.test(path)
  if (operation['op'] !== 'remove') ensureParents(document, path)
  if (!path.startsWith('/')) throw refused(failure(document, String(operation['op']), path))
  const list = isOwn(document, parentOf(path)) && Pointer.fromJSON(parentOf(path)).get(document)
  if (!isOwn(document, operation['op'] === 'remove' && !Array.isArray(list) ? path : parentOf(path))) {
    throw refused(failure(document, String(operation['op']), path))
  }
  const op = operation['op'] === 'replace' && !element ? 'add' : operation['op']
  const known = { op, path, value: operation['value'] ?? null } as Operation
  if (Array.isArray(list)) {
    changeList(list, known)
    return document
  }
  let failed: Error | null | undefined
  try {
    failed = applyPatch(document, [known])[0]
  } catch (error) {
    failed = error as Error
  }
  if (failed) throw refused(failure(document, String(op), path))
  return document
}

/** An empty path names the document itself. */
function whole({ op, value }: JsonObject): JsonObject {
  if (op === 'remove')
    throw refused("error in remove for path: '': unable to remove nonexistent key: : missing value")
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value
  if (value === null)
    throw refused(
      'json: error calling MarshalJSON for type *jsonpatch.partialDoc: invalid value, expected object',
    )
  const type = Array.isArray(value) ? `identity.${PATCHED.struct}` : 'map[string]*jsonpatch.lazyNode'
  throw refused(`json: cannot unmarshal ${kindOf(value ?? null)} into Go value of type ${type}`)
}

/** Negative places count from the end, which the RFC does not know. */
function changeList(list: Json[], { op, path, ...more }: Operation): void {
  const key = path.slice(path.lastIndexOf('/') + 1)
  const value = 'value' in more ? (more.value as Json) : null
  if (op === 'add' && key === '-') return void list.push(value)
  const length = op === 'add' ? list.length + 1 : list.length
  const at = /^[+-]?\d+$/.test(key) ? Number(key) : Number.NaN
  const index = at < 0 ? at + length : at
  if (!(index >= 0 && index < length)) throw refused(noPlace(op, path, key))
  list.splice(index, op === 'add' ? 0 : 1, ...(op === 'remove' ? [] : [value]))
}

function noPlace(op: string, path: string, key: string): string {
  if (op === 'replace') return `replace operation does not apply: doc is missing key: ${path}: missing value`
  const isNumber = /^[+-]?\d+$/.test(key)
  const why = isNumber
    ? `Unable to access invalid index: ${Number(key)}: invalid index referenced`
    : `strconv.Atoi: parsing ${JSON.stringify(key)}: invalid syntax`
  const before = op === 'add' && !isNumber ? `value was not a proper array index: '${key}': ` : ''
  return `error in ${op} for path: '${path}': ${before}${why}`
}

/** In the words of the library Kratos uses. */
function failure(document: JsonObject, op: string, path: string): string {
  const parent = parentOf(path)
  if (!path.startsWith('/') || !isThere(document, parent)) {
    return `${op} operation does not apply: doc is missing path: ${JSON.stringify(path)}: missing value`
  }
  const key = path.slice(parent.length + 1)
  if (op === 'remove') {
    return `error in remove for path: '${path}': unable to remove nonexistent key: ${key}: missing value`
  }
  return `error in ${op} for path: '${path}': Unable to access invalid index: ${key}: invalid index referenced`
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))

function isThere(document: JsonObject, path: string): boolean {
  const value = isOwn(document, path) ? Pointer.fromJSON(path).get(document) : undefined
  return value !== null && typeof value === 'object'
}

/** Whether every step of a path is the document's own: what all objects inherit is this process' (CWE-1321). */
function isOwn(document: JsonObject, path: string): boolean {
  let value: unknown = document
  for (const key of keysOf(path)) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return false
    value = (value as JsonObject)[key]
  }
  return true
}

const keysOf = (path: string): string[] =>
  path
    .split('/')
    .slice(1)
    .map(text => text.replaceAll('~1', '/').replaceAll('~0', '~'))

function ensureParents(document: JsonObject, path: string): void {
  let parent: JsonObject = document
  for (const key of keysOf(path).slice(0, -1)) {
    const next = Object.hasOwn(parent, key) ? parent[key] : undefined
    if (next !== undefined && next !== null && typeof next !== 'object')
      throw refused('invalid state detected')
    if (next === undefined || next === null) {
      if (Array.isArray(parent)) return
      parent[key] = {}
    }
    // A list is walked through like an object whose names are its places.
    parent = parent[key] as JsonObject
  }
}

function takeOver(core: Core, identity: Identity, document: JsonObject): void {
  const { external_id: externalId, created_at: createdAt } = document
  const state = text(document['state'])
  if (state !== 'active' && state !== 'inactive') {
    throw new Problem(400, {
      message: 'identity state is not valid',
      reason: `The supplied state ('${state}') was not valid. Valid states are ('active', 'inactive').`,
    })
  }
  // A document that is replaced as a whole may be somebody else's.
  if (document['id'] !== identity.id) throw notLocated()
  if (typeof document['state_changed_at'] === 'string')
    identity.state_changed_at = document['state_changed_at']
  else delete identity.state_changed_at
  changeState(core, identity, state)
  identity.created_at = typeof createdAt === 'string' ? createdAt : NO_TIME
  identity.schema_id = text(document['schema_id'])
  setExternalId(identity, typeof externalId === 'string' ? externalId : undefined)
  identity.traits = (document['traits'] === undefined ? {} : document['traits']) as JsonObject
  identity.metadata_public = document['metadata_public'] ?? null
  identity.metadata_admin = document['metadata_admin'] ?? null
  const organization = document['organization_id']
  identity.organization_id = typeof organization === 'string' ? organization : null
  takeAddresses(core, identity, document)
  takeCredentials(identity, asObject(document['credentials']))
}

/** What is not there is empty. */
const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '')

/** An address that is patched away is made anew, unverified, for as long as the traits have it. */
function takeAddresses(core: Core, identity: Identity, document: JsonObject): void {
  const patched = asList(document['verifiable_addresses']).map(asObject)
  const patchOf = (own: VerifiableAddress): JsonObject | undefined =>
    patched.find(({ id, value, via }) => id === own.id && value === own.value && via === own.via)
  identity.verifiable_addresses = identity.verifiable_addresses.filter(patchOf)
  for (const address of identity.verifiable_addresses) {
    const { verified, status } = patchOf(address) ?? {}
    if (typeof verified === 'boolean' && verified !== address.verified) {
      address.verified = verified
      if (verified) address.verified_at = isoTime(core.now())
      else delete address.verified_at
    }
    if (status === 'pending' || status === 'sent' || status === 'completed') address.status = status
  }
}

/** Only what the emulator has may be changed; the type of a credential is its key, whatever else is said. */
function takeCredentials(identity: Identity, patched: JsonObject): void {
  for (const [key, value] of Object.entries(patched)) {
    const { config, identifiers } = asObject(value)
    const own = identity.credentials[key as Credential['type']]
    if (!own) throw new Problem(500)
    if (key === 'password') requirePassword(config)
    own.config = asObject(config)
    if (Array.isArray(identifiers)) own.identifiers = identifiers.map(String)
  }
  for (const key of Object.keys(identity.credentials)) {
    if (!(key in patched)) delete identity.credentials[key as Credential['type']]
  }
}

/** Nobody could sign in with it, nor could Kratos read it again. */
function requirePassword(config: Json | undefined): void {
  if (config === undefined || (typeof config === 'object' && !Array.isArray(config))) return
  throw new Problem(500, {
    message: `json: cannot unmarshal ${kindOf(config)} into Go value of type identity.CredentialsPassword`,
  })
}

// With Kratos' misspelling.
const UNPATCHABLE = 'An error occured when applying the JSON patch'
const refused = (message: string): Problem => new Problem(400, { message, reason: UNPATCHABLE })

function kindOf(value: Json): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}
