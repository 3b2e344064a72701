/** From a provider's claims to a person: what `mapper_url` says, as Kratos takes it. */
import { printable } from '../../log.js'
import type { OidcProvider } from '../config/model.js'
import type { Core } from '../core.js'
import { badRequest, PlainFailure, Problem } from '../http/kratos-errors.js'
import { asObject } from '../schema/fields.js'
import type { CompiledSchema } from '../schema/identity-schema.js'
import { asGoSaysIt, type Snippet, SnippetFailed } from '../snippets/index.js'
import { isoTime } from '../store/clock.js'
import type { Identity, Json, JsonObject } from '../store/model.js'
import { traitsFromClaims } from './claims.js'

/** Somebody whom a mapper has described. */
export interface Mapped {
  readonly traits: JsonObject
  readonly metadata_public: Json
  readonly metadata_admin: Json
  /** Addresses that the provider has seen proof of. */
  readonly verified: readonly { readonly via: string; readonly value: string }[]
}

/** @throws what Kratos answers to a mapper that fails, or gives what it cannot use; the reason is in the log */
export async function mapped(
  core: Core,
  provider: OidcProvider,
  claims: JsonObject,
  schema: CompiledSchema,
): Promise<Mapped> {
  const { mapper_url } = provider
  const snippet = mapper_url === undefined ? undefined : core.config.snippets.get(mapper_url)
  if (!snippet)
    return {
      traits: traitsFromClaims(claims, schema),
      metadata_public: null,
      metadata_admin: null,
      verified: [],
    }
  try {
    return read(JSON.parse(await snippet.run({ extVars: { claims } })) as Json)
  } catch (error) {
    core.log.error(
      `social sign-in with "${provider.id}": the mapper ${printable(reasonOf(error, snippet), 600)}`,
    )
    throw error instanceof SnippetFailed ? asKratos(error, mapper_url ?? '') : error
  }
}

const reasonOf = (error: unknown, { name }: Snippet): string => {
  if (error instanceof SnippetFailed) return `failed: ${error.message}`
  const reason = error instanceof Problem ? error.reason : (error as Error).message
  return `${name}: ${reason.replace('OpenID Connect Jsonnet mapper did', 'it did').replace(/ Please check.*/, '')}`
}

function asKratos(failure: SnippetFailed, address: string): PlainFailure {
  if (failure.step === 'fetch') return new PlainFailure(asGoSaysIt(address, failure.message))
  const { message } = (failure.cause as Error | undefined) ?? failure
  return new PlainFailure(`jsonnetsecure: ERROR: RUNTIME ERROR: ${message}`)
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const wrong = (what: string, key: string): string =>
  `OpenID Connect Jsonnet mapper did not return an ${what} for key identity.${key}. Please check your Jsonnet code!`

function read(result: Json): Mapped {
  const identity = asObject(asObject(result)['identity'])
  const { traits } = identity
  if (!isObject(traits)) throw new Problem(500, { reason: wrong('object', 'traits') })
  return {
    traits,
    metadata_public: metadata(identity, 'metadata_public'),
    metadata_admin: metadata(identity, 'metadata_admin'),
    verified: verified(identity['verified_addresses']),
  }
}

function metadata(identity: JsonObject, key: 'metadata_public' | 'metadata_admin'): Json {
  const given = identity[key]
  if (given === undefined || isObject(given)) return given ?? null
  throw new Problem(500, {
    id: 'invalid_configuration',
    message: 'Invalid configuration',
    reason: wrong('object', key),
  })
}

function verified(given: Json | undefined): Mapped['verified'] {
  if (given === undefined) return []
  if (!Array.isArray(given)) throw badRequest(wrong('array', 'verified_addresses'))
  return given.map(address => {
    const { via = '', value = '' } = isObject(address) ? address : { via: null }
    if (typeof via !== 'string' || typeof value !== 'string')
      throw badRequest(
        'Failed to unmarshal value for key identity.verified_addresses. Please check your Jsonnet code!',
      )
    return { via, value: via === 'email' ? value.trim().toLowerCase() : value }
  })
}

/** What the provider vouches for needs no code by mail. */
export function verify(core: Core, identity: Identity, { verified }: Mapped): void {
  for (const address of identity.verifiable_addresses) {
    if (!verified.some(({ via, value }) => via === address.via && value === address.value)) continue
    Object.assign(address, { verified: true, status: 'completed', verified_at: isoTime(core.now()) })
  }
}
