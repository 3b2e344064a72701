/**
 * What Kratos makes of a provider's answer: the claims that a mapper reads, by the names of OpenID Connect whichever
 * provider it is. https://www.ory.com/docs/kratos/social-signin/data-mapping
 */
import type { OidcProvider } from '../config/model.js'
import { badRequest } from '../http/kratos-errors.js'
import { asList, asObject } from '../schema/fields.js'
import type { Json, JsonObject } from '../store/model.js'

/** Says that a claim is of another type than Kratos can keep, as Go says it. */
const unfit = (name: string, is: string, type: string): Error =>
  badRequest(`json: cannot unmarshal ${is} into Go struct field Claims.${name} of type ${type}`)

type Read = (value: Json, name: string) => Json | undefined

const kindOf = (value: Json): string =>
  Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value

const text: Read = (value, name) => {
  if (typeof value !== 'string') throw unfit(name, kindOf(value), 'string')
  return value
}
const flag: Read = (value, name) => {
  if (typeof value !== 'boolean') throw unfit(name, kindOf(value), 'bool')
  return value
}
const seconds: Read = (value, name) => {
  if (typeof value !== 'number') throw unfit(name, kindOf(value), 'int64')
  if (!Number.isInteger(value)) throw unfit(name, `number ${value}`, 'int64')
  return value
}
/** Apple sends it as a text. */
const convertible: Read = value => {
  if (value === true || value === 'true') return true
  if (value === false || value === 'false') return false
  throw badRequest(`boolean unmarshal error: invalid input ${JSON.stringify(value)}`)
}
/** LinkedIn sends it in two parts. */
const locale: Read = (value, name) => {
  const { language, country } = asObject(value)
  const parts = [language, country].filter(part => typeof part === 'string' && part !== '')
  return kindOf(value) === 'object' ? parts.join('-') : text(value, name)
}

const CLAIMS: Readonly<Record<string, Read>> = {
  ...Object.fromEntries(
    [
      ...['iss', 'sub', 'oid', 'name', 'given_name', 'family_name', 'last_name', 'middle_name', 'nickname'],
      ...['preferred_username', 'profile', 'picture', 'website', 'email', 'gender', 'birthdate', 'zoneinfo'],
      ...['phone_number', 'hd', 'team', 'nonce'],
    ].map(name => [name, text]),
  ),
  email_verified: convertible,
  phone_number_verified: flag,
  nonce_supported: flag,
  updated_at: seconds,
  locale,
}

/** What is empty is left out: a mapper finds no `email_verified` rather than a false one. */
const isThere = (value: Json | undefined): value is Json =>
  value !== undefined && value !== '' && value !== false && value !== 0

function decoded(raw: JsonObject): JsonObject {
  const claims: JsonObject = {}
  for (const [name, value] of Object.entries(raw)) {
    // Go leaves a field alone that is null, but asks a type that reads itself.
    const read = value === null && name !== 'email_verified' ? undefined : CLAIMS[name]
    const claim = read?.(value, name)
    if (isThere(claim)) claims[name] = claim
  }
  return claims
}

/**
 * @param sent what the stand-in answered, with the claims of its protocol
 * @param query of the callback: Apple names people there, and there only
 */
export function profileOf(config: OidcProvider, sent: JsonObject, query: URLSearchParams): JsonObject {
  if (config.provider === 'github') return githubProfile(config, sent)
  const raw = rawClaims(config, sent)
  const claims: JsonObject = { ...decoded(raw), raw_claims: raw }
  if (claims['iss'] === undefined) claims['iss'] = issuerOf(config, sent)
  if (config.provider === 'apple') addNames(claims, query)
  if (
    config.provider === 'microsoft' &&
    config.subject_source !== undefined &&
    config.subject_source !== 'userinfo'
  )
    claims['sub'] = claims['oid'] ?? ''
  return claims
}

/** The ID token, as the real provider would have issued it; an answer of its userinfo endpoint has no token's claims. */
function rawClaims(config: OidcProvider, { nonce: _ours, ...sent }: JsonObject): JsonObject {
  if (config.claims_source !== 'userinfo') return { ...sent, iss: issuerOf(config, sent) }
  const { iss: _iss, aud: _aud, iat: _iat, exp: _exp, ...rest } = sent
  return rest
}

const ISSUERS: Readonly<Record<string, string>> = {
  google: 'https://accounts.google.com',
  apple: 'https://appleid.apple.com',
}

function issuerOf({ provider, issuer_url }: OidcProvider, sent: JsonObject): Json {
  if (provider === 'microsoft') return `https://login.microsoftonline.com/${tenantOf(sent)}/v2.0`
  return ISSUERS[provider] ?? issuer_url ?? sent['iss'] ?? ''
}

/** Whose keys a token is signed with depends on it, so that Kratos looks at it first. */
function tenantOf({ tid }: JsonObject): string {
  const tenant = typeof tid === 'string' ? tid : ''
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(tenant)) return tenant
  throw badRequest(
    `TenantID claim is not a valid UUID: uuid: incorrect UUID length ${tenant.length} in string ${JSON.stringify(tenant)}`,
  )
}

/** GitHub knows no ID token: Kratos asks its API for the account, and for its addresses where it may. */
function githubProfile({ scope }: OidcProvider, user: JsonObject): JsonObject {
  const primary = scope.includes('user:email')
    ? asList(user['emails'])
        .map(asObject)
        .find(address => address['primary'] === true)
    : undefined
  const claims: JsonObject = {
    iss: 'https://github.com/login/oauth/access_token',
    sub: user['sub'] ?? '0',
    name: user['name'] ?? '',
    nickname: user['login'] ?? '',
    website: user['blog'] ?? '',
    picture: user['avatar_url'] ?? '',
    profile: user['html_url'] ?? '',
    updated_at: Math.floor((Date.parse(String(user['updated_at'])) || GO_ZERO) / 1000),
    email: primary?.['email'] ?? '',
    email_verified: primary?.['verified'] === true,
  }
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => isThere(value)))
}

/** The first of January of the year 1, which Go takes for no time at all. */
const GO_ZERO = -62_135_596_800_000

/** What Apple says about a person's name comes with the browser, the first time they sign in. */
function addNames(claims: JsonObject, query: URLSearchParams): void {
  const { firstName, lastName } = asObject(asObject(parsed(query.get('user')))['name'])
  if ([firstName, lastName].some(name => name !== undefined && name !== null && typeof name !== 'string'))
    return
  const add = (name: string, value: Json | undefined): void => {
    if (isThere(value) && value !== null && claims[name] === undefined) claims[name] = value
  }
  add('given_name', firstName)
  add('last_name', lastName)
  add('family_name', lastName)
}

function parsed(text: string | null): Json {
  try {
    return JSON.parse(text ?? 'null') as Json
  } catch {
    return null
  }
}
