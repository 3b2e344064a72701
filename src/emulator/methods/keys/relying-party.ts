/** For whom keys are made, and which pages may use them: https://www.ory.com/docs/kratos/passwordless/passkeys */

import { printable } from '../../../log.js'
import type { RelyingParty } from '../../config/model.js'
import type { Core } from '../../core.js'
import type { KeyType } from './credentials.js'

export const relyingParty = (core: Core, type: KeyType): RelyingParty =>
  core.config.selfservice.methods[type].config.rp

/**
 * Whether a page may use keys: one of `rp.origins`, or our own. Where the configuration names none,
 * every page of the relying party, on whatever port: dev servers move, and browsers check the host.
 */
export function isAllowedOrigin(core: Core, type: KeyType, origin: URL): boolean {
  const { id, origins } = relyingParty(core, type)
  const own = [new URL(core.base).origin, ...core.frontOrigins]
  if ([...(origins ?? []), ...own].some(allowed => allowed.toLowerCase() === origin.origin)) return true
  if (origins) return false
  return origin.hostname === id || origin.hostname.endsWith(`.${id}`)
}

const said = new WeakMap<Core, Set<string>>()

/** Kratos only says "invalid"; here is what to write where. */
export function explainOrigin(core: Core, type: KeyType, origin: string): void {
  const once = said.get(core) ?? new Set()
  said.set(core, once)
  if (once.has(`${type} ${origin}`) || once.size > 20) return
  once.add(`${type} ${origin}`)
  const key = `selfservice.methods.${type}.config.rp.origins`
  core.log.warn(
    `A ${type === 'passkey' ? 'passkey' : 'security key'} was used at ${printable(origin)}, which ${key} does not list: it was refused. Add the address there, or leave the list out to allow every port of ${relyingParty(core, type).id}.`,
  )
}
