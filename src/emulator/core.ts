/** What every part of the emulator works with. */

import type { IncomingHttpHeaders } from 'node:http'
import type { Logger } from '../log.js'
import type { KratosConfig } from './config/model.js'
import type { CompiledSchema } from './schema/identity-schema.js'
import type { Ids } from './store/ids.js'
import type { State } from './store/state.js'

export interface Core {
  /** Whose state this is: `default`, or the one of a test. */
  readonly namespace: string
  /** What is in force now: its addresses are those of {@link base}. */
  readonly config: KratosConfig
  /** Grows when another configuration comes into force. */
  readonly revision: number
  readonly state: State
  readonly ids: Ids
  readonly log: Logger
  /** Our public address, maybe with a path, without a slash at the end. */
  readonly base: string
  /** Where people see {@link base}: at the dev server that forwarded the request, where one did. */
  readonly shownAt: string
  readonly adminBase: string
  /** `iss` of the tokens that sessions are turned into: the same wherever we were asked. */
  readonly issuer: string
  /** Whether cookies are for https only. */
  readonly secure: boolean
  /** Whom web hooks and the courier may call beside this machine. */
  readonly callHosts: readonly string[]
  /** Origins of dev servers that forward to us; what they serve counts as ours. One request's own is among them. */
  readonly frontOrigins: ReadonlySet<string>
  /** Of the request that is answered, for those who are told of it. */
  readonly requestHeaders: IncomingHttpHeaders
  /**
   * The same for one request: with the addresses that whoever asked can use.
   *
   * @param host what the request calls us
   * @param sender the page it is from, where it says so
   * @param front where the dev server that forwarded it is, where one did
   */
  seenFrom(host: string, sender: string, front: string, headers?: IncomingHttpHeaders): Promise<Core>
  /** Named by the cookies of an emulator without a configuration. */
  readonly project: string | undefined
  now(): number
  /** A schema by its id, the default one for an empty id; undefined if the configuration has none. */
  schema(id: string): CompiledSchema | undefined
  /** Whom one can sign in as, for those who have just arrived. */
  readonly people: readonly { email: string; password: string }[]
  /** Mints the JWT of a session; given by the host. */
  mintJwt: ((sessionJson: string) => Promise<string>) | undefined
  /** The template of the token that an app gets instead. */
  readonly tokenizeAs: string | undefined
}

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

/** An address in a mail. */
export const mailUrl = (core: Core, path: string): string =>
  core.config.selfservice.methods.link.config.base_url + path
