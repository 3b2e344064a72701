/** For whom security keys and passkeys are made. */
import { asList } from '../schema/fields.js'
import type { JsonObject } from '../store/model.js'
import type { RelyingParty } from './model.js'

/** Browsers take no IP address for a relying party: there, it is localhost. */
export function relyingParty(raw: JsonObject, base: string): RelyingParty {
  const { hostname } = new URL(base)
  const host = /^[\d.]+$|^\[/.test(hostname) ? 'localhost' : hostname
  const listed = raw['origins'] ?? (raw['origin'] ? [raw['origin']] : undefined)
  return {
    id: String(raw['id'] ?? host),
    display_name: String(raw['display_name'] ?? 'Ory emulator'),
    ...(listed && { origins: asList(listed).map(String) }),
  }
}
