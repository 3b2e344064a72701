import type { Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Ory } from './start.js'

/** As many people as fit below a dev server's own addresses without pushing them away. */
const NAMED = 3

/**
 * Where Ory is, which one and why, and whom to sign in as, in the manner of a dev server's own addresses.
 *
 * @param mount the address of `/.ory`
 * @param column where the dev server's addresses begin
 */
export function announcement(
  { target, emulator, issuer, options }: Ory,
  mount: string,
  column = 15,
): string[] {
  const which = emulator ? 'emulator' : target.url.origin
  const line = (label: string, text: string): string => `  ${label.padEnd(column - 2)}${text}`
  const people = emulator?.people ?? []
  return [
    line('➜  Ory:', `${mount} (${which}: ${target.why})`),
    ...tokens({ emulator, issuer, options }, mount).map(text => line('', text)),
    ...people.slice(0, NAMED).map(({ email, password }) => line('', `${email} · ${password}`)),
    ...(people.length > NAMED ? [line('', `and ${people.length - NAMED} more: ${mount}/dev/users`)] : []),
  ]
}

/** Whose tokens the app gets, where that is no matter of course. */
function tokens(
  { emulator, issuer, options }: Pick<Ory, 'emulator' | 'issuer' | 'options'>,
  mount: string,
): string[] {
  if (!options.jwt) return []
  if (options.tokenizeAs !== undefined) return [`JWTs of Ory's own, by its template "${options.tokenizeAs}"`]
  return emulator ? [`JWTs of ${issuer}, keys at ${mount}/jwks.json`] : []
}

/**
 * What people type to reach a server that listens. It is what the dev server says, too: its socket for hot
 * updates may refuse pages of another name.
 *
 * @param host what the user's configuration says
 */
export function originOf(server: HttpServer, host: unknown): string {
  const { address, port } = server.address() as AddressInfo
  const isName = typeof host === 'string' && !host.startsWith('local-ip') // webpack's word for an address
  const name = /^(?:::|0\.0\.0\.0)$/.test(address) ? 'localhost' : isName ? host : address
  const scheme = 'setSecureContext' in server ? 'https' : 'http' // what every TLS server has
  return `${scheme}://${name.includes(':') ? `[${name}]` : name}:${port}`
}
