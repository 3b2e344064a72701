/** The providers of the configuration, each played by a stand-in of ours. */

import { LruMap } from '../../common/lru.js'
import type { OidcProvider } from '../config/model.js'
import { type Core, ownUrl } from '../core.js'
import type { Answer, Exchange } from '../http/exchange.js'
import { Problem } from '../http/kratos-errors.js'
import { returnTargets } from '../http/return-to.js'
import {
  createProviderClient,
  createStandInProvider,
  type ProviderClient,
  type ProviderPerson,
  type ProviderSetup,
} from '../provider/index.js'
import { looksReal } from '../provider/samples.js'
import type { StandInProvider } from '../provider/types.js'
import { asObject } from '../schema/fields.js'
import type { Identity, JsonObject } from '../store/model.js'
import type { State } from '../store/state.js'

/** Below what every proxy for Kratos forwards: a stand-in at a path of its own would not be reached through one. */
export const PROVIDER_PATH = '/self-service/methods/oidc/stand-in'

export interface SocialProvider {
  config: OidcProvider
  /** What buttons call it. */
  label: string
  standIn: StandInProvider
  client: ProviderClient
}

type Providers = Map<string, SocialProvider>

interface Made {
  readonly revision: number
  readonly at: LruMap<string, Providers>
}

const known = new WeakMap<State, Made>()

/**
 * By id, in the order of the configuration; made at the first use and then kept, as codes that were issued are in
 * them. Each of our addresses has its own.
 */
export function socialProviders(core: Core): Providers {
  const { state, revision, base } = core
  const before = known.get(state)
  const made =
    before?.revision === revision
      ? before
      : { revision, at: new LruMap<string, Providers>(MAX_BASES, () => 1) }
  known.set(state, made)
  const there = made.at.get(base)
  if (there) return there
  const { enabled, config } = core.config.selfservice.methods.oidc
  const providers = new Map((enabled ? config.providers : []).map(one => [one.id, create(core, one)]))
  made.at.set(base, providers)
  return providers
}

const MAX_BASES = 50

export function socialProvider(core: Core, id: string): SocialProvider {
  const provider = socialProviders(core).get(id)
  if (provider) return provider
  throw new Problem(404, { reason: `OpenID Connect Provider "${id}" is unknown or has not been configured` })
}

function create(core: Core, config: OidcProvider): SocialProvider {
  const setup = setupOf(core, config)
  const standIn = createStandInProvider(setup)
  if (!looksReal(config.provider))
    core.log.info(
      `social sign-in with "${config.id}": its stand-in sends the claims of OpenID Connect, not those of ${config.provider}`,
    )
  return { config, label: setup.label, standIn, client: createProviderClient(setup, standIn) }
}

function setupOf(
  core: Core,
  { id, provider, label, client_id, client_secret, microsoft_tenant }: OidcProvider,
): ProviderSetup {
  const callbackBase =
    core.config.selfservice.methods.oidc.config.base_redirect_uri?.replace(/\/$/, '') ?? core.base
  return {
    id,
    kind: provider,
    ...(microsoft_tenant && { tenant: microsoft_tenant }),
    label: label || id,
    clientId: client_id,
    ...(client_secret && { clientSecret: client_secret }),
    issuer: () => ownUrl(core, `${PROVIDER_PATH}/${encodeURIComponent(id)}`),
    redirectUri: () => `${callbackBase}/self-service/methods/oidc/callback/${encodeURIComponent(id)}`,
    people: () => people(core),
    now: () => core.now(),
    returnUrls: () => returnTargets(core),
  }
}

const MOST = 8

/** Whoever is there: those the emulator started with come first. */
function people(core: Core): ProviderPerson[] {
  return core.state
    .identities()
    .flatMap(identity => {
      const address = addressOf(identity)
      return address === undefined ? [] : [{ address, claims: namesOf(identity) }]
    })
    .slice(0, MOST)
}

/** For providers that send names, those that we know. */
function namesOf({ traits }: Identity): JsonObject {
  const { first, last } = asObject(traits['name'])
  return {
    ...(typeof first === 'string' && { given_name: first }),
    ...(typeof last === 'string' && { family_name: last }),
  }
}

function addressOf({ traits, verifiable_addresses }: Identity): string | undefined {
  const { email } = traits
  return typeof email === 'string' ? email : verifiable_addresses.find(a => a.via === 'email')?.value
}

/** Whether a segment of a path means this id. Compared encoded, as not every segment can be decoded. */
export const isNamed = (segment: string, id: string): boolean =>
  segment === id || segment === encodeURIComponent(id)

/** `PROVIDER_PATH/{id}/*`: the provider's own endpoints, for browsers and for whoever wants to look. */
export async function playProvider(x: Exchange): Promise<Answer> {
  const segment = x.params['id'] ?? ''
  const id = [...socialProviders(x.core).keys()].find(known => isNamed(segment, known)) ?? segment
  const { standIn } = socialProvider(x.core, id)
  return standIn.handle({
    method: x.method === 'HEAD' ? 'GET' : x.method,
    path: x.path
      .split('/')
      .slice(PROVIDER_PATH.split('/').length + 1)
      .map(part => `/${part}`)
      .join(''),
    query: x.query,
    form: new URLSearchParams(x.body.toString()),
    authorization: x.header('authorization') || undefined,
  })
}
