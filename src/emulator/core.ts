/** What every part of the emulator works with. */
import type { Logger } from '../log.js'
import type { KratosConfig } from './config/model.js'
import type { RunWebHook } from './hooks/run.js'
import type { Method } from './methods/method.js'
import type { CompiledSchema } from './schema/identity-schema.js'
import type { State } from './store/state.js'

/** Ids and secrets come from outside, so that a test can make them predictable. */
export interface Ids {
  uuid(): string
  /** A secret of so many characters of the alphabet. */
  secret(length: number, alphabet: string): string
}

export interface Core {
  readonly config: KratosConfig
  readonly state: State
  readonly ids: Ids
  readonly log: Logger
  /** In the order in which Kratos asks them. */
  readonly methods: readonly Method[]
  /** Our public address, maybe with a path, without a slash at the end. */
  readonly base: string
  readonly adminBase: string
  /** Whether cookies are for https only. */
  readonly secure: boolean
  /** Origins of dev servers that forward to us; what they serve counts as ours. */
  readonly frontOrigins: Set<string>
  now(): number
  /** A schema by its id, the default one for an empty id; undefined if the configuration has none. */
  schema(id: string): CompiledSchema | undefined
  /** Whom one can sign in as, for those who have just arrived. */
  readonly people: readonly { email: string; password: string }[]
  /** Calls what the configuration lists as `web_hook`. */
  webHook: RunWebHook | undefined
  /** Mints the JWT of a session; given by the host. */
  mintJwt: ((sessionJson: string) => Promise<string>) | undefined
}

export const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
export const LOWER_ALPHANUMERIC = 'abcdefghijklmnopqrstuvwxyz0123456789'
export const DIGITS = '0123456789'

export const isoTime = (ms: number): string => new Date(ms).toISOString()

/** The schema of people who sign up; config loading has made sure that it is there. */
export function defaultSchema(core: Core): CompiledSchema {
  return schemaOf(core, core.config.identity.default_schema_id)
}
export function schemaOf(core: Core, id: string): CompiledSchema {
  const schema = core.schema(id)
  if (!schema) throw new Error(`the configuration has no identity schema "${id}"`)
  return schema
}

/** An address of ours. */
export const ownUrl = (core: Core, path: string): string => `${core.base}${path}`

/** Adds to a URL's query, keeping the rest of its text as it is. Sorted by name, as Go encodes it. */
export function withQuery(url: string, add: Readonly<Record<string, string>>): string {
  const [rest = '', fragment] = url.split('#', 2)
  const [path = '', query = ''] = rest.split('?', 2)
  const params = new URLSearchParams(query)
  for (const [name, value] of Object.entries(add)) params.set(name, value)
  params.sort()
  return `${path}?${params}${fragment === undefined ? '' : `#${fragment}`}`
}
