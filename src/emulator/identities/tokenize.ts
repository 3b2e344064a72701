/** A session as a JWT of Kratos: https://www.ory.com/docs/identities/session-to-jwt-cors */
import type { CryptoKey, JWK } from 'jose'
import { printable } from '../../log.js'
import type { TokenTemplate } from '../config/model.js'
import type { Core } from '../core.js'
import { badRequest, PlainFailure } from '../http/kratos-errors.js'
import { asGoSaysIt, SnippetFailed, Unavailable } from '../snippets/index.js'
import type { Identity, Json, JsonObject, Session } from '../store/model.js'

/** What golang-jwt signs with. */
const ALGORITHMS = /^(?:(?:HS|RS|PS|ES)(?:256|384|512)|EdDSA|none)$/

export interface Tokenized {
  session: Session
  identity: Identity
  /** The session as whoami shows it. */
  shown: JsonObject
}

/**
 * Kratos' answer to `tokenize_as`. Its times are the machine's, whatever the emulator's clock says, as verifiers have no
 * other.
 *
 * @throws {Problem} what Kratos says; the reason is in the log
 */
export async function tokenize(core: Core, name: string, who: Tokenized): Promise<string> {
  const { templates } = core.config.session.whoami
  const template = Object.hasOwn(templates, name) ? templates[name] : undefined
  if (!template) throw badRequest(`Unable to find tokenizer template "${name}".`)
  try {
    const key = await keyOf(core, template)
    return await signed(key, await claimsOf(core, template, who))
  } catch (error) {
    const reason = error instanceof Rejected ? error.detail : error instanceof Error ? error.message : error
    core.log.error(`tokenize_as=${printable(name)}: ${printable(String(reason), 600)}`)
    throw error instanceof Rejected ? error.answer : error
  }
}

/** What Kratos answers, and what is wrong. */
class Rejected extends Error {
  readonly answer: Error
  readonly detail: string

  constructor(answer: Error, detail: string, cause?: unknown) {
    super(detail, { cause })
    this.answer = answer
    this.detail = detail
  }
}

const refused = (reason: string, detail = reason): Rejected => new Rejected(badRequest(reason), detail)

/** The first one of the set. */
async function keyOf(core: Core, { jwks_url }: TokenTemplate): Promise<JWK> {
  const text = await textAt(core, jwks_url)
  const keys = keysIn(text)
  if (!keys) throw refused('failed to parse JWK set', `${nameOf(jwks_url)} holds no JSON Web Key set`)
  const [key] = keys
  if (!key) throw refused('Could not find key a suitable key for tokenization in the JWKS url.')
  const { alg = '' } = key
  if (!ALGORITHMS.test(alg))
    throw refused(`The JSON Web Key must include a valid "alg" parameter but "${alg}" was given.`)
  return key
}

/** A key is a secret, and so is an address that holds one. */
const nameOf = (address: string): string => (/^base64:/i.test(address) ? 'the base64 of jwks_url' : address)

async function textAt(core: Core, address: string): Promise<string> {
  try {
    return (await core.config.keySets.get(address)?.read()) ?? ''
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error
    throw new Rejected(new PlainFailure(asGoSaysIt(address, error.message)), error.message, error)
  }
}

function keysIn(text: string): JWK[] | undefined {
  let value: { keys?: JWK[]; kty?: string } | null
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (Array.isArray(value?.keys)) return value.keys
  return typeof value?.kty === 'string' ? [value as JWK] : undefined
}

async function claimsOf(
  core: Core,
  template: TokenTemplate,
  { session, identity, shown }: Tokenized,
): Promise<JsonObject> {
  const at = Date.now()
  const now = Math.floor(at / 1000)
  const claims: JsonObject = {
    jti: core.ids.uuid(),
    iss: core.issuer,
    exp: Math.floor((at + template.ttl) / 1000),
    sid: session.id,
    nbf: now,
    iat: now,
    sub: subjectOf(template, identity),
  }
  const mapped = await mappedClaims(core, template, { session: shown, claims })
  return { ...claims, ...mapped, sub: claims['sub'] as Json }
}

function subjectOf({ subject_source }: TokenTemplate, { id, external_id }: Identity): string {
  if (subject_source === 'id') return id
  if (external_id) return external_id
  throw refused(
    "The session's identity does not have an external ID set, but it is required for the subject claim.",
  )
}

async function mappedClaims(
  core: Core,
  { claims_mapper_url }: TokenTemplate,
  extVars: JsonObject,
): Promise<JsonObject> {
  const snippet = claims_mapper_url === undefined ? undefined : core.config.snippets.get(claims_mapper_url)
  if (!snippet) return {}
  try {
    const { claims } = (JSON.parse(await snippet.run({ extVars })) ?? {}) as { claims?: Json }
    if (typeof claims === 'object' && claims !== null && !Array.isArray(claims)) return claims
  } catch (error) {
    if (!(error instanceof SnippetFailed)) throw error
    const { step, message } = error
    const answer =
      step === 'fetch'
        ? new PlainFailure(asGoSaysIt(claims_mapper_url ?? '', message))
        : badRequest('Unable to execute tokenizer JsonNet.')
    throw new Rejected(answer, message, error)
  }
  // Kratos v26.2.0 means to say this, and drops the connection instead.
  throw refused(
    'Expected tokenizer JsonNet to return a claims object but it did not.',
    `${snippet.name} gave no object "claims"`,
  )
}

async function signed(key: JWK, claims: JsonObject): Promise<string> {
  const { importJWK, SignJWT } = await import('jose') // its modules would slow down every start
  const { alg = '', kid = '' } = key
  try {
    const { use: _use, key_ops: _ops, ...usable } = key
    const imported = (await importJWK(usable, alg)) as CryptoKey | Uint8Array
    return await new SignJWT(claims).setProtectedHeader({ alg, kid, typ: 'JWT' }).sign(imported)
  } catch (error) {
    throw refused(
      'Unable to sign JSON Web Token.',
      `the key of jwks_url does not sign with ${alg}: ${(error as Error).message}`,
    )
  }
}
