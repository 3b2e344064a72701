/** The people an emulator starts with: `ory.seed.json`, a list of identities in Kratos' import shape. */
import { createHash } from 'node:crypto'
import type { OryProxyError } from '../../errors.js'
import { type DocumentPath, readDocument, type TextDocument } from '../config/document.js'
import { asList, asObject } from '../schema/fields.js'
import type { Channel, Json, JsonObject } from './model.js'

/**
 * One identity in the shape of Kratos' `POST /admin/identities`
 * (https://www.ory.com/docs/kratos/manage-identities/import-user-accounts-identities), with an id.
 */
export interface SeedIdentity {
  id: string
  /** The configuration's default schema where it is not named. */
  schema_id?: string
  external_id?: string
  state?: 'active' | 'inactive'
  traits: JsonObject
  credentials?: ImportedCredentials
  verifiable_addresses?: ImportedAddress[]
  recovery_addresses?: ImportedAddress[]
  metadata_public?: Json
  metadata_admin?: Json
}

export interface ImportedCredentials {
  password?: { config: { password?: string; hashed_password?: string } }
  oidc?: { config: { providers: ImportedProvider[] } }
  saml?: { config: { providers: ImportedProvider[] } }
  totp?: { config: { totp_url: string } }
  lookup_secret?: { config: { codes: { code: string; used_at?: string }[] } }
}

export interface ImportedProvider {
  provider: string
  subject: string
  organization?: string
  use_auto_link?: boolean
}

export interface ImportedAddress {
  id?: string
  value: string
  via: Channel
  verified?: boolean
  verified_at?: string
  created_at?: string
  status?: 'pending' | 'sent' | 'completed'
}

/** A fixed name space, so that the same person has the same id on every machine (UUID version 5, RFC 9562). */
const NAMESPACE = Buffer.from('5f1f6e3c0f6b4b6f9c0f2d6a7e1b3c58', 'hex')

const PASSWORD = 'ory-dev-password'

/** Two people who can sign in at once, their addresses verified, for an emulator that was given no seed. */
export const DEFAULT_SEED: readonly SeedIdentity[] = [
  person('alice@example.com', 'Alice', 'Anderson'),
  person('bob@example.com', 'Bob', 'Brown'),
]

function person(email: string, first: string, last: string): SeedIdentity {
  return {
    id: derivedId(email),
    traits: { email, name: { first, last } },
    credentials: { password: { config: { password: PASSWORD } } },
    verifiable_addresses: [{ value: email, via: 'email', verified: true, status: 'completed' }],
  }
}

/** A seed that was read. */
export interface Seed {
  readonly people: readonly SeedIdentity[]
  /** Nobody asked for these people: if they do not fit the identity schema, they are left out. */
  readonly optional?: true
  /** The error to throw about the person at that place of the list. */
  problem(index: number, message: string): OryProxyError
}

/**
 * Reads a seed.
 *
 * @param file what the file is called in messages
 * @throws {OryProxyError} `ORY_PROXY_EMULATOR_SEED` with the file, line and column, and the person it is about
 */
export async function parseSeed(text: string, file: string): Promise<SeedIdentity[]> {
  return [...(await openSeed(text, file)).people]
}

/** As {@link parseSeed}; mistakes that show later can still be given their place. */
export async function openSeed(text: string, file: string): Promise<Seed> {
  const document = readDocument(text, file, 'ORY_PROXY_EMULATOR_SEED')
  const { value } = document
  const isOne = isObject(value) && 'traits' in (value as JsonObject) // as `kratos import identities` takes it, too
  if (!isOne && !Array.isArray(value)) {
    throw document.problem([], 'a seed is an identity, { "traits": … }, or a list of them')
  }
  const place = (i: number): DocumentPath => (isOne ? [] : [i])
  const people = (isOne ? [value] : (value as Json[])).map((item, i) =>
    parsePerson(item, i, place(i), document),
  )
  const problem: Seed['problem'] = (i, message) =>
    document.problem(place(i), `${nameOf(people[i]!, i)}: ${message}`)
  const seen = new Map<string, number>()
  for (const [i, { id }] of people.entries()) {
    const other = seen.get(id)
    if (other !== undefined) throw problem(i, `the same id or identifier as number ${other + 1}`)
    seen.set(id, i)
  }
  return { people, problem }
}

/** Which keys a person may have, and what they must look like. */
const KEYS: Record<string, (value: Json) => boolean> = {
  id: isUuid,
  schema_id: isText,
  external_id: isText,
  state: value => value === 'active' || value === 'inactive',
  traits: isObject,
  credentials: isObject,
  verifiable_addresses: isAddressList,
  recovery_addresses: isAddressList,
  metadata_public: () => true,
  metadata_admin: () => true,
  organization_id: () => true,
}
const EXPECTED: Record<string, string> = {
  id: 'a UUID',
  state: '"active" or "inactive"',
  traits: 'an object',
  credentials: 'an object',
  verifiable_addresses: 'a list of { "value", "via": "email" or "sms", "verified" }',
  recovery_addresses: 'a list of { "value", "via": "email" or "sms" }',
}

function parsePerson(item: Json, index: number, path: DocumentPath, document: TextDocument): SeedIdentity {
  if (!isObject(item)) throw document.problem(path, `number ${index + 1} is not an object`)
  const raw = item as JsonObject
  const name = nameOf({ traits: asObject(raw['traits']) }, index)
  if (!('traits' in raw)) throw document.problem(path, `${name} has no "traits"`)
  for (const [key, value] of Object.entries(raw)) {
    const fits = KEYS[key]
    if (!fits) throw document.problem([...path, key], `${name} has an unknown key "${key}"${onlyShown(key)}`)
    if (!fits(value))
      throw document.problem([...path, key], `"${key}" of ${name} must be ${EXPECTED[key] ?? 'a text'}`)
  }
  checkCredentials(asObject(raw['credentials']), name, [...path, 'credentials'], document)
  return {
    ...(raw as unknown as Omit<SeedIdentity, 'id'>),
    id: (raw['id'] as string) ?? derivedId(identifierOf(raw)),
  }
}

/** What the admin API shows of an identity and does not take back. */
const SHOWN = ['schema_url', 'state_changed_at', 'created_at', 'updated_at']

const onlyShown = (key: string): string =>
  SHOWN.includes(key)
    ? `: Kratos' admin API shows it, an import does not take it. Leave out ${SHOWN.join(', ')}`
    : ''

const CREDENTIALS: Record<string, (config: JsonObject) => string | undefined> = {
  password: ({ password, hashed_password: hashed }) =>
    isText(password) || isText(hashed) ? undefined : '"password" or "hashed_password"',
  oidc: ({ providers }) =>
    asList(providers).length > 0 &&
    asList(providers).every(p => isText(asObject(p)['provider']) && isText(asObject(p)['subject']))
      ? undefined
      : '"providers", a list of { "provider", "subject" }',
  totp: ({ totp_url: url }) =>
    typeof url === 'string' && url.startsWith('otpauth://totp/')
      ? undefined
      : '"totp_url", an otpauth://totp/ address',
  lookup_secret: ({ codes }) =>
    asList(codes).length > 0 && asList(codes).every(c => isText(asObject(c)['code']))
      ? undefined
      : '"codes", a list of { "code" }',
}

function checkCredentials(raw: JsonObject, name: string, path: DocumentPath, document: TextDocument): void {
  for (const [type, value] of Object.entries(raw)) {
    const missing = CREDENTIALS[type]
    if (!missing) {
      const known = Object.keys(CREDENTIALS).join(', ')
      throw document.problem(
        [...path, type],
        `${name} has credentials of the type "${type}"; the emulator knows ${known}`,
      )
    }
    const what = missing(asObject(asObject(value)['config']))
    if (what) throw document.problem([...path, type], `"credentials.${type}.config" of ${name} needs ${what}`)
  }
}

function nameOf({ traits }: { traits: JsonObject }, index: number): string {
  const identifier = firstText(traits)
  return identifier === undefined ? `number ${index + 1}` : `number ${index + 1} (${identifier})`
}

/** What tells people apart: an id of the app's own, else their address or name, else all their traits. */
function identifierOf(raw: JsonObject): string {
  if (typeof raw['external_id'] === 'string') return raw['external_id']
  const traits = asObject(raw['traits'])
  return firstText(traits) ?? JSON.stringify(traits)
}

function firstText(traits: JsonObject): string | undefined {
  const values = [traits['email'], traits['username'], traits['phone'], ...Object.values(traits)]
  return values.find(isText) as string | undefined
}

function derivedId(identifier: string): string {
  const bytes = createHash('sha1')
    .update(NAMESPACE)
    .update(identifier.trim().toLowerCase())
    .digest()
    .subarray(0, 16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x50
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

function isUuid(value: Json): boolean {
  return typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value)
}

function isText(value: Json | undefined): value is string {
  return typeof value === 'string' && value !== ''
}

function isObject(value: Json): boolean {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

function isAddressList(value: Json): boolean {
  return (
    Array.isArray(value) &&
    value.map(asObject).every(a => isText(a['value']) && (a['via'] === 'email' || a['via'] === 'sms'))
  )
}
